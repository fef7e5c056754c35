"""Why a task is due when it is: the rule of the diagram, carried out step by step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

import feel
from engine.errors import CursusError
from engine.kernel.definition import Definition
from engine.kernel.expressions import is_expression
from engine.timelimits import TimeLimit, latest_before, legal_limit, service_end
from engine.timelimits.calendar import calendar_of
from engine.timelimits.days import read_day, read_moment
from engine.timelimits.functions import FUNCTIONS


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One step of a deadline: what was worked out from what, and the article where there is one."""

    #: the function of time limits, or "rule" for the whole expression
    function: str
    given: tuple[str, ...]
    result: str
    article: str | None = None
    #: what the article did, in words
    text: str | None = None


def reasons(
    definition: Definition, seen: Mapping[str, object], element: str, *, opened_at: datetime
) -> tuple[Reason, ...]:
    """Return the steps that led to the due instant of a task that opened at an instant.

    `seen` are the variables that it sees. Empty when the diagram sets no deadline, or none that
    can be worked out again from what the task sees now.
    """
    duty = definition.graph.nodes[element].duty.due_at
    if duty is None or not is_expression(duty):
        return ()
    steps: list[Reason] = []
    functions = {
        name: replace(one, call=partial(_noted, steps, name, one.call))
        for name, one in FUNCTIONS.items()
    }
    try:
        value = feel.parse(duty[1:].strip()).evaluate(seen, functions=functions, now=opened_at)
    except (feel.FeelError, CursusError):
        return ()
    if value is None:
        return ()
    rule = Reason(function="rule", given=(duty[1:].strip(),), result=_written(value))
    return (*steps, rule)


def _noted(steps: list[Reason], name: str, call: Callable[..., object], *given: object) -> object:
    result = call(*given)
    limit = _limit(name, given)
    texts = tuple(_written(one) for one in given)
    if limit is None:
        steps.append(Reason(function=name, given=texts, result=_written(result)))
        return result
    steps.extend(
        Reason(
            function=name,
            given=texts,
            result=one.day.isoformat(),
            article=one.article,
            text=one.text,
        )
        for one in limit.derivation
    )
    return result


def _limit(name: str, given: tuple[object, ...]) -> TimeLimit | None:
    """Return the derivation of those functions that have one."""
    if any(one is None for one in given):
        return None
    if name in ("legal_limit", "legal_limit_instant"):
        event, period, site = given
        return legal_limit(read_moment(event), _written(period), calendar_of(str(site)).site)
    if name == "service_end":
        return service_end(read_day(given[0]), _written(given[1]))
    if name in ("latest_before", "working_target"):
        sites = [calendar_of(str(one)).site for one in given[2:]]
        return latest_before(read_day(given[0]), _written(given[1]), *sites)
    return None


def _written(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(feel.to_json(value))
