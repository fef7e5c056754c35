"""The rows of the inbox: why a task is mine, what limits it, what happened last in its case."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from api.cases import sees_variables
from engine import cases, definitions, worklist
from engine.cases import Act
from engine.history import EventKind, Sealed
from engine.store import coming, events
from engine.worklist import Task
from recruitment.store import records
from web.cases_sentences import says
from web.language import ZONE, _, ago, label
from web.navigation import person
from web.reasons import why_mine


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of time that the inbox is divided into."""

    name: str
    title: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A deadline that ends a task or acts beside it."""

    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Row:
    """A task in the inbox with the reason why it is mine and the span it falls into."""

    task: Task
    why: str
    span: str
    #: the absent colleague for whom it would be done
    on_behalf_of: str | None
    #: what happened last in its case, in words
    last: str
    limit: Limit | None
    #: of a call: calls may share a title
    reference: str | None = None
    #: why it is not for this person after all: four eyes
    barred: str | None = None

    @property
    def case(self) -> str:
        """The title of the case, told apart from that of another call."""
        return " · ".join(one for one in (self.task.case_title, self.reference) if one)


def spans(now: datetime) -> tuple[Span, ...]:
    """Divide time at now, midnight and midnight in a week, in the institution's zone."""
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, week = midnight + timedelta(days=1), midnight + timedelta(days=8)
    return (
        Span(name="overdue", title=_("Overdue"), start=None, end=now),
        Span(name="today", title=_("Today"), start=now, end=tomorrow),
        Span(name="week", title=_("Next seven days"), start=tomorrow, end=week),
        Span(name="later", title=_("Later, or without a deadline"), start=week, end=None),
    )


def rows(act: Act, found: Sequence[Task], divided: Sequence[Span]) -> list[Row]:
    """Return tasks as rows; what they need besides is read for all at once."""
    last = events.last_of(act.uow, [f"case:{one.case_id}" for one in found])
    limits = coming.ending(act.uow, [one.id for one in found])
    calls = records.references(act.uow, {one.case_key for one in found if one.case_key})
    return [
        replace(
            _row(act, one, divided, last.get(f"case:{one.case_id}"), _limit(act, one, limits)),
            reference=calls.get(one.case_key or ""),
        )
        for one in found
    ]


def _row(
    act: Act, task: Task, divided: Sequence[Span], last: Sealed | None, limit: Limit | None
) -> Row:
    at = task.sort_due_at
    span = next(one.name for one in divided if one.end is None or at < one.end)
    ground = worklist.ground(act.actor, task)
    is_deputy = ground is not None and ground.kind in ("deputy", "deputy-assigned")
    return Row(
        task=task,
        why=why_mine(act.actor, task),
        span=span,
        on_behalf_of=person(ground.whose) if ground and is_deputy else None,
        last=_last(act, task, last) if last else "",
        limit=limit,
        barred=cases.four_eyes_bar(act, task),
    )


def _limit(act: Act, task: Task, limits: Mapping[str, Mapping[str, Any]]) -> Limit | None:
    found = limits.get(str(task.id))
    if found is None:
        return None
    element = definitions.find(act.uow, task.definition).elements.get(found["element"])
    name = label(element.name if element else None) or found["element"]
    return Limit(name=name, at=found["due_at"])


def _last(act: Act, task: Task, told: Sealed) -> str:
    """Say what happened last in the case, as far as the reader may know."""
    known = told.fields
    is_own = act.actor.name in (known.actor, known.on_behalf_of)
    if not (is_own or sees_variables(act)):
        return _("changed %(ago)s", ago=ago(known.at))
    digest = known.definition or task.definition
    element = definitions.find(act.uow, digest).elements.get(known.element or "")
    name = "" if element is None or (element.confidential and not is_own) else label(element.name)
    message = _message(told)
    if element is not None and not (name or message):
        return _("%(who)s changed the case, %(ago)s", who=person(known.actor), ago=ago(known.at))
    said = says(str(known.kind), person(known.actor), name, message)
    return _("%(what)s, %(ago)s", what=said, ago=ago(known.at))


def _message(told: Sealed) -> str | None:
    if told.fields.kind != EventKind.MESSAGE_RECEIVED:
        return None
    try:
        content: Mapping[str, Any] = json.loads(told.payload or b"{}")
    except ValueError:
        return None
    return content.get("message")
