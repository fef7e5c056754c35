"""How much one expression may ask for."""

from collections.abc import Iterator
from contextlib import contextmanager

from feel.errors import Excess

#: characters of one expression
MAX_LENGTH = 2_000
#: brackets open at a time
MAX_DEPTH = 40
#: levels of nested expressions; a level costs up to four Python frames
MAX_NESTING = 64
#: nested calls of function literals
MAX_CALLS = 12
#: elements of one list or entries of one context
MAX_LIST = 10_000
#: characters of one text that an expression makes
MAX_STRING = 10_000
#: decimal digits of the largest integer (decimal128)
MAX_DIGITS = 6_145
#: one step is roughly one node evaluated or one element read: 0.2 to 0.5 µs
MAX_STEPS = 500_000
#: digits that a JSON integer keeps in every reader, RFC 8785 section 3.2.2.3
MAX_JSON_INTEGER = 2**53 - 1


class Budget:
    """The steps that one evaluation may still take."""

    __slots__ = ("calls", "steps")

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.calls = MAX_CALLS

    def charge(self, steps: int) -> None:
        """Use up steps; raises Excess when there are none left."""
        self.steps -= steps
        if self.steps < 0:
            raise Excess(
                f"the evaluation takes more than {MAX_STEPS} steps",
                "work on a shorter list or leave out a nested loop",
            )

    @contextmanager
    def one_call(self) -> Iterator[None]:
        """Count a call of a function literal while it runs; raises Excess."""
        if not self.calls:
            raise Excess(
                f"more than {MAX_CALLS} calls of functions are nested", "let a function end sooner"
            )
        self.calls -= 1
        try:
            yield
        finally:
            self.calls += 1


def bounded_list(size: int) -> None:
    """Refuse a list that is too long; raises Excess."""
    if size > MAX_LIST:
        raise Excess(
            f"a list of {size} elements is longer than {MAX_LIST}", "work on a shorter list"
        )


def bounded_text(size: int) -> None:
    """Refuse a text that is too long; raises Excess."""
    if size > MAX_STRING:
        raise Excess(
            f"a text of {size} characters is longer than {MAX_STRING}", "make a shorter text"
        )


def too_large() -> Excess:
    """Say that a number leaves the range of decimal128."""
    return Excess("the number is too large", "keep numbers below 10 ** 6144")
