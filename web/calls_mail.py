"""One mail: what arrived and when, its file page by page, the checks, who it may be from."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine.access import authorize
from engine.cases import Act
from engine.errors import Invalid, NotFound
from engine.history import EventKind
from engine.store import cases as case_rows
from engine.store import events
from recruitment import correspondence, papers, sorting
from recruitment.checks import RULES
from recruitment.mailbox.message import Unreadable, take_apart
from recruitment.mailbox.relays import is_shared
from recruitment.store import listing, mails, outbox, records
from web import mail_words
from web.calls_frame import PROCESS, pages
from web.calls_intake import span
from web.language import ZONE, _
from web.papers import picture_of

#: Answers that have taken a decision; what is typed comes back with the faults.
Given = Mapping[str, str]


@pages.get("/intake/<sha256>")
def one_mail(sha256: str) -> ResponseReturnValue:
    """Show a mail beside its checks, and what can be decided. The reading is recorded."""
    with acting() as act:
        row = opened(act, sha256, "mail")
        return mail_page(act, row)


@pages.get("/intake/<sha256>/raw")
def raw_mail(sha256: str) -> Response:
    """Give the mail byte for byte. The reading is recorded."""
    with acting() as act:
        opened(act, sha256, "mail, byte for byte")
        content = mails.raw(act.uow, sha256)
    # never shown by the browser: a mail may hold anything
    return Response(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{sha256[:12]}.eml"'},
    )


@pages.get("/intake/<sha256>/files/<int:file>/pages/<int:page>.png")
def mail_picture(sha256: str, file: int, page: int) -> Response:
    """Show a page of a file of a mail as a picture. The reading is recorded."""
    with acting() as act:
        content = _content(act, sha256, file, f"page {page} of file {file + 1} of a mail")
    return picture_of(content, page)


@pages.get("/intake/<sha256>/files/<int:file>/pages/<int:page>/text")
def mail_text(sha256: str, file: int, page: int) -> ResponseReturnValue:
    """Show the text of a page of a file of a mail. The reading is recorded."""
    with acting() as act:
        content = _content(act, sha256, file, f"text of page {page} of file {file + 1} of a mail")
    return render("paper_text.html", text=papers.text_of(content, page))


def opened(act: Act, sha256: str, what: str) -> dict[str, Any]:
    """Return a mail and record the reading as `what`; raises NotFound, NotAllowed."""
    who = authorize(act.actor, "mail:sort", act.shell.policy)
    row = mails.get(act.uow, sha256)
    if row is None:
        raise NotFound(_("There is no such mail"), where=sha256[:12])
    events.append(
        act.uow,
        f"read:{row['application'] or sha256}",
        kind=EventKind.RECORD_READ,
        actor=who,
        payload={"what": what, "mail": sha256},
    )
    return {str(name): value for name, value in row.items()}


def _content(act: Act, sha256: str, file: int, what: str) -> bytes:
    row = opened(act, sha256, what)
    looked = row["findings"]["files"]
    if not 0 <= file < len(looked):
        raise NotFound(_("There is no such file in this mail"), where=str(file))
    if any(one["code"] == "scan-found" for one in looked[file]["checks"]):
        raise Invalid(_("This file is in quarantine: it is not shown"), where=looked[file]["name"])
    try:
        return take_apart(mails.raw(act.uow, sha256) or b"").files[file].content
    except Unreadable as error:
        raise Invalid(_("This mail cannot be read"), where=sha256[:12]) from error


def mail_page(
    act: Act,
    row: Mapping[str, Any],
    *,
    given: Given | None = None,
    faults: Mapping[str, str] | None = None,
    notice: str | None = None,
) -> str:
    """Show a mail; with faults, what was typed stands in its form again."""
    found = records.get_call(act.uow, row["call"]) if row["call"] else None
    call = {str(name): value for name, value in found.items()} if found else None
    is_late = call is not None and row["received_at"] > call["deadline"]
    refusal = sorting.why_no_letter(act, row)
    may_ask = refusal is None
    looked = enumerate(row["findings"]["files"])
    files = [_file(row, place, one, may_ask=may_ask) for place, one in looked]
    return render(
        "mail.html",
        row=row,
        call=call,
        is_late=is_late,
        distance=span(abs(row["received_at"] - call["deadline"])) if call else None,
        files=files,
        checks=[mail_words.said(one, may_ask=may_ask) for one in row["findings"]["checks"]],
        people=_people(act, row),
        form={**_proposed(act, row, files, call), **(given or {})},
        faults=faults or {},
        notice=notice,
        why_no_letter=_refusal(refusal) if refusal else None,
        proposal=mail_words.proposal(row["verdict"], refusal, is_late=is_late),
        main=_main(row, refusal),
        previous=mails.waiting_beside(act.uow, row, before=True),
        following=mails.waiting_beside(act.uow, row, before=False),
        calls=_choices(act) if row["sorted_as"] is None else [],
        letter=outbox.look_at(act.uow, row["letter"]) if row["letter"] else None,
        case=_case(act, row),
        root=f"/calls/{row['call']}/intake" if row["call"] else "/intake",
        may_put_back=row["sorted_as"] in sorting.RETURNABLE,
    )


def _main(row: Mapping[str, Any], refusal: str | None) -> str:
    """Return which decision the page offers first: the one that is proposed and allowed."""
    if row["verdict"] == "none":
        return "aside"
    if row["call"] is None:
        return "call"
    return "resend" if row["verdict"] == "ask" and refusal is None else "register"


def _file(
    row: Mapping[str, Any], place: int, one: Mapping[str, Any], *, may_ask: bool
) -> dict[str, Any]:
    is_shut = any(check["code"] == "scan-found" for check in one["checks"])
    return {
        **one,
        "place": place,
        "name": one["name"] or _("file %(number)s", number=place + 1),
        "address": f"/intake/{row['sha256']}/files/{place}",
        "shown": 0 if is_shut else one["pages"],
        "is_shut": is_shut,
        "checks": [mail_words.said(check, may_ask=may_ask) for check in one["checks"]],
        "facts": {check["code"]: check["facts"] for check in one["checks"]},
    }


def _writers(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return who may have written it: the one inside first, where a mail was forwarded."""
    inner = row["findings"]["inner"]
    found = [(inner["name"], inner["address"])] if inner and inner["address"] else []
    return [*found, (row["sender_name"], row["sender"])]


def _people(act: Act, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is known of whoever may have written it; a shared address names nobody."""
    found = []
    for name, address in dict.fromkeys(_writers(row)):
        if not address:
            continue
        shared = is_shared(address)
        candidate = None if shared else records.candidate_by_email(act.uow, address)
        earlier = (
            listing.same_person(act.uow, row["call"], candidate["id"])
            if candidate and row["call"]
            else []
        )
        found.append(
            {
                "name": name,
                "address": address,
                "is_shared": shared,
                "known": [] if shared else mails.known_by(act.uow, address, row["call"]),
                "earlier": [one for one in earlier if one["id"] != row["application"]],
            }
        )
    return found


def _proposed(
    act: Act,
    row: Mapping[str, Any],
    files: list[dict[str, Any]],
    call: Mapping[str, Any] | None,
) -> dict[str, str]:
    name, address = _writers(row)[0]
    own = "" if is_shared(address) else address
    known = records.candidate_by_email(act.uow, own) if own else None
    europass: Mapping[str, Any] = next((one["facts"].get("europass", {}) for one in files), {})
    chosen = next((one["place"] for one in files if one["is_pdf"] and not one["is_shut"]), None)
    return {
        "name": str(known["name"]) if known else str(europass.get("name") or name),
        "email": own or str(europass.get("email") or ""),
        "language": "",
        "file": "" if chosen is None else str(chosen),
        "in_order": "",
        "reason": _("An automatic mail") if row["verdict"] == "none" else "",
        **_answer(row, call),
    }


def _answer(row: Mapping[str, Any], call: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the ready reply: the letter's text and what was found, in the letter's language."""
    known = correspondence.templates()["resend_asked"]
    reference = str(call["reference"]) if call else ""
    checks = [*row["findings"]["checks"], *(one for file in row["findings"]["files"]
                                            for one in file["checks"])]  # fmt: skip
    wrong = [RULES[one["code"]][1] for one in checks if one["verdict"] in ("ask", "quarantine")]
    lines = ["", *(f"- {one}" for one in dict.fromkeys(wrong)), ""] if wrong else [""]
    if call:
        until = call["deadline"].astimezone(ZONE)
        lines += [f"Call: {reference}", f"Deadline: {until:%d.%m.%Y, %H:%M} (Brussels time)"]
    text = "\n".join([known["text"], *lines, "", correspondence.SENDER])
    return {"subject": f"{known['subject']}: {reference}".rstrip(": "), "text": text}


def _choices(act: Act) -> list[tuple[str, str]]:
    return [
        (str(one["id"]), f"{one['reference']} - {one['title']}") for one in records.calls(act.uow)
    ]


def _refusal(refusal: str) -> str:
    return {
        sorting.NO_CALL: _("Say first which call this mail is for."),
        sorting.CLOSED: _(
            "The call is not open: what is sent again now would be late. Register it as it is; "
            "its case asks a person about the defects."
        ),
        sorting.NOBODY: _("A program wrote this mail: such mails are never answered (RFC 3834)."),
        sorting.NO_ADDRESS: _("There is no address that could be answered."),
    }[refusal]


def _case(act: Act, row: Mapping[str, Any]) -> Any:  # noqa: ANN401  # a case or None
    if row["application"] is None:
        return None
    return case_rows.by_key(act.uow, PROCESS, row["application"])
