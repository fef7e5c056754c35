"""The page of a rehearsal: where it stands, what can be done, what would have been sent."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request

from engine import drafts, kernel, rehearsals
from engine.cases import Act
from engine.errors import CursusError, Invalid, OperationFailed
from engine.kernel import Definition, Effect, OpenTask, Subscription, Timer
from engine.rehearsals import Stage
from engine.scenarios.model import Call, Entry
from engine.scenarios.play import Play
from engine.store import definitions as versions
from engine.store import drafts as draft_rows
from engine.store.drafts import Draft
from engine.timelimits import ZONE
from forms import FormError
from recruitment import messages
from recruitment.correspondence import compose
from web.cases_diagram import Drawing, drawn
from web.language import _, day, known_role, words
from web.language import instant as written
from web.navigation import may
from web.studio_scenarios import is_scenarios, told_by

MAIL = "mail.send"
#: What the story of a rehearsal says for machines: roles, days and instants. A role of one word
#: is one already, and may stand in the name of a task.
_ROLE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d[+-]\d\d:\d\d)?", re.ASCII)
#: The values that were filled in follow as they are.
_VALUES = " with {"
#: Steps that are filled in as a form.
_FILLED = ("complete", "receive", "signal")


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A step that was refused, with what was typed."""

    problem: Exception
    form: Mapping[str, str]

    @property
    def errors(self) -> Mapping[str, Sequence[str]]:
        """Return the errors of the form by field."""
        if isinstance(self.problem, FormError):
            return self.problem.errors
        found = self.problem.facts.get("errors") if isinstance(self.problem, CursusError) else None
        return found if isinstance(found, Mapping) else {}

    @property
    def values(self) -> Mapping[str, Any]:
        """Return what was filled in; nothing where that is no JSON or was typed elsewhere."""
        try:
            return _values(self.form) if self.form.get("kind") in _FILLED else {}
        except Invalid:
            return {}

    @property
    def text(self) -> str:
        """Return the refusal in words."""
        return in_words(str(self.problem))


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A letter that a real case would have sent."""

    at: datetime
    to: str
    subject: str
    body: str
    has_failed: bool


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """A deadline to come."""

    name: str
    due_at: datetime
    #: the task it stands at
    at_task: str | None


@dataclass(frozen=True, kw_only=True)
class Doing:
    """What is being filled in: a task, or a message that arrives."""

    kind: str
    target: str
    title: str
    instance: int | None = None
    correlation: str | None = None
    #: whose task it is
    groups: tuple[str, ...] = ()
    #: what the script needs
    form: Mapping[str, Any] | None = None
    typed: str = "{}"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A rehearsal as the page shows it."""

    play: Play
    drawing: Drawing
    tasks: tuple[OpenTask, ...]
    doing: Doing | None
    awaited: tuple[Subscription, ...]
    effects: tuple[tuple[Effect, str, str], ...]
    ahead: tuple[Ahead, ...]
    mails: tuple[Mail, ...]
    calls: tuple[Call, ...]
    story: tuple[Entry, ...]
    values: str
    ended: str | None


def page(act: Act, rehearsal_id: UUID, *, refused: Refused | None = None) -> str:
    """Return the page of a rehearsal; raise NotFound, DefinitionRefused."""
    stage = rehearsals.show(act, rehearsal_id)
    found = stage.rehearsal
    files = rehearsals.files(act, rehearsals.source_of(found))
    play = stage.folded.play
    draft = drafts.get(act, found.draft_id) if found.draft_id else None
    row = versions.get(act.uow, found.digest) if found.digest else None
    return render(
        "studio_rehearsal.html",
        rehearsal=found,
        stage=stage,
        scene=_scene(stage, play, files, refused) if play else None,
        name=stage.definition.processes[found.process].name or found.process,
        draft=draft,
        version=dict(row) if row else None,
        next_due=rehearsals.next_due(stage),
        last=_last(stage),
        refused=refused,
        problem=in_words(str(stage.folded.problem)) if stage.folded.problem else None,
        into=_into(act, stage, draft),
    )


def step_from(form: Mapping[str, str], *, now: datetime | None = None) -> dict[str, Any]:
    """Return the step that a form asks for, as a scenario would say it; raise Invalid."""
    kind, target = form.get("kind", ""), form.get("target", "")
    if kind == "complete":
        instance = form.get("instance", "")
        what = {"task": target, "instance": int(instance)} if instance.isdigit() else target
        by = {"by": form["by"]} if form.get("by") else {}
        return {"complete": what, **by, "with": _values(form)}
    if kind in _FILLED:
        return _arrival(kind, target, form, now)
    if kind == "answer":
        return {"answer": target, "with": _values(form)}
    if kind == "fail":
        return {"fail": target, "code": form.get("code", ""), "message": form.get("message", "")}
    if kind == "wait":
        return {"wait": form.get("waits") == "yes"}
    return {"at": _at(form).isoformat()}


def instant(text: str) -> datetime:
    """Return the instant that a field says; without an offset it is Brussels time."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def local(at: datetime) -> str:
    """Return an instant as a field shows it, in Brussels time."""
    return at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def pretty(value: object) -> str:
    """Return a JSON value as a person reads and changes it."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _arrival(
    kind: str, target: str, form: Mapping[str, str], now: datetime | None
) -> dict[str, Any]:
    values = _values(form)
    if kind == "receive" and target in messages.titles() and now is not None:
        values = messages.judge(target, values, now=now)
    correlation = {"correlation": form["correlation"]} if form.get("correlation") else {}
    return {kind: target, **correlation, "with": values}


def _values(form: Mapping[str, str]) -> dict[str, Any]:
    try:
        found = json.loads(form.get("with") or "{}")
    except ValueError as error:
        raise Invalid(f"The values are no JSON: {error}", where="with") from error
    if not isinstance(found, dict):
        raise Invalid("The values are names with values", where="with", remedy="write {...}")
    return found


def _at(form: Mapping[str, str]) -> datetime:
    try:
        return instant(form.get("at", ""))
    except ValueError as error:
        raise Invalid("This is no date", where="at", remedy="choose day and time") from error


def _scene(stage: Stage, play: Play, files: Mapping[str, bytes], refused: Refused | None) -> Scene:
    definition, step = stage.definition, play.step
    tasks = () if step.ended else step.tasks
    awaited = _distinct(step.subscriptions) if not step.ended else ()
    return Scene(
        play=play,
        drawing=_drawing(stage, play),
        tasks=tasks,
        doing=_doing(stage, play, files, refused),
        awaited=awaited,
        effects=tuple(
            (one, _name(definition, one.element), pretty(play.suggested(one)))
            for one in step.effects
        ),
        ahead=tuple(_ahead(definition, one) for one in sorted(step.timers, key=lambda t: t.due_at)),
        mails=tuple(_mail(one) for one in reversed(play.answered) if _is_mail(one)),
        calls=tuple(one for one in reversed(play.answered) if not _is_mail(one)),
        story=tuple(Entry(at=one.at, text=in_words(one.text)) for one in reversed(play.timeline)),
        values=pretty(step.variables),
        ended=_name(definition, step.ended.element) if step.ended and step.ended.element else None,
    )


def in_words(text: str) -> str:
    """Return a line of the story with its roles, days and instants as people write them."""
    said, mark, values = text.partition(_VALUES)
    said = _ROLE.sub(lambda found: known_role(found[0]) or found[0], said)
    return _INSTANT.sub(_when, said) + mark + values


def _when(found: re.Match[str]) -> str:
    return str(written(found[0]).striptags()) if found[1] else day(found[0])


def _distinct(every: Sequence[Subscription]) -> tuple[Subscription, ...]:
    """Return one of each message: who waits for it twice gets it by its correlation."""
    found = {(one.message, one.correlation): one for one in every}
    return tuple(sorted(found.values(), key=lambda one: one.message))


def _drawing(stage: Stage, play: Play) -> Drawing:
    definition, found = stage.definition, stage.rehearsal
    view = kernel.inspect(definition, play.step.state)
    due: dict[str, list[datetime]] = {}
    for one in play.step.timers:
        due.setdefault(one.element, []).append(one.due_at)
    drawing = drawn(definition, view, request.args.get("process"), due)
    home = f"drafts/{found.draft_id}" if found.draft_id else f"definitions/{found.digest}"
    file = definition.processes[drawing.level.process].file
    return replace(drawing, marks={**drawing.marks, "address": f"/api/v1/{home}/files/{file}"})


def _doing(
    stage: Stage, play: Play, files: Mapping[str, bytes], refused: Refused | None
) -> Doing | None:
    """Return what is being filled in: what was refused, what was asked for, else the first task."""
    if play.step.ended:
        return None
    kind, target, instance = _wanted(refused)
    if kind in ("receive", "signal"):
        subscription = next((one for one in play.step.subscriptions if one.message == target), None)
        if subscription is not None:
            return _message(stage, subscription, files, refused)
    tasks = [one for one in play.step.tasks if target in ("", one.element)]
    task = next((one for one in tasks if instance in ("", str(one.instance))), None)
    task = task or next(iter(play.step.tasks), None)
    return _task(stage, play, task, files, refused) if task else None


def _wanted(refused: Refused | None) -> tuple[str, str, str]:
    if refused is not None and refused.form.get("kind") in _FILLED:
        form = refused.form
        return form["kind"], form.get("target", ""), form.get("instance", "")
    asked = request.args
    if asked.get("message"):
        return "receive", asked["message"], ""
    return "complete", asked.get("task", ""), asked.get("instance", "")


def _task(
    stage: Stage,
    play: Play,
    task: OpenTask,
    files: Mapping[str, bytes],
    refused: Refused | None,
) -> Doing:
    seen = kernel.task_variables(stage.definition, play.step.state, task.id)
    schema = stage.definition.forms.get(task.form or "")
    told = _example(files, task.process, "complete", task.element)
    groups = task.candidate_groups or (("",) if not task.assignee else (task.assignee,))
    return Doing(
        kind="complete",
        target=task.element,
        title=task.name or task.element,
        instance=task.instance,
        groups=groups,
        form=_form(json.loads(schema) if schema else None, seen, told, refused),
        typed=_typed(refused, told),
    )


def _message(
    stage: Stage, one: Subscription, files: Mapping[str, bytes], refused: Refused | None
) -> Doing:
    process = stage.definition.elements[one.element].process
    told = _example(files, process, "receive", one.message)
    schema = messages.schema(one.message) if one.message in messages.titles() else None
    return Doing(
        kind="signal" if one.kind == "signal" else "receive",
        target=one.message,
        title=message_title(one.message),
        correlation=one.correlation,
        form=_form(schema, {}, told, refused),
        typed=_typed(refused, told),
    )


def message_title(name: str) -> str:
    """Return what people call a message."""
    return messages.titles().get(name, words(name))


def _form(
    schema: Any,  # noqa: ANN401  # a form-js schema
    seen: Mapping[str, object],
    told: Mapping[str, object] | None,
    refused: Refused | None,
) -> dict[str, Any] | None:
    if schema is None:
        return None
    return {
        "schema": schema,
        "variables": seen,
        "typed": refused.values if refused else {},
        "errors": refused.errors if refused else {},
        "told": told,
    }


def _typed(refused: Refused | None, told: Mapping[str, object] | None) -> str:
    if refused is not None and refused.form.get("kind") in _FILLED:
        return refused.form.get("with", "")
    return pretty(told or {})


def _example(
    files: Mapping[str, bytes], process: str, verb: str, target: str
) -> Mapping[str, object] | None:
    """Return what a scenario of the process fills in there."""
    for name, data in files.items():
        if not is_scenarios(name) or not name.startswith(f"{process}."):
            continue
        try:
            told = told_by(name, data)
        except Invalid:
            continue
        for one in (step for scenario in told for step in scenario.steps):
            if getattr(one, "verb", None) == verb and getattr(one, "target", "") == target:
                return dict(one.values)  # type: ignore[union-attr]  # only a When has a verb
    return None


def _ahead(definition: Definition, timer: Timer) -> Ahead:
    host = definition.elements[timer.element].attached_to
    return Ahead(
        name=_name(definition, timer.element),
        due_at=timer.due_at,
        at_task=_name(definition, host) if host else None,
    )


def _is_mail(call: Call) -> bool:
    return call.effect.operation == MAIL


def _mail(call: Call) -> Mail:
    given = call.effect.input
    data, to, template = given.get("data"), str(given.get("to", "")), str(given.get("template", ""))
    try:
        letter = compose(template, data if isinstance(data, Mapping) else {}, to=to)
        subject, body = letter.subject, letter.body
    except OperationFailed as error:
        subject, body = template or str(error), pretty(given)
    return Mail(at=call.at, to=to, subject=subject, body=body, has_failed=call.answer is None)


def _name(definition: Definition, key: str) -> str:
    element = definition.elements.get(key)
    return " ".join((element.name or key).split()) if element else key


def _last(stage: Stage) -> str | None:
    """Return the last step in words, for the button that takes it back."""
    if not stage.rehearsal.steps:
        return None
    step = stage.rehearsal.steps[-1]
    if "wait" in step:
        return _("operations wait") if step["wait"] else _("operations answer by themselves")
    for verb in ("complete", "answer", "fail", "receive", "signal"):
        if verb in step:
            target = step[verb]["task"] if isinstance(step[verb], Mapping) else step[verb]
            is_message = verb in ("receive", "signal")
            return message_title(target) if is_message else _name(stage.definition, target)
    return _("clock to %(instant)s", instant=written(step["at"]).striptags())


def _into(act: Act, stage: Stage, draft: Draft | None) -> list[Draft]:
    """Return the drafts that could take the scenario."""
    if not may("definition:publish"):
        return []
    if draft is not None:
        return [draft] if draft.closed_at is None else []
    row = versions.get(act.uow, stage.rehearsal.digest or "")
    return draft_rows.open_ones(act.uow, row["process"]) if row else []
