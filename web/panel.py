"""A panel member's desk: what is to declare, to score and to agree, and the next interviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from babel.dates import format_datetime
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import clock, worklist
from engine.cases import Act
from engine.worklist import Task, TaskFilter
from recruitment import scoring
from recruitment.scoring import Round, Seat
from recruitment.store import panels
from web.language import ZONE, current, instant, ngettext
from web.navigation import is_panel_member
from web.pages import Pages

pages = Pages("panel", __name__)
#: Tasks of one kind on the desk; whoever has more finds them in My work.
MOST = 100
#: What is done from the desk.
OWN = frozenset({panels.DECLARE, panels.SCORE, panels.CONSENSUS})
#: The pages that take the place of the general one.
SHEETS = {panels.SCORE: "/scores/", panels.CONSENSUS: "/deliberation/"}
_WEEK = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A round in which one has scored and others have not."""

    title: str
    round: Round
    own: Seat
    reminded: bool


@pages.get("/panel")
def desk() -> ResponseReturnValue:
    """Show one's interviews and sheets: to declare, today, to score, to agree, next, done."""
    midnight = datetime.combine(clock.now().astimezone(ZONE).date(), time(), tzinfo=ZONE)
    tomorrow = midnight + timedelta(days=1)
    with acting() as act:
        lists = {
            name: _mine(act, element)
            for name, element in (
                ("to_declare", panels.DECLARE),
                ("to_score", panels.SCORE),
                ("to_agree", panels.CONSENSUS),
            )
        }
        found = panels.interviews(act.uow, act.actor.name, since=midnight)
        done = panels.done_by(act.uow, act.actor.name)
        tasks = [one for some in lists.values() for one in some]
        return render(
            "panel.html",
            **lists,
            main=next(iter(tasks), None),
            today=[one for one in found if one["starts_at"] < tomorrow],
            coming=[one for one in found if one["starts_at"] >= tomorrow],
            done=done,
            waiting=_waiting(act, done),
            drafts=panels.drafts(act.uow, [one.id for one in tasks]),
        )


def sheet_address(task: Task) -> str:
    """Return the page on which a task is done."""
    return f"{SHEETS.get(task.element, '/tasks/')}{task.id}"


def home_of(task: Task) -> str:
    """Return the list that a task stands in: the desk for what a member does in a panel."""
    return "/panel" if task.element in OWN and is_panel_member() else "/work"


def submitted_words(found: Round) -> str:
    """Say how many of a panel have submitted."""
    return ngettext(
        "%(submitted)s of %(n)s member has submitted",
        "%(submitted)s of %(n)s members have submitted",
        len(found.seats),
    ) % {"submitted": len(found.submitted), "n": len(found.seats)}


def next_words(at: datetime) -> str:
    """Write an instant of the coming days as "Tue 10:00", a later one with its date."""
    if at - clock.now() > _WEEK:
        return str(instant(at).striptags())
    locale = "en_GB" if current() == "en" else current()
    return str(format_datetime(at.astimezone(ZONE), "EEE HH:mm", locale=locale))


def _mine(act: Act, element: str) -> Sequence[Task]:
    return worklist.mine(act.uow, act.actor, TaskFilter(element=element), limit=MOST)


def _waiting(act: Act, done: Sequence[panels.Found]) -> list[Waiting]:
    titles: dict[UUID, str] = {
        one["case_id"]: one["title"] for one in done if one["element"] == panels.SCORE
    }
    found = scoring.rounds(act.uow, list(titles), reader=act.actor.name)
    reminded = scoring.reminded_today(act.uow, list(found.values()))
    return [
        Waiting(
            title=titles[case_id],
            round=one,
            own=own,
            reminded=case_id in reminded,
        )
        for case_id, one in found.items()
        if one.is_open
        and (own := next((s for s in one.submitted if s.member == act.actor.name), None))
    ]


@pages.app_context_processor
def _words() -> dict[str, object]:
    return {
        "home_of": home_of,
        "sheet_address": sheet_address,
        "submitted_words": submitted_words,
        "next_words": next_words,
    }
