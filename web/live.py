"""Live updates: a page hears when what it shows was changed, and by whom."""

import json
import select
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, current_app, request, stream_with_context
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from api import identity
from api.cases import visible_case
from api.house import acting
from engine import cases, clock, watching, worklist
from engine.cases import Act, Case
from engine.errors import CursusError, Invalid
from engine.store import events
from engine.watching import Waiting, Watch
from engine.worklist import Task
from web import news
from web.finished import ensure_concerned
from web.language import _, ngettext
from web.pages import Pages

pages = Pages("live", __name__)
#: Seconds between two looks whether the browser is still there, and between two signs of life.
SLICE, SIGN_OF_LIFE = 2.0, 20.0
#: A stream ends after this; the browser comes back by itself.
LIFE = timedelta(minutes=10)
#: Milliseconds after which a browser comes back: after an end, and where all places are taken.
SOON, LATER = 3_000, 15_000
Told = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a page shows, and how to say what became of it."""

    what: tuple[str, ...]
    tell: Callable[[], Told]


def install(state: BlueprintSetupState) -> None:
    """Give the application its watch, and templates what a page writes into its body."""
    state.app.extensions["cursus.watch"] = watching.watch(
        state.app.extensions["cursus.house"].database
    )
    state.app.jinja_env.globals.update(
        watch_case=watch_case, watch_task=watch_task, watch_inbox=watch_inbox
    )


pages.record(install)


def watch() -> Watch:
    """Return the watch of this application."""
    found: Watch = current_app.extensions["cursus.watch"]
    return found


def watch_case(case: Case) -> Markup:
    """Return the attribute of a body that shows a case."""
    return _attribute(case=case.id, revision=case.revision)


def watch_task(task: Task) -> Markup:
    """Return the attribute of a body that shows a task; a closed one changes no more."""
    return Markup("") if task.closed_at else _attribute(task=task.id, revision=task.revision)


def watch_inbox() -> Markup:
    """Return the attribute of a body that shows one's inbox."""
    with acting() as act:
        mark = watching.mark(act.uow, worklist.offered_to(act.actor))
        return _attribute(inbox=mark, since=act.uow.now.isoformat())


def _attribute(**asked: object) -> Markup:
    return Markup(' data-watch="/live?{}"').format(urlencode(asked))


@pages.get("/live")
@identity.passive
def live() -> ResponseReturnValue:
    """Stream what becomes of a case, a task or one's inbox, as server-sent events."""
    with acting() as act:
        watched = _watched(act)
    answer = Response(stream_with_context(_stream(watched)), content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _watched(act: Act) -> Watched:
    if "inbox" in request.args:
        mark, since = request.args["inbox"], _instant(request.args.get("since", ""))
        return Watched(
            what=tuple(worklist.offered_to(act.actor)), tell=lambda: _tell_inbox(mark, since)
        )
    task_id, case_id = _id("task"), _id("case")
    case, _task = _visible(act, task_id, case_id)
    revision, seq = _revision(), events.peek(act.uow, case.stream).seq
    return Watched(
        what=(case.stream,), tell=lambda: _tell_case(task_id, case.id, revision=revision, seq=seq)
    )


def _stream(watched: Watched) -> Iterator[str]:
    who = identity.current_actor().name
    one = watch().join(who, watched.what)
    if one is None:
        # no place: the browser asks again by itself, which is as good as a slow stream
        yield f"retry: {LATER}\n{_event(_told(watched))}"
        return
    try:
        yield f"retry: {SOON}\n\n"
        yield from _while_waiting(watched, one)
    finally:
        watch().leave(one)


def _while_waiting(watched: Watched, one: Waiting) -> Iterator[str]:
    ends, quiet, last = clock.now() + LIFE, 0.0, None
    while not one.is_over and clock.now() < ends:
        if one.wait(SLICE):
            told = _told(watched)
            if told != last:
                yield _event(told)
            if told["what"] == "over":
                return
            last, quiet = told, 0.0
            continue
        quiet += SLICE
        if _has_left():
            return
        if quiet >= SIGN_OF_LIFE:
            quiet = 0.0
            yield ":\n\n"


def _told(watched: Watched) -> Told:
    """Say what became of what is watched, to whoever still may know."""
    try:
        identity.ask_again()
        return watched.tell()
    except CursusError:
        return _news("over", _("This page may be out of date."), _again())


def _event(told: Told) -> str:
    content = {key: value for key, value in told.items() if key != "what"}
    return f"event: {told['what']}\ndata: {json.dumps(content)}\n\n"


def _has_left() -> bool:
    """Say whether the browser closed the connection; it never sends anything more otherwise."""
    connection = request.environ.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return False
    try:
        readable, _writable, _broken = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def _tell_case(task_id: UUID | None, case_id: UUID, *, revision: int, seq: int) -> Told:
    with acting() as act:
        case, task = _visible(act, task_id, case_id)
        found = watching.since(act.uow, case, revision, seq=seq, but_comments_of=act.actor.name)
        if not found:
            return {"what": "same"}
        return _news("changed", news.of(act, case, task, found), _again())


def _tell_inbox(mark: str, since: datetime) -> Told:
    with acting() as act:
        whom = worklist.offered_to(act.actor)
        if watching.mark(act.uow, whom) == mark:
            return {"what": "same"}
        number = watching.opened_since(act.uow, whom, since)
    if not number:
        return _news("moved", _("Your list has changed."), _("Show it"))
    text = ngettext("%(num)s new task", "%(num)s new tasks", number) % {"num": number}
    return _news("moved", text, ngettext("Show it", "Show them", number))


def _news(what: str, text: str, link: str) -> Told:
    return {"what": what, "text": text, "link": link, "hide": _("Hide")}


def _again() -> str:
    return _("Show the new state")


def _visible(act: Act, task_id: UUID | None, case_id: UUID | None) -> tuple[Case, Task | None]:
    if task_id is not None:
        task = worklist.get(act.uow, task_id)
        ensure_concerned(act, task)
        return cases.get(act.uow, task.case_id), task
    if case_id is None:
        raise Invalid("Say what to watch", where="case")
    return visible_case(act, case_id), None


def _id(name: str) -> UUID | None:
    given = request.args.get(name)
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise Invalid("This is no id", where=name) from error


def _revision() -> int:
    given = request.args.get("revision", "")
    if not given.isdigit() or len(given) > 9:  # noqa: PLR2004  # no case has a thousand million
        raise Invalid("Say which revision the page shows", where="revision")
    return int(given)


def _instant(given: str) -> datetime:
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise Invalid("Say when the page was made", where="since") from error
    if at.tzinfo is None:
        raise Invalid("The instant needs a zone", where="since")
    return at
