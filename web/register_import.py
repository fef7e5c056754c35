"""Import an extract of the EPSO database: hand it in, look what it would change, confirm."""

from collections.abc import Callable
from datetime import date
from pathlib import PurePath
from uuid import UUID

from flask import Response, jsonify, redirect, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.frame import accepts_upload
from api.house import acting, house
from engine import clock
from engine.access import authorize
from engine.store import begin
from recruitment.cast.file import ExtractRefused, Fault, template
from recruitment.register import extracts
from recruitment.register.extracts import MOST_BYTES, MOST_NAME, File, today
from recruitment.store import extracts as rows
from web.language import _, day
from web.pages import done
from web.register_frame import pages

#: Extracts and refused rows that a page lists.
EXTRACTS, REFUSED = 50, 200


@pages.get("/register/import")
def imports() -> ResponseReturnValue:
    """Show the form for a file, the files that wait, and the extracts that were imported."""
    return _form({}, {})


@pages.get("/register/import/template.csv")
def empty_file() -> ResponseReturnValue:
    """Give a file with the columns and one made-up row."""
    with acting() as act:
        authorize(act.actor, "cast:import", act.shell.policy)
    # the mark tells spreadsheets that this is UTF-8
    return Response(
        f"\ufeff{template()}",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="cast-extract.csv"'},
    )


@pages.post("/register/import")
@accepts_upload
def hand_in() -> ResponseReturnValue:
    """Keep the file and lead to its preview; where it is no extract, say why."""
    given = {name: value.strip() for name, value in request.form.items()}
    file = request.files.get("file")
    content = file.read() if file and file.filename else b""
    faults = _judge(given, content)
    if faults:
        return _form(given, faults), 422
    name = PurePath((file.filename or "") if file else "").name[-MOST_NAME:]
    extract = File(name=name, taken_on=date.fromisoformat(given["taken_on"]), content=content)
    try:
        with acting() as act:
            key = extracts.hand_in(act, extract)
    except ExtractRefused as error:
        return _form(given, {"file": _unreadable(error)}), 422
    return redirect(f"/register/import/{key}", 303)


@pages.get("/register/import/<uuid:upload>")
def preview(upload: UUID) -> ResponseReturnValue:
    """Show what the import would change, and which rows would not be taken."""
    with acting() as act:
        found = extracts.preview(act, upload)
        newest = rows.extracts(act.uow, limit=1)
    faults = list(found.faults)
    return render(
        "register_preview.html",
        tab="import",
        upload=upload,
        found=found,
        newest=newest[0] if newest else None,
        faults=faults[:REFUSED],
        more=max(0, len(faults) - REFUSED),
        fault_words=fault_words,
    )


@pages.post("/register/import/<uuid:upload>/confirm")
def confirm(upload: UUID) -> ResponseReturnValue:
    """Import all rows that can be taken, in one transaction."""
    with acting() as act:
        found = extracts.confirm(act, upload, progress=_noted(upload))
    return done("/register/import", "extract-known" if found.known else "extract-imported")


@pages.get("/register/import/<uuid:upload>/progress")
def progress(upload: UUID) -> ResponseReturnValue:
    """Say how far an import is, in parts of a thousand."""
    with acting() as act:
        authorize(act.actor, "cast:import", act.shell.policy)
        row = rows.upload(act.uow, upload)
    if row is None:
        return jsonify({"parts": 1000})
    return jsonify({"parts": row["done"] * 1000 // row["total"] if row["total"] else 0})


@pages.post("/register/import/<uuid:upload>/put-away")
def put_away(upload: UUID) -> ResponseReturnValue:
    """Destroy a file that waits."""
    with acting() as act:
        extracts.put_away(act, upload)
    return done("/register/import", "extract-put-away")


def _noted(upload: UUID) -> Callable[[int, int], None]:
    """Return who writes down how far an import is, beside its transaction, for the waiting page."""

    def note(part: int, total: int) -> None:
        with begin(house().database, now=clock.now()) as uow:
            rows.note_progress(uow, upload, part, total)

    return note


def _judge(given: dict[str, str], content: bytes) -> dict[str, str]:
    faults: dict[str, str] = {}
    try:
        taken_on = date.fromisoformat(given.get("taken_on", ""))
    except ValueError:
        faults["taken_on"] = _("Give the day on which EPSO made the extract.")
    else:
        if taken_on > today(clock.now()):
            faults["taken_on"] = _("This day has not come yet.")
    if not content:
        faults["file"] = _("Choose the file; it must not be empty.")
    elif len(content) > MOST_BYTES:
        faults["file"] = _("A file has at most %(most)s MB.", most=MOST_BYTES // 1_000_000)
    return faults


def _form(given: dict[str, str], faults: dict[str, str]) -> str:
    with acting() as act:
        authorize(act.actor, "cast:import", act.shell.policy)
        return render(
            "register_import.html",
            tab="import",
            given=given,
            faults=faults,
            waiting=rows.uploads(act.uow),
            imported=rows.extracts(act.uow, limit=EXTRACTS),
            most=MOST_BYTES,
            today=today(act.uow.now),
            columns=_columns(),
        )


def _unreadable(error: ExtractRefused) -> str:
    facts = error.facts
    return {
        "no-text": _(
            "This is no text in UTF-8 or Windows-1252. Save it as CSV, not as a workbook."
        ),
        "no-columns": _(
            "These columns are missing: %(columns)s. The names stand in the first row.",
            columns=facts.get("columns", ""),
        ),
        "no-csv": _(
            "Row %(row)s cannot be read: a quotation mark is not closed.", row=facts.get("row", "")
        ),
        "too-long": _("The file has too many rows."),
        "no-rows": _("The file has no rows below the names of the columns."),
    }.get(str(facts.get("fault")), error.detail)


def fault_words(one: Fault) -> str:
    """Say why a row is not taken."""
    return {
        "missing-cells": _("the row has only %(value)s cells"),
        "too-many-cells": _("the row has %(value)s cells, more than there are columns"),
        "empty": _("nothing stands here"),
        "too-long": _("too long"),
        "control-character": _("holds a character that cannot be printed"),
        "bad-address": _("“%(value)s” is no mail address"),
        "bad-yes-no": _("“%(value)s” is neither yes nor no"),
        "bad-group": _("“%(value)s” is no function group: I, II, III or IV"),
        "bad-date": _("“%(value)s” is no day: 2026-03-31 or 31/03/2026"),
        "bad-languages": _("“%(value)s” cannot be read: FR:C2 EN:C1, languages of the Union only"),
        "language-twice": _("“%(value)s” names a language twice with different levels"),
        "bad-diploma": _("“%(value)s” is no level of diploma"),
        "bad-number": _("“%(value)s” is no number of years"),
        "bad-id": _("“%(value)s” cannot be an id"),
        "pass-incomplete": _("passed, but without the group or the day of the result"),
        "pass-contradicted": _("not passed, but with FG %(value)s as the group passed"),
        "failure-without-day": _("failed FG %(value)s, but without the day of the test"),
        "after-extract": _("%(value)s is after the day of the extract"),
        "same-person": _("the same person and profile as in row %(value)s"),
        "other-id": _("this address stands further up with another id"),
        "id-of-another": _("the id %(value)s belongs to somebody with another address"),
        "newer-known": _("what is known of this person is newer, of %(value)s"),
    }[one.code] % {"value": _value(one)}


def _value(one: Fault) -> str:
    is_day = one.code in ("after-extract", "newer-known")
    return day(date.fromisoformat(one.value)) if is_day else one.value


def _columns() -> list[tuple[str, str, bool]]:
    """Return name, meaning and need of every column."""
    return [
        ("name", _("Name as EPSO knows it."), True),
        ("email", _("Mail address. A person who has applied here is known by it."), True),
        ("profile", _("Profile, written as calls write it: ICT."), True),
        ("registered", _("yes or no."), True),
        ("passed", _("yes or no; empty is no."), False),
        ("passed_group", _("Group of the pass: I, II, III or IV."), False),
        ("result_date", _("Day on which the result was published."), False),
        ("failed_group", _("Group of the last failed test."), False),
        ("test_date", _("Day of the failed test."), False),
        ("refreshed", _("Day on which the person last refreshed the profile."), False),
        ("languages", _("Each with its level: FR:C2 EN:C1."), False),
        (
            "diploma_level",
            _("none, compulsory, secondary, secondary_access, post_secondary or university."),
            False,
        ),
        ("experience_years", _("Years of experience: 7 or 7.5."), False),
        ("id", _("Number at EPSO; this column alone may be left out."), False),
    ]
