"""The operations that the diagrams may call; each works in the transaction of its case."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from marshmallow import EXCLUDE, Schema, fields

from engine import cases
from engine.errors import Invalid, OperationFailed
from engine.operations import Catalogue, Context, Operation, catalogue
from engine.store import UnitOfWork, users
from engine.store import cases as engine_cases
from engine.store.cases import CaseFilter
from recruitment.correspondence import compose, pdf
from recruitment.inspection import inspect_pdf
from recruitment.store import records

Values = Mapping[str, object]
Members = Mapping[str, fields.Field[Any]]


class _Shape(Schema):
    class Meta:
        unknown = EXCLUDE


def _shape(name: str, **members: fields.Field[Any]) -> type[Schema]:
    return type(name, (_Shape,), dict(members))


def _text(*, required: bool = True) -> fields.String:
    return fields.String(required=required, allow_none=not required)


def _uow(context: Context) -> UnitOfWork:
    return cast("UnitOfWork", context.uow)


def _application(context: Context, key: object) -> Mapping[str, object]:
    row = records.get_application(_uow(context), str(key))
    if row is None:
        raise OperationFailed(f"There is no application {key}", where=context.element)
    return cast("Mapping[str, object]", row)


# --- letters ---------------------------------------------------------------------------------


def send_mail(context: Context, given: Values) -> Values:
    """Write a letter into the outbox; it leaves when the mail server takes it."""
    to = _address(context, str(given["to"]))
    template, data = str(given["template"]), cast("Values", given.get("data") or {})
    letter = compose(template, data, to=to)
    records.add_letter(
        _uow(context),
        {
            "id": context.effect,
            "case_id": context.case_id,
            "to_address": to,
            "template": template,
            "subject": letter.subject,
            "body": letter.body,
            "written_at": _uow(context).now,
        },
    )
    return {"message_id": f"<{context.effect}@cursus>"}


def _address(context: Context, to: str) -> str:
    """Return an address as it is; a role becomes the addresses of the people who have it."""
    if "@" in to:
        return to
    people = [users.get(_uow(context), name) for name in users.with_role(_uow(context), to)]
    found = [str(row["email"]) for row in people if row and row["email"]]
    if not found:
        raise OperationFailed(f"Nobody with an address has the role {to!r}", where=context.element)
    return ", ".join(found)


def draw_up_letter(context: Context, given: Values) -> Values:
    """Set a letter as a PDF and keep it with the application."""
    row = _application(context, given["application"])
    data = cast("Values", given.get("data") or {})
    letter = compose(str(given["template"]), data, to=str(row["email"]))
    body = "\n".join(letter.body.splitlines()[2:3])
    return _keep_pdf(
        context, row, kind=str(given["template"]), title=letter.subject, text=body, data=data
    )


def draw_up_contract(context: Context, given: Values) -> Values:
    """Set the contract as a PDF for both signatures and keep it with the application."""
    row = _application(context, given["application"])
    contract = cast("Values", given["contract"])
    text = (
        f"Between the European Commission and {row['name']} a contract under Article 3(b) of the "
        "Conditions of Employment of Other Servants is concluded on the terms below."
    )
    return _keep_pdf(context, row, kind="contract", title="Contract", text=text, data=contract)


def _keep_pdf(  # noqa: PLR0913  # a document has these parts
    context: Context, row: Values, *, kind: str, title: str, text: str, data: Values
) -> Values:
    uow = _uow(context)
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


# --- the EPSO database, documents, files -----------------------------------------------------


def look_up_cast(context: Context, given: Values) -> Values:
    """Look a person up in the extract of the EPSO database; unknown people are not registered."""
    row = records.cast_of(_uow(context), str(given["candidate"]), str(given["profile"]))
    if row is None:
        return {"registered": False, "passed": False}
    found = dict(row)
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in found.items()
        if key not in ("candidate", "profile", "imported_at")
    }


def inspect_document(context: Context, given: Values) -> Values:
    """Say what a stored file is, with its digest, pages, verdict and defects."""
    wanted = given["document"]
    key = str(wanted["id"]) if isinstance(wanted, Mapping) else str(wanted)
    row = records.get_document(_uow(context), key)
    if row is None:
        raise OperationFailed(f"There is no document {key}", where=context.element)
    found = inspect_pdf(bytes(row["content"]))
    return {
        "sha256": found.sha256,
        "pages": found.pages,
        "verdict": found.verdict,
        "defects": list(found.defects),
    }


def open_personal_file(context: Context, given: Values) -> Values:
    """Open the one personal file and number its documents (Staff Regulations Art. 26)."""
    key = str(given["application"])
    serial = records.open_personal_file(_uow(context), key)
    records.number_documents(_uow(context), key)
    return {"serial": f"PF-{serial:06d}"}


def erase_personal_data(context: Context, given: Values) -> Values:
    """Destroy documents and letters of an application under a rule; the history keeps its chain."""
    return {"erased": records.erase_person(_uow(context), str(given["application"]))}


# --- the call and its cases ------------------------------------------------------------------


def publish_call(context: Context, given: Values) -> Values:
    """Mark the call as published; its reference, deadline and texts are those approved."""
    uow, call = _uow(context), _call(context, given["call"])
    if isinstance(given["call"], Mapping):
        content = {**cast("Values", call["content"]), **given["call"]}
        records.change_call(uow, str(call["id"]), {"content": content})
    records.change_call(uow, str(call["id"]), {"published_at": uow.now})
    return {"published_at": uow.now.isoformat()}


def freeze_call(context: Context, given: Values) -> Values:
    """Freeze the list of applications received in time; the digest proves it later."""
    uow, call = _uow(context), _call(context, given["call"])
    rows = records.applications(uow, str(call["id"]))
    deadline = call["deadline"]
    ids = [row["id"] for row in rows if row["received_at"] <= deadline]
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    frozen = {"frozen_at": uow.now, "frozen_digest": digest}
    records.change_call(uow, str(call["id"]), frozen)
    return {"applications": ids, "digest": digest}


def cancel_applications(context: Context, given: Values) -> Values:
    """Tell every running case of the call that it is cancelled."""
    call = _call(context, given["call"])
    variables = {"cancellation": {"reason": given.get("reason")}, "reason": given.get("reason")}
    running = _running(context, call)
    told = [
        one for one in running if cases.deliver(_uow(context), one, "call_cancelled", variables)
    ]
    return {"cancelled": len(told)}


def rank_call(context: Context, given: Values) -> Values:
    """Record a score if one is handed over; return the suitable applications, best first.

    Ties keep the order of arrival, which the authority sees and confirms.
    """
    uow, call = _uow(context), _call(context, given["call"])
    if given.get("application") and given.get("score") is not None:
        suitable = given.get("suitable") is not False
        changes = {"score": given["score"], "suitable": suitable}
        records.change_application(uow, str(given["application"]), changes)
    return {"ranking": _ranking(uow, str(call["id"]))}


def next_in_line(context: Context, given: Values) -> Values:
    """Name the best suitable application that has no offer yet; null when none is left.

    The application whose offer came to nothing, if one is named, is released first.
    """
    uow, call = _uow(context), _call(context, given["call"])
    if given.get("application"):
        records.change_application(uow, str(given["application"]), {"released_at": uow.now})
    free = {
        row["id"]
        for row in records.applications(uow, str(call["id"]))
        if row["offered_at"] is None and row["released_at"] is None and row["ended_at"] is None
    }
    following = [
        row["application"] for row in _ranking(uow, str(call["id"])) if row["application"] in free
    ]
    if not following:
        return {"application": None}
    records.change_application(uow, str(following[0]), {"offered_at": uow.now})
    return {"application": following[0]}


def notify_case(context: Context, given: Values) -> Values:
    """Deliver a message to another case, found by its business key or id."""
    uow, key = _uow(context), str(given["case"])
    variables = cast("Values", given.get("variables") or {})
    for case_id in engine_cases.ids_by_key(uow, key):
        if cases.deliver(uow, case_id, str(given["message"]), variables):
            return {"delivered": True}
    return {"delivered": False}


def _call(context: Context, given: object) -> Mapping[str, object]:
    key = given.get("id") if isinstance(given, Mapping) else given
    row = records.get_call(_uow(context), str(key))
    if row is None:
        raise Invalid(f"There is no call {key}", where=context.element)
    return cast("Mapping[str, object]", row)


def _running(context: Context, call: Values) -> list[UUID]:
    narrowed = CaseFilter(parent=cast("UUID", call["case_id"]), ended=False)
    found = engine_cases.search(
        _uow(context), narrowed, sort="opened_at", after=None, limit=100_000
    )
    return [one.id for one in found]


def _ranking(uow: UnitOfWork, call: str) -> list[dict[str, object]]:
    scored = [
        r for r in records.applications(uow, call) if r["score"] is not None and r["suitable"]
    ]
    ordered = sorted(scored, key=lambda row: -row["score"])
    return [
        {"application": row["id"], "score": float(row["score"]), "rank": rank}
        for rank, row in enumerate(ordered, 1)
    ]


def _entry(
    name: str,
    title: str,
    run: object,
    given: Members,
    answer: Members,
) -> Operation:
    stem = name.replace(".", "_")
    return Operation(
        name=name,
        title=title,
        input=_shape(f"{stem}_input", **given),
        output=_shape(f"{stem}_output", **answer),
        run=run,  # type: ignore[arg-type]  # all have the one signature
    )


def _raw(*, required: bool = True) -> fields.Raw:
    return fields.Raw(required=required, allow_none=not required)


def shipped() -> Catalogue:
    """Return the catalogue of all operations of recruitment."""
    application: Members = {"application": _text()}
    cast_fields = (
        "registered",
        "passed",
        "result_date",
        "passed_group",
        "failed_group",
        "test_date",
        "refreshed",
    )
    return catalogue(
        _entry(
            "mail.send",
            "Send a letter",
            send_mail,
            {"to": _text(), "template": _text(), "data": fields.Dict()},
            {"message_id": _text()},
        ),
        _entry(
            "letters.draw_up",
            "Draw up a letter as PDF",
            draw_up_letter,
            {**application, "template": _text(), "data": fields.Dict()},
            {"document": _raw()},
        ),
        _entry(
            "contract.draw_up",
            "Draw up the contract",
            draw_up_contract,
            {**application, "contract": fields.Dict(required=True)},
            {"document": _raw()},
        ),
        _entry(
            "cast.lookup",
            "Look up the EPSO database",
            look_up_cast,
            {"candidate": _text(), "profile": _text()},
            {name: _raw(required=False) for name in cast_fields},
        ),
        _entry(
            "documents.inspect",
            "Inspect a document",
            inspect_document,
            {"document": _raw()},
            {name: _raw() for name in ("sha256", "pages", "verdict", "defects")},
        ),
        _entry(
            "personal_file.open",
            "Open the personal file",
            open_personal_file,
            application,
            {"serial": _text()},
        ),
        _entry(
            "personal_data.erase",
            "Erase personal data",
            erase_personal_data,
            {**application, "rule": _raw(required=False)},
            {"erased": fields.Integer()},
        ),
        _entry(
            "calls.publish",
            "Publish the call",
            publish_call,
            {"call": _raw()},
            {"published_at": _text()},
        ),
        _entry(
            "calls.freeze",
            "Freeze the list of applications",
            freeze_call,
            {"call": _raw()},
            {"applications": _raw(), "digest": _text()},
        ),
        _entry(
            "calls.cancel_applications",
            "Cancel all applications",
            cancel_applications,
            {"call": _raw(), "reason": _raw(required=False)},
            {"cancelled": fields.Integer()},
        ),
        _entry(
            "calls.rank",
            "Rank the suitable applications",
            rank_call,
            {
                "call": _raw(),
                "application": _text(required=False),
                "score": _raw(required=False),
                "suitable": _raw(required=False),
            },
            {"ranking": _raw()},
        ),
        _entry(
            "calls.next_in_line",
            "Name the next in the ranking",
            next_in_line,
            {"call": _raw(), "application": _text(required=False)},
            {"application": _raw(required=False)},
        ),
        _entry(
            "cases.notify",
            "Tell another case",
            notify_case,
            {"case": _text(), "message": _text(), "variables": fields.Dict(allow_none=True)},
            {"delivered": fields.Boolean()},
        ),
    )
