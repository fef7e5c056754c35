"""Applications that came by mail are registered here, late ones as well."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.cases import record_reading
from api.frame import UPLOAD_SIZE, accepts_upload
from api.house import acting
from engine import clock
from engine.access import authorize
from engine.cases import Act
from engine.errors import Conflict, Invalid, NotFound
from engine.store import cases as case_rows
from recruitment import intake
from recruitment.inspection import MAX_BYTES, inspect_pdf
from recruitment.store import listing, records
from web.calls_frame import PROCESS, Head, head_of, pages
from web.calls_new import moment
from web.language import _
from web.pages import done
from web.sentences import sentence

_ADDRESS = re.compile(r"\A[^@\s]+@[^@\s]+\.[^@\s]+\Z")
#: Clocks differ: a receipt this far ahead of ours is still believed.
_AHEAD = timedelta(minutes=5)
_MOST_TEXT = 300

Given = Mapping[str, str]


@pages.get("/calls/<key>/register")
def register_form(key: str) -> ResponseReturnValue:
    """Show the empty form for an application that came by mail."""
    with acting() as act:
        head = head_of(act, key)
        authorize(act.actor, "application:register", act.shell.policy)
        return _form(head, {"in_order": "yes", "zone": "brussels"}, {})


@pages.post("/calls/<key>/register")
@accepts_upload
def register(key: str) -> ResponseReturnValue:
    """Register the application; where something is wrong, show all that was typed."""
    given = {name: value.strip() for name, value in request.form.items()}
    file = request.files.get("file")
    content = file.read() if file and file.filename else None
    with acting() as act:
        head = head_of(act, key)
        authorize(act.actor, "application:register", act.shell.policy)
        faults = judge(given, content)
        if faults:
            return _form(head, given, faults, had_file=content is not None), 422
        known = _known(act, given)
    try:
        application = _registered(head, given, content)
    except (Conflict, Invalid) as error:
        where = error.where if error.where in ("received_at", "email") else "message_id"
        return _form(
            head, given, {where: sentence(error.detail)}, had_file=content is not None
        ), 409
    message = "application-known" if known else "application-registered"
    return done(f"/calls/{head.call['id']}/receipts/{application}", message)


@pages.get("/calls/<key>/receipts/<application>")
def receipt(key: str, application: str) -> ResponseReturnValue:
    """Show what arrived, when, whether in time, and what the check of the file says."""
    with acting() as act:
        head = head_of(act, key)
        authorize(act.actor, "case:read", act.shell.policy)
        row = records.get_application(act.uow, application)
        case = case_rows.by_key(act.uow, PROCESS, application)
        if row is None or case is None or row["call"] != head.call["id"]:
            raise NotFound(_("There is no such application"), where=application)
        record_reading(act, case, "receipt of the application")
        return render(
            "call_receipt.html",
            head=head,
            row=row,
            case=case,
            is_late=row["received_at"] > head.call["deadline"],
            distance=span(abs(row["received_at"] - head.call["deadline"])),
            checked=_checked(act, application),
            same_person=[
                one
                for one in listing.same_person(act.uow, head.call["id"], row["candidate"])
                if one["id"] != application
            ],
        )


def span(length: timedelta) -> str:
    """Write how long something is in its two largest units, to the second."""
    seconds = int(length.total_seconds())
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        _("%(n)s d", n=days) if days else "",
        _("%(n)s h", n=hours) if hours else "",
        _("%(n)s min", n=minutes) if minutes else "",
        _("%(n)s s", n=seconds) if seconds else "",
    ]
    return " ".join([one for one in parts if one][:2]) or _("0 s")


def judge(given: Given, content: bytes | None) -> dict[str, str]:
    """Return the faults of the form by field."""
    faults: dict[str, str] = {}
    for name in ("name", "email"):
        if not given.get(name):
            faults[name] = _("Fill this in.")
        elif len(given[name]) > _MOST_TEXT:
            faults[name] = _("At most %(most)s characters.", most=_MOST_TEXT)
    if "email" not in faults and not is_address(given["email"]):
        faults["email"] = _("This is no mail address.")
    at = received(given)
    if at is None:
        faults["received_at"] = _("Give day, hour, minute and second of the receipt.")
    elif at > clock.now() + _AHEAD:
        faults["received_at"] = _("This instant has not come yet.")
    if content is None:
        faults["file"] = _("Choose the file that came with the mail.")
    return faults


def is_address(text: str) -> bool:
    """Say whether a text can be a mail address."""
    return _ADDRESS.match(text) is not None


def received(given: Given) -> datetime | None:
    """Return the instant of receipt: Brussels time, with its offset where an hour comes twice."""
    found = moment(given.get("received_at", ""))
    if found is None:
        return None
    if given.get("zone") == "utc":
        return found.replace(tzinfo=UTC)
    return found.replace(fold=1) if given.get("zone") == "second" else found


def _form(head: Head, given: Given, faults: Mapping[str, str], *, had_file: bool = False) -> str:
    return render(
        "call_register.html",
        head=head,
        given=given,
        faults=faults,
        had_file=had_file,
        most=UPLOAD_SIZE,
        most_file=MAX_BYTES,
    )


def _known(act: Act, given: Given) -> bool:
    mail = given.get("message_id", "")
    return bool(mail) and records.application_by_message(act.uow, mail) is not None


def _registered(head: Head, given: Given, content: bytes | None) -> str:
    at = received(given)
    mail = {
        "received_at": at.isoformat() if at else None,
        "message_id": given.get("message_id") or None,
        "subject": given.get("subject", ""),
        "in_order": given.get("in_order") == "yes",
        "one_pdf": True,
    }
    person = {"name": given["name"], "email": given["email"]}
    if given.get("language"):
        person["language"] = given["language"]
    with acting() as act:
        case = intake.register_application(
            act, str(head.call["id"]), person, mail, attachment=content
        )
        return str(case.key)


def _checked(act: Act, application: str) -> dict[str, Any] | None:
    """Return what the check of the file says, with its name and size."""
    found = [one for one in records.documents(act.uow, application) if one["kind"] == "application"]
    row = records.get_document(act.uow, str(found[0]["id"])) if found else None
    if row is None:
        return None
    inspected = inspect_pdf(bytes(row["content"]))
    return {
        "name": row["name"],
        "size": inspected.size,
        "pages": inspected.pages,
        "sha256": inspected.sha256,
        "verdict": inspected.verdict,
        "defects": inspected.defects,
    }
