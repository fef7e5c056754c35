"""The figures of CAST that are in force: read from the published tables, never written in code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import feel
from engine import definitions
from engine.decisions import Model, decide
from engine.store import UnitOfWork

#: The process whose version in force says which tables apply.
PROCESS = "recruitment_case"
_LATER = feel.parse("date(day) + duration(period)", names=frozenset({"day", "period"}))


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of EPSO and of the institution; periods are ISO 8601 durations."""

    #: how long a result is valid from its publication
    validity: str
    #: how long a profile is searchable from its last refreshment
    refresh: str
    #: how long a failed test locks its group and those above; before the change it was longer
    lock: str
    lock_before_change: str
    lock_changed_on: date
    #: an extract older than so many days is marked; None where the tables do not say
    extract_age: int | None
    #: from how long before its end a result is marked as about to expire
    expiry_warning: str | None


def in_force(uow: UnitOfWork) -> Figures:
    """Return the figures of the version in force; raise NotFound before one is published."""
    digest = definitions.latest(uow, PROCESS)["digest"]
    known = _kept.get(digest)
    if known is None:
        known = _kept[digest] = _read(definitions.find(uow, digest).models)
    return known


#: by the digest of the version, which holds its tables
_kept: dict[str, Figures] = {}


def _read(models: tuple[Model, ...]) -> Figures:
    outside = _values(models, "external_figures")
    policy = _values(models, "policy")
    age = policy.get("register_extract_age")
    return Figures(
        validity=str(outside["cast_validity"]),
        refresh=str(outside["cast_profile_refresh"]),
        lock=str(outside["cast_lock"]),
        lock_before_change=str(outside["cast_lock_before_change"]),
        lock_changed_on=date.fromisoformat(str(outside["cast_lock_changed_on"])),
        extract_age=int(str(age)) if age is not None else None,
        expiry_warning=policy.get("cast_expiry_warning"),
    )


def _values(models: tuple[Model, ...], table: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = decide(models, table, {}).output  # type: ignore[assignment]  # a context
    return found


@lru_cache(maxsize=10_000)
def later(day: date, period: str) -> date:
    """Return the day a period after another, as the decision tables count it."""
    found = _LATER.evaluate({"day": day.isoformat(), "period": period})
    return date.fromisoformat(str(feel.to_json(found)))


@lru_cache(maxsize=1_000)
def earliest(day: date, period: str) -> date:
    """Return the first day from which a period reaches another day.

    A result is valid on a day exactly when its own day is this one or later.
    """
    return _first(day, lambda since: later(since, period) >= day, period)


def locked_until(figures: Figures, test_date: date) -> date:
    """Return the first day on which a new test is possible after a failed one."""
    is_before = test_date < figures.lock_changed_on
    return later(test_date, figures.lock_before_change if is_before else figures.lock)


@lru_cache(maxsize=1_000)
def last_unlocked(day: date, period: str) -> date:
    """Return the last test day whose lock is over on a day."""
    return _first(day, lambda since: later(since, period) > day, period) - timedelta(days=1)


def _first(day: date, reaches: Callable[[date], bool], period: str) -> date:
    """Return the first day from which on `reaches` is true; months and leap days are uneven."""
    # as many days before as the period has after: near, and never exact
    since = day - (later(day, period) - day)
    while not reaches(since):
        since += timedelta(days=1)
    while reaches(since - timedelta(days=1)):
        since -= timedelta(days=1)
    return since
