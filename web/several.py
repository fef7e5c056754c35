"""One thing done to several tasks: each on its own, each told its result, the rest tried again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.house import acting
from engine import worklist
from engine.cases import Act
from engine.errors import CursusError, Invalid, NotAllowed
from engine.store import users
from engine.worklist import Task
from web import finished
from web.finished import Finished
from web.language import _
from web.reasons import is_theirs, shown_name
from web.refusals import why
from web.sentences import sentence


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One task that was chosen, with the revision of its case that the person saw, if known."""

    id: UUID
    revision: int | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one of several; its task is as it stands now."""

    task: Task
    name: str
    refused: str | None = None
    remedy: str | None = None
    #: what a colleague made of it meanwhile
    finished: Finished | None = None


def chosen(given: Sequence[str], *, most: int) -> list[Chosen]:
    """Read what was ticked: ids, or ids with a revision behind a colon; raise Invalid."""
    found = [_read(one) for one in dict.fromkeys(given)]
    if not found:
        raise Invalid(_("No task was chosen"), where="task", remedy=_("tick at least one"))
    if len(found) > most:
        raise Invalid(_("Choose at most %(most)s tasks", most=most), where="task")
    return found


def _read(given: str) -> Chosen:
    task_id, mark, revision = given.partition(":")
    try:
        return Chosen(id=UUID(task_id), revision=int(revision) if mark else None)
    except ValueError as error:
        raise Invalid(_("This is no task"), where="task") from error


def each(wanted: Sequence[Chosen], do: Callable[[Act, Chosen], object]) -> list[Result]:
    """Do something to each task in a transaction of its own; a refusal is a result too."""
    return [_attempt(one, do) for one in wanted]


def _attempt(one: Chosen, do: Callable[[Act, Chosen], object]) -> Result:
    error = None
    try:
        with acting() as act:
            do(act, one)
    except CursusError as refusal:
        error = refusal
    with acting() as act:
        task = worklist.get(act.uow, one.id)
        return Result(
            task=task,
            name=shown_name(task, is_mine=is_theirs(act, task)),
            refused=why(error) if error else None,
            remedy=sentence(error.remedy) if error else None,
            finished=_finished(act, task) if error else None,
        )


def _finished(act: Act, task: Task) -> Finished | None:
    try:
        return finished.of(act, task)
    except NotAllowed:
        return None


def able(act: Act, tasks: Sequence[Task]) -> list[dict[str, str]]:
    """Return the active people who may do all of the tasks."""
    wanted = {(frozenset(one.candidate_groups), one.candidate_users) for one in tasks}
    return [
        {"name": row["name"], "full_name": row["full_name"]}
        for row in users.every(act.uow)
        if row["active"]
        and all(row["name"] in named or groups & set(row["roles"]) for groups, named in wanted)
    ]
