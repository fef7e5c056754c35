"""The history: search what happened, who did it, when, where and on which article."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.history import place_after
from api.house import acting
from engine.access import authorize
from engine.archive import places
from engine.cases import Act
from engine.store import audit, event_search, users
from engine.store.cases import Case
from engine.store.event_search import EventFilter
from web import lists
from web.history_rows import Row, rows_of
from web.history_words import kinds
from web.language import ZONE, _
from web.pages import Pages

pages = Pages("history", __name__)

#: Cases that a search by title or key may cover at once.
CASES = 50
FILTERS = ("who", "kind", "since", "until", "case", "element", "article")


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What the address asks for, looked up: names became people, titles became cases."""

    filter: EventFilter
    #: what cannot be searched for, in words
    faults: tuple[str, ...] = ()
    #: what the person should know of the search
    notes: tuple[str, ...] = ()


@dataclass
class _Findings:
    """What was found while looking up."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@pages.get("/history")
def search() -> ResponseReturnValue:
    """Search the events of everything that ever happened."""
    given = lists.given(*FILTERS, "sort")
    with acting() as act:
        authorize(act.actor, "history:search", act.shell.policy)
        narrowed = narrow(act, given)
        shown = listed(act, narrowed)
        return render(
            "history.html",
            shown=shown,
            given={name: value for name, value in given.items() if name != "sort"},
            newest_first=given.get("sort") != "at",
            sort_address=lists.address(sort=None if given.get("sort") == "at" else "at"),
            narrowed=narrowed,
            kinds=kinds(),
            people=users.every(act.uow),
            articles=places.articles(act.uow),
        ), 400 if narrowed.faults else 200


def listed(act: Act, narrowed: Narrowed) -> lists.Shown[Row]:
    """Return one page of the events, newest first unless the address says otherwise."""
    asked = lists.asked(["-at"])
    if narrowed.faults:
        return lists.Shown(items=(), next=None, first=None)
    found = event_search.search(
        act.uow,
        narrowed.filter,
        after=place_after(asked),
        limit=lists.SIZE + 1,
        newest_first=asked.is_descending,
    )
    page = lists.shown(
        found,
        asked,
        key=lambda one: one.fields.at,
        row_id=lambda one: f"{one.fields.stream}#{one.fields.seq}",
    )
    return lists.Shown(items=rows_of(act, page.items), next=page.next, first=page.first)


def narrow(act: Act, given: dict[str, str], *, reads_only: bool = False) -> Narrowed:
    """Return the search that the filters ask for."""
    found = _Findings()
    since, until = _day(given.get("since"), found), _day(given.get("until"), found)
    wanted = EventFilter(
        streams=_streams(act, given.get("case"), found, reads_only=reads_only),
        anybody=_person(act, given.get("who"), found),
        kind="record:read" if reads_only else given.get("kind"),
        places=_places(act, given),
        at_from=since,
        # the day itself is included
        at_before=until + timedelta(days=1) if until else None,
    )
    return Narrowed(filter=wanted, faults=tuple(found.faults), notes=tuple(found.notes))


def _day(text: str | None, found: _Findings) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=ZONE)
    except ValueError:
        found.faults.append(_("“%(text)s” is no day: write it as 2026-03-31.", text=text))
        return None


def _person(act: Act, text: str | None, found: _Findings) -> str | None:
    """Return the sign-in name of a person given by it or by a part of the full name."""
    if not text:
        return None
    everybody = {row["name"]: row["full_name"] for row in users.every(act.uow)}
    if text in everybody:
        return text
    wanted = text.casefold()
    matching = [name for name, full in everybody.items() if wanted in full.casefold()]
    if len(matching) > 1:
        names = ", ".join(everybody[one] for one in matching)
        found.faults.append(_("More than one person is meant: %(names)s.", names=names))
    # who is not here any more, or was never a person, still stands in the history
    return matching[0] if matching else text


def _streams(
    act: Act, text: str | None, found: _Findings, *, reads_only: bool
) -> tuple[str, ...] | None:
    if not text:
        return None
    cases = audit.find_cases(act.uow, text, limit=CASES + 1)
    if len(cases) > CASES:
        found.notes.append(
            _("More than %(count)s cases match; the newest are searched. Say more.", count=CASES)
        )
    prefixes = ("read",) if reads_only else ("case", "read", "application", "call")
    return tuple(
        f"{prefix}:{name}" for case in cases[:CASES] for name in _names(case) for prefix in prefixes
    )


def _names(case: Case) -> list[str]:
    return [str(case.id), *([case.key] if case.key else [])]


def _places(act: Act, given: dict[str, str]) -> tuple[tuple[str, str], ...] | None:
    article, element = given.get("article"), given.get("element")
    if not article and not element:
        return None
    return places.find(act.uow, article=article, element=element)


from web import (  # noqa: E402  # after the blueprint they need
    history_case,
    history_reads,
    history_sample,
    history_verify,
)

__all__ = ["history_case", "history_reads", "history_sample", "history_verify", "pages"]
