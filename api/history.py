"""The sealed history: search, one case's stream, verification, export, checkpoints."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from flask import Response, jsonify
from marshmallow import fields

from api.bodies import Blueprint
from api.cases import record_reading, visible_case
from api.house import acting, house
from api.paging import MalformedCursor, PageRequest, list_arguments, page_of, with_links
from api.shapes import EventOut, VerdictOut
from engine import archive, definitions, history, replay
from engine.access import Actor, authorize
from engine.cases import Act
from engine.errors import Conflict
from engine.history import Checkpoint, Sealed
from engine.store import audit, event_search, events, tasks
from engine.store.event_search import EventFilter
from recruitment.dossier import dossier
from recruitment.independence import is_withheld

bp = Blueprint("history", __name__, url_prefix="/api/v1/history", description="What did happen")

_EVENT_ID = re.compile(r"\A([^\x00]{1,300})#(\d{1,18})\Z", re.ASCII)

FILTERS: Mapping[str, fields.Field[Any]] = {
    "stream": fields.String(),
    "actor": fields.String(),
    "kind": fields.String(),
    "element": fields.String(),
    "at_from": fields.AwareDateTime(),
    "at_before": fields.AwareDateTime(),
}


@bp.route("/")
@bp.arguments(list_arguments("Events", sortable=["at"], filters=FILTERS), location="query")
@bp.response(200, EventOut(many=True))
def search(asked: PageRequest) -> Response:
    """Search the events of all streams, oldest first."""
    with acting() as act:
        authorize(act.actor, "history:search", act.shell.policy)
        after = place_after(asked)
        found = event_search.search(
            act.uow, EventFilter(**asked.filters), after=after, limit=asked.limit + 1
        )
        page = page_of(
            found,
            asked,
            key=lambda one: one.fields.at,
            row_id=lambda one: f"{one.fields.stream}#{one.fields.seq}",
        )
        items = [_shown(act, one) for one in page.items]
    return with_links(jsonify(items), page)


@bp.route("/cases/<uuid:case_id>")
@bp.response(200, EventOut(many=True))
def of_case(case_id: UUID) -> Response:
    """Return the sealed events of a case in order. The reading is recorded."""
    with acting() as act:
        case = visible_case(act, case_id)
        record_reading(act, case, "history")
        found = events.of_stream(act.uow, case.stream)
        return jsonify([_shown(act, one) for one in found])


@bp.route("/cases/<uuid:case_id>/verify")
@bp.response(200, VerdictOut)
def verify_case(case_id: UUID) -> object:
    """Verify chain and replay of a case; the first bad event is named."""
    with acting() as act:
        visible_case(act, case_id)
        return replay.prove(act.uow, case_id)


@bp.route("/cases/<uuid:case_id>/export")
@bp.response(200)
def export(case_id: UUID) -> Response:
    """Return the case's history in one signed archive: JSON, CSV, XES, case book, verifier."""
    with acting() as act:
        return case_archive(act, case_id)


def case_archive(act: Act, case_id: UUID) -> Response:
    """Return the signed archive of a case as a download. The reading is recorded."""
    authorize(act.actor, "history:export", act.shell.policy)
    case = visible_case(act, case_id)
    record_reading(act, case, "export")
    content = dossier(
        act.uow, case, signing_key=house().signing_key, sees=lambda event: may_see(act, event)
    )
    name = f"case-{case_id}.zip"
    return Response(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.route("/verify", methods=["POST"])
@bp.response(200)
def verify_all() -> Response:
    """Verify every stream and the newest checkpoint; list what is bad."""
    with acting() as act:
        authorize(act.actor, "history:verify", act.shell.policy)
        audit.one_instant(act.uow)
        return jsonify(archive.verify_everything(act.uow, public_key=own_key()).as_json())


@bp.route("/checkpoints", methods=["POST"])
@bp.response(201)
def checkpoint() -> Response:
    """Sign the heads of all streams now."""
    with acting() as act:
        signed = sign_now(act)
    body = {"at": signed.at.isoformat(), "streams": signed.size, "root": signed.root.hex()}
    return Response(orjson.dumps(body), status=201, content_type="application/json")


def sign_now(act: Act) -> Checkpoint:
    """Sign the heads of all streams now; raise Conflict where there is no key."""
    authorize(act.actor, "history:checkpoint", act.shell.policy)
    key = house().signing_key
    if key is None:
        raise Conflict("No signing key is configured", remedy="set CURSUS_SIGNING_KEY_FILE")
    return archive.checkpoint(act.uow, key)


def own_key() -> bytes | None:
    """Return the public key of this house; None where no signing key is configured."""
    key = house().signing_key
    return history.public_key_of(key) if key else None


def place_after(asked: PageRequest) -> tuple[datetime, str, int] | None:
    """Return the place in all events after which the page begins; raise MalformedCursor."""
    if asked.after is None:
        return None
    found = _EVENT_ID.match(asked.after.id)
    if found is None or not isinstance(asked.after.key, datetime):
        raise MalformedCursor(where="cursor", remedy="begin without a cursor")
    return asked.after.key, found[1], int(found[2])


def _shown(act: Act, event: Sealed) -> dict[str, object]:
    known = event.fields
    return {
        **known.as_json(),
        "hash": event.hash.hex(),
        "previous": event.previous.hex(),
        "commitment": event.commitment.hex(),
        "erased_under": event.erased_under,
        "content": orjson.loads(event.payload) if event.payload and may_see(act, event) else None,
    }


def may_see(act: Act, event: Sealed) -> bool:
    """Say whether the actor may see the content of an event.

    A confidential one only its own roles do. Any other is seen by who may read cases; whoever sees
    this one only for a task in it (a panel member who scores) sees the contents of their own acts.
    A score nobody but its author sees before all scores of the round are in.
    """
    known = event.fields
    if act.actor.name in (known.actor, known.on_behalf_of):
        return True
    if is_withheld(act.uow, event, reader=act.actor.name):
        return False
    if not _is_confidential(act, event):
        return act.shell.policy.allows(_all_roles(act.actor), "case:read")
    case_id = UUID(known.stream.removeprefix("case:"))
    return bool(act.actor.roles & tasks.groups(act.uow, case_id, known.element or ""))


def _is_confidential(act: Act, event: Sealed) -> bool:
    known = event.fields
    if known.definition is None or known.element is None:
        return False
    element = definitions.find(act.uow, known.definition).elements.get(known.element)
    return element is not None and element.confidential


def _all_roles(actor: Actor) -> frozenset[str]:
    return actor.roles.union(*actor.principals.values())
