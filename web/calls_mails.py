"""The intake queue: mails that wait for an officer, by call or without one."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.frame import UPLOAD_SIZE, accepts_upload
from api.house import acting, house
from api.paging import PageRequest
from engine import clock
from engine.access import authorize
from engine.cases import Act
from engine.errors import Invalid
from recruitment import sorting
from recruitment.mailbox import settings
from recruitment.mailbox.delivered import Delivered
from recruitment.mailbox.reading import digest_of, take_in
from recruitment.store import mails
from recruitment.store.mails import Narrowed
from web import lists, mail_words
from web.calls_frame import Head, head_of, pages
from web.calls_new import moment
from web.language import _
from web.pages import done

FILTERS = ("state", "verdict", "time", "words")
_ALL = "all"


@pages.get("/calls/<key>/intake")
def intake_of_call(key: str) -> ResponseReturnValue:
    """List the mails of a call; those that wait come first and alone."""
    with acting() as act:
        head = head_of(act, key)
        authorize(act.actor, "mail:sort", act.shell.policy)
        return render("call_mails.html", tab="intake", **_listed(act, head, {}))


@pages.get("/intake")
def intake_of_none() -> ResponseReturnValue:
    """List the mails whose subject names no call: an officer says which it is."""
    with acting() as act:
        authorize(act.actor, "mail:sort", act.shell.policy)
        return render("mails.html", **_listed(act, None, {}))


@pages.post("/intake")
@accepts_upload
def hand_in() -> ResponseReturnValue:
    """Take in a mail that an officer saved as a file; its call is read from its subject."""
    file = request.files.get("file")
    raw = file.read() if file and file.filename else b""
    with acting() as act:
        who = authorize(act.actor, "mail:sort", act.shell.policy)
    said = moment(request.form.get("received_at", ""))
    faults = _faults(raw, said)
    if not faults:
        source = f"handed in by {who.name}"
        one = Delivered(raw=raw, size=len(raw), delivered_at=None, source=source)
        try:
            is_new = take_in(house().database, one, by=who, said=said)
        except ValueError:
            faults = {"received_at": _no_instant()}
        else:
            return done(f"/intake/{digest_of(raw)}", "mail-taken" if is_new else "mail-known")
    with acting() as act:
        return render("mails.html", **_listed(act, None, faults)), 422


def _no_instant() -> str:
    return _("No Received line of our own server is in this mail: say when it was received.")


def _faults(raw: bytes, said: datetime | None) -> dict[str, str]:
    if not raw:
        return {"file": _("Choose the mail as a file (.eml).")}
    if said is not None and said > clock.now():
        return {"received_at": _("This instant has not come yet.")}
    return {}


def _listed(act: Act, head: Head | None, faults: Mapping[str, str]) -> dict[str, Any]:
    call, refusal = str(head.call["id"]) if head else None, _refusal(head)
    given, asked = lists.given(*FILTERS), lists.asked(["received_at"])
    rows = mails.page(
        act.uow,
        _narrowed(call, given),
        backwards=asked.sort.startswith("-"),
        after=_after(asked),
        limit=lists.SIZE + 1,
    )
    shown = lists.shown(
        rows, asked, key=lambda one: one["received_at"], row_id=lambda one: one["sha256"]
    )
    return {
        "head": head,
        "shown": shown,
        "given": given,
        "faults": faults,
        "counts": mails.counts(act.uow, call),
        "elsewhere": mails.counts(act.uow, None).get("waiting", 0) if call else 0,
        "mailboxes": mails.mailboxes(act.uow),
        "is_configured": _is_configured(),
        "proposals": mail_words.proposals(refusal if head else None),
        "proposed": partial(_proposed, refusal=refusal),
        "sorting": lists.sorting,
        "sort": asked.sort,
        "root": f"/calls/{call}/intake" if call else "/intake",
        "most": UPLOAD_SIZE,
    }


def _refusal(head: Head | None) -> str | None:
    """Return why nobody can be asked to send a mail of this list again."""
    if head is None:
        return sorting.NO_CALL
    return None if head.standing == "open" else sorting.CLOSED


def _proposed(row: Mapping[str, Any], *, refusal: str | None) -> str:
    return mail_words.proposal(row["verdict"], refusal, is_late=bool(row["late"]))


def _is_configured() -> bool:
    try:
        return settings.read().is_configured
    except Invalid:
        # the fault is shown with the mailboxes
        return True


def _narrowed(call: str | None, given: Mapping[str, str]) -> Narrowed:
    state = given.get("state", mails.WAITING)
    verdict = given.get("verdict")
    return Narrowed(
        call=call,
        state=None if state == _ALL else state if state in mail_words.states() else mails.WAITING,
        verdict=verdict if verdict in mail_words.proposals() else None,
        late={"late": True, "in_time": False}.get(given.get("time", "")),
        words=given.get("words"),
    )


def _after(asked: PageRequest) -> tuple[datetime, str] | None:
    if asked.after is None:
        return None
    if not isinstance(asked.after.key, datetime):
        raise Invalid(_("This is no place in this list"), where="after")
    return asked.after.key, asked.after.id


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "verdict_word": mail_words.verdict_word,
        "verdict_style": mail_words.verdict_style,
        "mail_states": mail_words.states,
    }
