"""The operations that the diagrams may call; each works in the transaction of its case."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from engine.operations import Catalogue, Operation, catalogue
from recruitment.operations import calls, documents, interviews, letters

Members = Mapping[str, fields.Field[Any]]


class _Shape(Schema):
    class Meta:
        unknown = EXCLUDE


def _shape(name: str, **members: fields.Field[Any]) -> type[Schema]:
    return type(name, (_Shape,), dict(members))


def _text(*, required: bool = True) -> fields.String:
    return fields.String(required=required, allow_none=not required)


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
    slot, panel = fields.Dict(required=True), fields.Dict(required=True)
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
            letters.send_mail,
            {
                "to": _text(),
                "template": _text(),
                "data": fields.Dict(),
                "invitation": fields.Dict(allow_none=True),
            },
            {"message_id": _text()},
        ),
        _entry(
            "letters.draw_up",
            "Draw up a letter as PDF",
            letters.draw_up_letter,
            {**application, "template": _text(), "data": fields.Dict()},
            {"document": _raw()},
        ),
        _entry(
            "contract.draw_up",
            "Draw up the contract",
            letters.draw_up_contract,
            {**application, "contract": fields.Dict(required=True)},
            {"document": _raw()},
        ),
        _entry(
            "cast.lookup",
            "Look up the EPSO database",
            documents.look_up_cast,
            {"candidate": _text(), "profile": _text()},
            {name: _raw(required=False) for name in cast_fields},
        ),
        _entry(
            "documents.inspect",
            "Inspect a document",
            documents.inspect_document,
            {"document": _raw()},
            {name: _raw() for name in ("sha256", "pages", "verdict", "defects")},
        ),
        _entry(
            "personal_file.open",
            "Open the personal file",
            documents.open_personal_file,
            application,
            {"serial": _text()},
        ),
        _entry(
            "personal_data.erase",
            "Erase personal data",
            documents.erase_personal_data,
            {**application, "rule": _raw(required=False)},
            {"erased": fields.Integer()},
        ),
        _entry(
            "calls.publish",
            "Publish the call",
            calls.publish_call,
            {"call": _raw()},
            {"published_at": _text()},
        ),
        _entry(
            "calls.freeze",
            "Freeze the list of applications",
            calls.freeze_call,
            {"call": _raw()},
            {"applications": _raw(), "digest": _text()},
        ),
        _entry(
            "calls.cancel_applications",
            "Cancel all applications",
            calls.cancel_applications,
            {"call": _raw(), "reason": _raw(required=False)},
            {"cancelled": fields.Integer()},
        ),
        _entry(
            "calls.rank",
            "Rank the suitable applications",
            calls.rank_call,
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
            calls.next_in_line,
            {
                "call": _raw(),
                "application": _text(required=False),
                "ranking": _raw(required=False),
            },
            {"application": _raw(required=False)},
        ),
        _entry(
            "interviews.book",
            "Book the slot of an interview",
            interviews.book,
            {**application, "call": _text(), "slot": slot, "panel": panel},
            {
                "uid": _text(),
                "sequence": fields.Integer(allow_none=True),
                "ends_at": _text(required=False),
                "clash": _text(required=False),
            },
        ),
        _entry(
            "interviews.release",
            "Release the slot of an interview",
            interviews.release,
            application,
            {"released": fields.Boolean()},
        ),
        _entry(
            "cases.notify",
            "Tell another case",
            calls.notify_case,
            {"case": _text(), "message": _text(), "variables": fields.Dict(allow_none=True)},
            {"delivered": fields.Boolean()},
        ),
    )
