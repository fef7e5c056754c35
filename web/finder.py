"""Find anything: one box for cases, candidates, calls, tasks and pages, on Ctrl-K."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import finding
from engine.finding import MOST, matches, words
from engine.store.cases import Case
from engine.store.tasks import Task
from recruitment import finding as recruitment_finding
from recruitment.finding import FoundCall, FoundCandidate
from web import filters
from web.language import _, label
from web.language import words as words_of
from web.navigation import may, menu
from web.pages import Pages

pages = Pages("finder", __name__)
#: Fewer letters than these find pages of the menu only.
LETTERS = 2
filters.install(pages)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found."""

    address: str
    title: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """What was found of one kind."""

    name: str
    title: str
    hits: Sequence[Hit]


@pages.get("/find")
def find() -> ResponseReturnValue:
    """Show what matches the words; `part=results` asks for the results alone, as options."""
    searched = request.args.get("q", "").strip()
    groups = [one for one in _groups(searched) if one.hits]
    count = sum(len(one.hits) for one in groups)
    shown = "finder-results.html" if request.args.get("part") == "results" else "find.html"
    return render(
        shown, groups=groups, searched=searched, count=count, as_options=shown != "find.html"
    )


def _groups(searched: str) -> list[Group]:
    wanted = words(searched)
    if sum(map(len, wanted)) < LETTERS:
        return [_pages(searched)]
    with acting() as act:
        found = finding.find(act, wanted)
        people = recruitment_finding.candidates(act, found.cases)
        calls = recruitment_finding.calls(act, wanted) if may("call:read") else []
    known = {one.case.id for one in people}
    others = [one for one in found.cases if one.id not in known]
    found_of: tuple[tuple[str, str, list[Hit]], ...] = (
        ("candidates", _("Candidates"), [_candidate(one) for one in people[:MOST]]),
        ("calls", _("Calls"), [_call(one) for one in calls]),
        ("tasks", _("Open tasks"), [_task(one) for one in found.tasks]),
        ("cases", _("Cases"), [_case(one) for one in others[:MOST]]),
    )
    groups = [Group(name=name, title=title, hits=hits) for name, title, hits in found_of]
    return [*groups, _pages(searched)]


def _pages(searched: str) -> Group:
    """Find pages of the menu: all of them while nothing is searched."""
    wanted = words(searched)
    entries = [one for one in menu() if matches(one.title, wanted)]
    return Group(
        name="pages",
        title=_("Pages"),
        hits=[Hit(address=one.path, title=one.title) for one in entries],
    )


def _candidate(one: FoundCandidate) -> Hit:
    detail = _("%(call)s, %(state)s", call=one.call, state=_state(one.case))
    return Hit(address=f"/cases/{one.case.id}", title=one.name, detail=detail)


def _call(one: FoundCall) -> Hit:
    return Hit(address=f"/calls/{one.id}", title=one.title, detail=one.reference)


def _case(case: Case) -> Hit:
    return Hit(address=f"/cases/{case.id}", title=case.title, detail=_state(case))


def _task(task: Task) -> Hit:
    return Hit(address=f"/tasks/{task.id}", title=label(task.name), detail=task.case_title)


def _state(case: Case) -> str:
    if case.ended_at:
        return _("ended: %(outcome)s", outcome=words_of(case.outcome or ""))
    return _("suspended") if case.suspended_at else _("running")
