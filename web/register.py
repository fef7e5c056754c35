"""The search in the register, and putting people on the long list of a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import PageRequest
from engine.access import authorize
from engine.cases import Act
from engine.errors import Conflict, CursusError, Invalid
from recruitment.cast.words import DIPLOMAS, GROUPS, LANGUAGES, LEVELS
from recruitment.register import long_list, search
from recruitment.standing import Standing, standing
from recruitment.store import listing, register
from recruitment.store.search import SORTS
from web import lists, register_import
from web.calls_frame import closing, standing_word
from web.language import _, day
from web.navigation import person
from web.register_frame import pages
from web.register_query import (
    FIELDS,
    ROWS,
    Read,
    criterion_words,
    flag_words,
    language_name,
    number,
    read,
    why_words,
)

__all__ = ["pages", "register_import"]

#: People who are put on a list at once: as many as one page shows.
MOST = 100
#: Calls that are offered; those that are not open say why.
CALLS = 30


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A call that people could be told of, and why not where it is not open."""

    id: str
    reference: str
    title: str
    refused: str | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one person who was chosen."""

    name: str
    email: str | None
    refused: str | None


@pages.get("/register")
def find() -> ResponseReturnValue:
    """Search the register. The reading is recorded."""
    return _page({}, ())


@pages.get("/register/count")
def count() -> ResponseReturnValue:
    """Count who would match, while the form is being filled in; nobody is shown."""
    asked = read(lists.given(*FIELDS))
    with acting() as act:
        matching = search.count(act, asked.query)
        hints = [] if matching or asked.faults else search.hints(act, asked.query)
    return render("register_count.html", asked=asked, matching=matching, hints=_hints(hints))


@pages.post("/register")
def add() -> ResponseReturnValue:
    """Put the chosen people on the long list of a call, each in a transaction of its own."""
    chosen = list(dict.fromkeys(request.form.getlist("person")))
    faults = _judge(chosen)
    with acting() as act:
        authorize(act.actor, "candidate:search", act.shell.policy)
        if not faults:
            faults = _closed(act, request.form["call"])
    if faults:
        return _page(faults, chosen), 422
    wanted = read(lists.given(*FIELDS)).query.as_json()
    results = [_one(one, wanted) for one in chosen]
    return render("register_added.html", results=results, call=_call(request.form["call"]))


def _judge(chosen: Sequence[str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not chosen:
        faults["people"] = _("Choose at least one person.")
    elif len(chosen) > MOST:
        faults["people"] = _("Choose at most %(most)s people.", most=MOST)
    if not request.form.get("call"):
        faults["call"] = _("Choose the call.")
    reason = request.form.get("reason", "").strip()
    if not reason:
        faults["reason"] = _("Say why these people: the long list keeps it.")
    elif len(reason) > long_list.MOST_REASON:
        faults["reason"] = _("At most %(most)s characters.", most=long_list.MOST_REASON)
    return faults


def _closed(act: Act, call: str) -> dict[str, str]:
    try:
        long_list.open_call(act, call)
    except Conflict as error:
        found: Standing = error.facts["standing"]  # type: ignore[assignment]  # as open_call says
        return {"call": _("This call is not open: %(state)s.", state=standing_word(found))}
    return {}


def _one(chosen: str, wanted: Mapping[str, object]) -> Result:
    call, reason = request.form["call"], request.form["reason"]
    try:
        with acting() as act:
            done = long_list.add(act, call, chosen, reason=reason, search=wanted)
    except CursusError as error:
        with acting() as act:
            known = register.people(act.uow, [chosen]).get(chosen)
        name = str(known["name"]) if known and known["name"] else chosen
        return Result(name=name, email=None, refused=_why_not(error))
    return Result(name=done.name, email=done.email, refused=None)


def _why_not(error: CursusError) -> str:
    facts = error.facts
    if facts.get("why") == "listed":
        return _(
            "on the list already: %(who)s added this person on %(day)s",
            who=person(str(facts["added_by"])), day=day(facts["added_at"]),  # type: ignore[arg-type]  # an instant
        )  # fmt: skip
    if facts.get("why") == "applied":
        return _("has applied for this call already")
    return error.detail


def _call(key: str) -> Mapping[str, Any]:
    with acting() as act:
        return {**long_list.call_of(act, key)}


def _page(faults: Mapping[str, str], chosen: Sequence[str]) -> str:
    given = lists.given(*FIELDS)
    asked = read(given)
    wanted = lists.asked(list(SORTS))
    with acting() as act:
        found = search.run(act, asked.query, _wanted(wanted))
        shown = lists.shown(
            found.people, wanted, key=lambda one: one.row["key"], row_id=lambda one: one.id
        )
        return render(
            "register.html",
            tab="search",
            given=given,
            asked=asked,
            found=found,
            matching=found.number,
            hints=_hints(found.hints),
            shown=shown,
            sort=wanted.sort,
            sorting=lists.sorting,
            choices=_choices(act, asked),
            offers=_offers(act) if shown.items else [],
            is_empty=not found.number and register.is_empty(act.uow),
            faults=faults,
            chosen=chosen,
            typed=request.form,
        )


def _wanted(asked: PageRequest) -> search.Wanted:
    after = None
    if asked.after is not None:
        try:
            after = search.place(asked.field, asked.after.key, asked.after.id)
        except Invalid as error:
            raise Invalid(_("This is no place in this list"), where="after") from error
    return search.Wanted(sort=asked.sort, after=after, limit=lists.SIZE + 1)


def _choices(act: Act, asked: Read) -> dict[str, Sequence[Any]]:
    profiles = register.profiles(act.uow)
    if asked.query.profile and asked.query.profile not in profiles:
        profiles.append(asked.query.profile)
    return {
        "profiles": profiles,
        "groups": GROUPS,
        "languages": [(one, language_name(one)) for one in LANGUAGES],
        "levels": LEVELS,
        "diplomas": DIPLOMAS[1:],
        "rows": ROWS,
    }


def _offers(act: Act) -> list[Offer]:
    calls = listing.calls(act.uow, after=None, limit=CALLS)
    return sorted((_offer(act, one) for one in calls), key=lambda one: one.refused is not None)


def _offer(act: Act, one: Mapping[str, Any]) -> Offer:
    found = standing(
        one, ended_at=one["ended_at"], ended_element=one["ended_element"], now=act.uow.now
    )
    refused = None
    if found == "closed" and one["deadline"] < act.uow.now:
        refused = closing(one["deadline"])
    elif found != "open":
        refused = standing_word(found)
    return Offer(id=one["id"], reference=one["reference"], title=one["title"], refused=refused)


def _hints(found: Sequence[search.Hint]) -> list[tuple[str, str, int]]:
    """Return for each hint its words, the address without its criterion, and the number."""
    return [(criterion_words(one.criterion), _without(one), one.number) for one in found]


def _without(hint: search.Hint) -> str:
    one, gone = hint.criterion, {"after": None, "said": None}
    if one.kind == "language":
        rows = [row for row in ROWS if request.args.get(f"language_{row}") == one.language]
        names = [f"{part}_{row}" for row in rows for part in ("language", "level")]
    else:
        names = {"valid": ["valid_on"], "invite": ["group", "test"]}.get(one.kind, [one.kind])
    kept = {**dict.fromkeys(names), **gone}
    return lists.address(**kept).replace("/register/count", "/register", 1)


@pages.context_processor
def _words() -> dict[str, object]:
    return {"why_words": why_words, "flag_words": flag_words, "years": number}
