"""The sealed history of one case, verified each time it is shown; its export; single events."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.cases import record_reading, sees_variables, visible_case
from api.history import case_archive, may_see
from api.house import acting, house
from engine import clock, replay
from engine.access import authorize
from engine.archive.entries import Entry, entries
from engine.cases import Act, Case
from engine.errors import NotFound
from engine.history import EventKind, Sealed
from engine.replay import Proof
from engine.store import audit, begin, events
from recruitment.independence import is_withheld
from web.cases_values import Shown, named, shown
from web.history import pages
from web.history_rows import ON_PAGE, case_address, rows_of
from web.history_words import kind_name, sentence
from web.language import label
from web.navigation import person
from web.pages import done

#: Streams whose events are about the house, not about a person.
IMPERSONAL = ("administration", "definition", "read")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One event in words, with all that is shown of it."""

    entry: Entry
    who: str
    on_behalf_of: str | None
    kind: str
    says: str
    facts: tuple[tuple[str, Shown], ...]
    submitted: tuple[tuple[str, Shown], ...]
    #: the case as it was right after it
    as_of: str
    #: a score that is shown when all of its round are in
    is_put_off: bool


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What the verification found."""

    proof: Proof
    at: datetime
    #: where the first bad event, or the last that is left, is shown
    address: str | None


@pages.get("/history/cases/<uuid:case_id>")
def of_case(case_id: UUID) -> ResponseReturnValue:
    """Show the sealed history of a case in order. The reading is recorded."""
    seal = verified(case_id)
    after = _after()
    with acting() as act:
        case = visible_case(act, case_id)
        record_reading(act, case, "history")
        found = events.of_stream(act.uow, case.stream, after=after, limit=ON_PAGE + 1)
        told = tell(act, found[:ON_PAGE])
        return render(
            "history_case.html",
            case=case,
            seal=seal,
            told=told,
            previous=_page(case, after - ON_PAGE) if after > 0 else None,
            next=_page(case, after + ON_PAGE) if len(found) > ON_PAGE else None,
        )


@pages.post("/history/cases/<uuid:case_id>/verify")
def verify_again(case_id: UUID) -> ResponseReturnValue:
    """Verify the case once more; its page shows what was found."""
    with acting() as act:
        visible_case(act, case_id)
    return done(f"/history/cases/{case_id}", "history-verified")


@pages.get("/history/cases/<uuid:case_id>/export")
def export(case_id: UUID) -> ResponseReturnValue:
    """Download the signed archive of a case."""
    with acting() as act:
        return case_archive(act, case_id)


@pages.get("/history/event")
def one_event() -> ResponseReturnValue:
    """Show one event of any stream; one about a person is recorded as a reading."""
    stream, seq = request.args.get("stream", ""), _number(request.args.get("seq"))
    with acting() as act:
        authorize(act.actor, "history:search", act.shell.policy)
        found = events.of_stream(act.uow, stream, after=seq - 1, limit=1)
        if not found or found[0].fields.seq != seq:
            raise NotFound("There is no such event", where=f"{stream}, {seq}")
        subject, _colon, name = stream.partition(":")
        if subject not in IMPERSONAL:
            _record(act, name)
        (told,) = tell(act, found)
        (row,) = rows_of(act, found)
        return render("history_event.html", one=told, row=row, stream=stream)


def _record(act: Act, name: str) -> None:
    events.append(
        act.uow,
        f"read:{name}",
        kind=EventKind.RECORD_READ,
        actor=act.actor,
        payload={"what": "event of the history"},
    )


def verified(case_id: UUID) -> Seal | None:
    """Verify chain and replay of a case as they are at one instant; None where there is none."""
    now = clock.now()
    with begin(house().database, now=now) as uow:
        # an event written meanwhile must not pass for a forged one
        audit.one_instant(uow)
        try:
            proof = replay.prove(uow, case_id)
        except NotFound:
            return None
    return Seal(proof=proof, at=now, address=_bad_address(case_id, proof))


def _bad_address(case_id: UUID, proof: Proof) -> str | None:
    if proof.first_bad is None:
        return None
    # a missing event has no place of its own: the last one that holds is shown
    is_there = proof.first_bad > proof.events and "missing" not in (proof.reason or "")
    seq = proof.first_bad if is_there or proof.first_bad <= proof.events else proof.events
    return case_address(case_id, max(seq, 1))


def tell(act: Act, found: list[Sealed]) -> list[Told]:
    """Return the events in words, as far as the actor may see their contents."""
    return [_told(act, one) for one in entries(act.uow, found, sees=_sees(act))]


def _sees(act: Act) -> Callable[[Sealed], bool]:
    """Whoever is here for a task of theirs sees the contents of their own acts only."""
    if sees_variables(act):
        return lambda event: may_see(act, event)
    return lambda event: act.actor.name in (event.fields.actor, event.fields.on_behalf_of)


def _told(act: Act, entry: Entry) -> Told:
    fields = entry.event.fields
    who = person(fields.actor)
    facts = {name: value for name, value in entry.facts.items() if isinstance(value, str | int)}
    return Told(
        entry=entry,
        who=who,
        on_behalf_of=person(fields.on_behalf_of) or None,
        kind=kind_name(entry.kind),
        says=sentence(entry.kind, who, label(entry.name), dict(facts)),
        facts=named(entry.facts),
        submitted=named(entry.submitted),
        as_of=entry.at.isoformat(),
        is_put_off=is_withheld(act.uow, entry.event, reader=act.actor.name),
    )


@pages.app_template_filter("readable_value")
def readable_value(value: object) -> Shown:
    """Return a JSON value as something to read."""
    return shown(value)


def _page(case: Case, after: int) -> str:
    return f"/history/cases/{case.id}" + (f"?after={after}" if after > 0 else "")


def _after() -> int:
    return _number(request.args.get("after"))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0  # noqa: PLR2004  # a BIGINT
