"""A task that is over: who finished it, how long ago, with what result, and what came of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.cases import record_reading, sees_variables
from api.history import may_see
from api.tasks import ensure_visible
from engine import cases, definitions, worklist
from engine.cases import Act
from engine.errors import NotYourTask
from engine.history import EventKind, Sealed
from engine.kernel import Definition
from engine.store import events
from engine.worklist import Task
from web.cases_names import readable
from web.cases_sentences import says
from web.cases_values import Shown, shown
from web.language import _, ago, label
from web.navigation import person
from web.refusals import by

_PEOPLE = frozenset({"userTask", "manualTask"})
#: The label of a field, and those of its values.
Label = tuple[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What became of a closed task, as far as the reader may know."""

    at: datetime
    #: "Ana finished this 2 minutes ago."
    says: str
    #: what was entered, in the words of the form
    answers: tuple[tuple[str, Shown], ...] = ()
    #: whether something was entered that is not for this reader
    is_hidden: bool = False
    #: the tasks that opened because of it
    opened: tuple[str, ...] = ()
    #: how the case ended with it, if it did
    ending: str | None = None


def ensure_concerned(act: Act, task: Task) -> None:
    """Let also those know to whom the task was offered: a colleague may just have taken it."""
    try:
        ensure_visible(act, task)
    except NotYourTask:
        offered = {f"group:{role}" for role in task.candidate_groups}
        offered |= {f"user:{name}" for name in task.candidate_users}
        if not offered & set(worklist.offered_to(act.actor)):
            raise


def of(act: Act, task: Task) -> Finished | None:
    """Say what became of a closed task; None while it is open. Reading answers is recorded."""
    if task.closed_at is None:
        return None
    ensure_concerned(act, task)
    sealed = events.at_instant(act.uow, f"case:{task.case_id}", task.closed_at)
    told = next((one for one in sealed if str(task.id) in _content(one).get("closed", ())), None)
    if told is None:
        return Finished(at=task.closed_at, says=by(person(task.closed_by), task.closed_at))
    return _of_event(act, task, told, sealed)


def _of_event(act: Act, task: Task, told: Sealed, sealed: list[Sealed]) -> Finished:
    definition = definitions.find(act.uow, told.fields.definition or task.definition)
    content, sees = _content(told), _sees(act, told)
    command = content.get("command") or {}
    is_by_hand = told.fields.kind == EventKind.TASK_COMPLETED and command.get("task_id") == str(
        task.id
    )
    entered = command.get("variables") if is_by_hand else None
    if entered and sees:
        record_reading(act, cases.get(act.uow, task.case_id), "result of a task")
    return Finished(
        at=told.fields.at,
        says=_by_event(told) if is_by_hand else _withdrawn(definition, told),
        answers=tuple(_answers(definition, task, entered or {})) if sees else (),
        is_hidden=bool(entered) and not sees,
        opened=tuple(_opened(definition, content)) if sees_variables(act) else (),
        ending=_ending(definition, sealed) if sees_variables(act) else None,
    )


def _by_event(told: Sealed) -> str:
    known = told.fields
    if known.on_behalf_of is None:
        return by(person(known.actor), known.at)
    return _(
        "%(who)s finished this %(ago)s on behalf of %(whom)s.",
        who=person(known.actor),
        whom=person(known.on_behalf_of),
        ago=ago(known.at),
    )


def _withdrawn(definition: Definition, told: Sealed) -> str:
    element = definition.elements.get(told.fields.element or "")
    name = "" if element is None or element.confidential else label(element.name)
    why = says(str(told.fields.kind), person(told.fields.actor), name)
    return _("This task was withdrawn %(ago)s: %(why)s.", ago=ago(told.fields.at), why=why)


def _sees(act: Act, told: Sealed) -> bool:
    """Whoever is here for a task of theirs sees the contents of their own acts only."""
    if sees_variables(act):
        return may_see(act, told)
    return act.actor.name in (told.fields.actor, told.fields.on_behalf_of)


def _content(told: Sealed) -> Mapping[str, Any]:
    try:
        found = json.loads(told.payload or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _answers(
    definition: Definition, task: Task, entered: Mapping[str, object]
) -> Iterator[tuple[str, Shown]]:
    form = json.loads(definition.forms.get(task.form or "") or b"{}")
    labels = dict(_labels(form))
    for name, value in entered.items():
        if value is None:
            continue
        asked, words = labels.get(name, (readable(name), {}))
        yield (
            label(asked),
            Shown(text=label(words[str(value)])) if str(value) in words else shown(value),
        )


def _labels(part: Mapping[str, Any]) -> Iterator[tuple[str, Label]]:
    for one in part.get("components", ()):
        values = {str(found["value"]): str(found["label"]) for found in one.get("values", ())}
        if one.get("key"):
            yield one["key"], (str(one.get("label") or readable(one["key"])), values)
        yield from _labels(one)


def _opened(definition: Definition, content: Mapping[str, Any]) -> Iterator[str]:
    for one in content.get("opened", ()):
        element = definition.elements.get(one.get("element") or "")
        if element is not None and element.kind in _PEOPLE:
            yield (
                _("A confidential task")
                if element.confidential
                else label(element.name) or element.id
            )


def _ending(definition: Definition, sealed: list[Sealed]) -> str | None:
    ended = next((one for one in sealed if one.fields.kind == EventKind.CASE_ENDED), None)
    element = definition.elements.get(ended.fields.element or "") if ended else None
    return (label(element.name) or element.id) if element else None
