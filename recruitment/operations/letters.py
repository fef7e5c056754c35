"""Operations that write letters and contracts."""

import hashlib
from datetime import datetime
from typing import cast

from engine.errors import OperationFailed
from engine.operations import Context
from engine.store import users
from recruitment.correspondence import compose, pdf
from recruitment.invitations import Meeting, invitation, summary_of
from recruitment.operations.ground import Values, application_of, uow_of
from recruitment.store import records


def send_mail(context: Context, given: Values) -> Values:
    """Write a letter into the outbox; it leaves when the mail server takes it.

    With an `invitation` an iCalendar object goes along.
    """
    to = _address(context, str(given["to"]))
    template, data = str(given["template"]), cast("Values", given.get("data") or {})
    letter = compose(template, data, to=to)
    records.add_letter(
        uow_of(context),
        {
            "id": context.effect,
            "case_id": context.case_id,
            "to_address": to,
            "template": template,
            "subject": letter.subject,
            "body": letter.body,
            "written_at": uow_of(context).now,
            "calendar": _calendar(context, given.get("invitation"), to),
        },
    )
    return {"message_id": f"<{context.effect}@cursus>"}


def _calendar(context: Context, given: object, to: str) -> str | None:
    """Return the iCalendar object of a letter that invites somebody."""
    if not given:
        return None
    wanted = cast("Values", given)
    meeting = Meeting(
        uid=str(wanted["uid"]),
        sequence=int(str(wanted["sequence"])),
        starts_at=datetime.fromisoformat(str(wanted["starts_at"])),
        ends_at=datetime.fromisoformat(str(wanted["ends_at"])),
        place=str(wanted["place"]),
        summary=summary_of(wanted["reference"]),
        written_at=uow_of(context).now,
        organizer=cast("str | None", wanted.get("organizer")),
        attendee=(str(wanted["name"]), to),
    )
    return invitation(meeting)


def _address(context: Context, to: str) -> str:
    """Return an address as it is; a role becomes the addresses of the people who have it."""
    if "@" in to:
        return to
    people = [users.get(uow_of(context), name) for name in users.with_role(uow_of(context), to)]
    found = [str(row["email"]) for row in people if row and row["email"]]
    if not found:
        raise OperationFailed(f"Nobody with an address has the role {to!r}", where=context.element)
    return ", ".join(found)


def draw_up_letter(context: Context, given: Values) -> Values:
    """Set a letter as a PDF and keep it with the application."""
    row = application_of(context, given["application"])
    data = cast("Values", given.get("data") or {})
    letter = compose(str(given["template"]), data, to=str(row["email"]))
    body = "\n".join(letter.body.splitlines()[2:3])
    return _keep_pdf(
        context, row, kind=str(given["template"]), title=letter.subject, text=body, data=data
    )


def draw_up_contract(context: Context, given: Values) -> Values:
    """Set the contract as a PDF for both signatures and keep it with the application."""
    row = application_of(context, given["application"])
    contract = cast("Values", given["contract"])
    text = (
        f"Between the European Commission and {row['name']} a contract under Article 3(b) of the "
        "Conditions of Employment of Other Servants is concluded on the terms below."
    )
    return _keep_pdf(context, row, kind="contract", title="Contract", text=text, data=contract)


def _keep_pdf(  # noqa: PLR0913  # a document has these parts
    context: Context, row: Values, *, kind: str, title: str, text: str, data: Values
) -> Values:
    uow = uow_of(context)
    signatures = [str(row["name"]), "For the authority"] if kind == "contract" else []
    content = pdf(title, text, data, date=uow.now.date().isoformat(), signatures=signatures)
    key = str(context.effect)
    digest = hashlib.sha256(content).hexdigest()
    records.add_document(
        uow,
        {
            "id": key,
            "application": row["id"],
            "kind": kind,
            "name": f"{kind}.pdf",
            "media_type": "application/pdf",
            "sha256": digest,
            "size": len(content),
            "content": content,
            "received_at": uow.now,
        },
    )
    return {"document": {"id": key, "name": f"{kind}.pdf", "sha256": digest}}
