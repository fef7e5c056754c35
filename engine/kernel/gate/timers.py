"""Every timer gives a usable instant."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

import feel
from engine.decisions.findings import Finding
from engine.errors import CursusError
from engine.kernel.durations import parse_cycle, parse_duration, parse_instant
from engine.kernel.expressions import evaluate, is_expression
from engine.kernel.gate.subject import Subject, found

PARSERS: Mapping[str, Callable[[str], object]] = {
    "date": parse_instant,
    "duration": parse_duration,
    "cycle": parse_cycle,
}
#: Stands for the present where an expression reads nothing of the case.
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def check(subject: Subject) -> Iterator[Finding]:
    """Yield timers whose text gives no instant, as far as no variable is needed to tell."""
    for node in subject.nodes:
        if node.event is None or node.event.timer is None:
            continue
        problem = _problem(node.event.text, PARSERS[node.event.timer], node.id)
        if problem:
            yield found(
                node,
                "timer-unusable",
                f"the timer {node.event.text} cannot be used: {problem}",
                remedy="give an ISO 8601 text with a time zone, from 1 second to 100 years",
            )


def _problem(text: str, parse: Callable[[str], object], where: str) -> str | None:
    try:
        if is_expression(text) and feel.parse(text[1:].strip()).names:
            return None
        parse(str(evaluate(text, {}, now=SOME_DAY, where=where)))
    except feel.FeelError:
        return None  # reported as an expression already
    except (ValueError, OverflowError, CursusError) as problem:
        return str(problem)
    return None
