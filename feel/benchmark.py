"""How fast expressions are; for `make bench`, nothing else calls it."""

import time
import timeit
from collections.abc import Callable, Mapping

from feel.expression import Expression, parse
from feel.grammar import parser

#: the condition of a typical gateway, and variables of a typical case
GATEWAY = 'outcome = "ELIGIBLE" and score >= 60'
VARIABLES: Mapping[str, object] = {"outcome": "ELIGIBLE", "score": 61, "candidate": {"age": 41}}
DEADLINE = 'date(start) + duration("P9M") - duration("P1M")'
LOOP = "sum(for x in 1..100 return if odd(x) then x * x else 0)"


def _fastest(run: Callable[[], object], *, number: int, repeat: int = 5) -> float:
    """Give the fastest time of one run, in microseconds of this process."""
    times = timeit.repeat(run, timer=time.process_time, number=number, repeat=repeat)
    return min(times) / number * 1e6


def _compile_distinct() -> Callable[[], Expression]:
    """Read a new text each time, so that no cache answers."""
    counter = iter(range(10**9))
    return lambda: parse(f"{GATEWAY} and candidate.age < {next(counter)} + 0.5")


def figures() -> dict[str, float]:
    """Measure in microseconds; the budget of `evaluate_gateway` is 20."""
    parser()
    gateway, deadline, loop = parse(GATEWAY), parse(DEADLINE), parse(LOOP)
    cell = parse("[18..65], > 70", unary=True)
    return {
        "evaluate_gateway": _fastest(lambda: gateway.evaluate(VARIABLES), number=10_000),
        "parse_cached": _fastest(lambda: parse(GATEWAY), number=10_000),
        "parse_new": _fastest(_compile_distinct(), number=200),
        "test_cell": _fastest(lambda: cell.test(71, VARIABLES), number=10_000),
        "evaluate_deadline": _fastest(
            lambda: deadline.evaluate({"start": "2026-06-01"}), number=5_000
        ),
        "evaluate_loop_of_100": _fastest(lambda: loop.evaluate({}), number=100),
    }
