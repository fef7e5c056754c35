"""Calls: the list, and what one call says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import PageRequest
from api.tasks import ensure_visible
from engine import worklist
from engine.access import authorize
from engine.cases import Act
from engine.errors import Invalid, NotAllowed
from engine.worklist import Task
from recruitment.standing import Standing, standing
from recruitment.store import listing
from web import (
    calls_board,
    calls_deliberation,
    calls_figures,
    calls_heat,
    calls_intake,
    calls_interviews,
    calls_interviews_move,
    calls_interviews_send,
    calls_long_list,
    calls_mail,
    calls_mail_sorted,
    calls_mails,
    calls_new,
    calls_screening,
    calls_screening_desk,
    calls_table,
    calls_together,
    lists,
)
from web.calls_frame import head_of, pages

__all__ = [
    "calls_board",
    "calls_deliberation",
    "calls_figures",
    "calls_heat",
    "calls_intake",
    "calls_interviews",
    "calls_interviews_move",
    "calls_interviews_send",
    "calls_long_list",
    "calls_mail",
    "calls_mail_sorted",
    "calls_mails",
    "calls_new",
    "calls_screening",
    "calls_screening_desk",
    "calls_table",
    "calls_together",
    "pages",
]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A call in the list."""

    call: Mapping[str, Any]
    standing: Standing


@pages.get("/calls")
def every() -> ResponseReturnValue:
    """List calls, the latest deadline first, with their numbers of applications."""
    asked = lists.asked(["-deadline"])
    with acting() as act:
        authorize(act.actor, "call:read", act.shell.policy)
        found = listing.calls(act.uow, after=_after(asked), limit=lists.SIZE + 1)
        shown = lists.shown(
            found, asked, key=lambda one: one["deadline"], row_id=lambda one: one["id"]
        )
        rows = [_row(act, one) for one in shown.items]
    return render("calls.html", rows=rows, shown=shown)


@pages.get("/calls/<key>/about")
def about(key: str) -> ResponseReturnValue:
    """Show what a call says, its case and the tasks that the call itself waits for."""
    with acting() as act:
        head = head_of(act, key)
        tasks = [one for one in worklist.of_case(act.uow, head.case.id) if _is_visible(act, one)]
        return render("call_about.html", head=head, tab="about", tasks=tasks)


def _after(asked: PageRequest) -> tuple[Any, str] | None:
    if asked.after is None:
        return None
    if not hasattr(asked.after.key, "tzinfo"):
        raise Invalid("This is no place in this list", where="after")
    return asked.after.key, asked.after.id


def _row(act: Act, one: Mapping[str, Any]) -> Row:
    found = standing(
        one, ended_at=one["ended_at"], ended_element=one["ended_element"], now=act.uow.now
    )
    return Row(call=one, standing=found)


def _is_visible(act: Act, task: Task) -> bool:
    try:
        ensure_visible(act, task)
    except NotAllowed:
        return False
    return True
