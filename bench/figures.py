"""A measured figure beside its floor, and how a thing is timed."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table; `floor` is in the same unit, `holds` is None without a budget."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    #: what the floor is
    beside: str = ""
    budget: str = ""
    holds: bool | None = None

    @property
    def ratio(self) -> float | None:
        """The figure in multiples of its floor."""
        return self.value / self.floor if self.floor else None


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A figure that could not be measured, and why."""

    name: str
    reason: str


Measured = Iterator[Figure | Missing]


def seconds(call: Callable[[], object]) -> float:
    """Return how long one call takes."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def median(call: Callable[[], object], *, times: int) -> float:
    """Return the median duration of one call, in seconds, after one that is not counted."""
    call()
    return statistics.median(seconds(call) for _ in range(times))


def per_call(call: Callable[[], object], *, times: int, rounds: int = 7) -> float:
    """Return the median over rounds of the mean duration of a fast call, in seconds."""

    def many() -> None:
        for _ in range(times):
            call()

    return median(many, times=rounds) / times
