"""Rounds of individual scores: who has submitted and, when all have, the scores."""

from uuid import UUID

from flask import Response, jsonify, make_response
from marshmallow import Schema, fields

from api.bodies import Blueprint
from api.house import acting, idempotent
from api.shapes import Instant
from recruitment import scoring
from recruitment.anchors import anchors
from recruitment.deliberation import Matrix, matrix
from recruitment.scoring import Round, Seat

bp = Blueprint("scores", __name__, url_prefix="/api/v1/cases", description="Scores of a panel")


class RatingOut(Schema):
    """The points for one criterion."""

    criterion = fields.String()
    points = fields.Float()
    evidence = fields.String()


class SeatOut(Schema):
    """A member of the panel: whether the sheet is in, and the sheet as far as you may see it."""

    member = fields.String()
    task = fields.UUID()
    chair = fields.Boolean(attribute="is_chair")
    submitted_at = Instant(allow_none=True)
    ratings = fields.List(
        fields.Nested(RatingOut),
        allow_none=True,
        metadata={"description": "null until all scores are in, but for your own"},
    )


class ScoresOut(Schema):
    """The latest round of a case."""

    complete = fields.Boolean()
    seats = fields.List(fields.Nested(SeatOut))
    spread = fields.Dict(
        allow_none=True, metadata={"description": "highest less lowest points by criterion"}
    )
    proposal = fields.Float(allow_none=True, metadata={"description": "the weighted mean of all"})


class RemindedOut(Schema):
    """Whom a reminder went to."""

    reminded = fields.List(fields.String())


@bp.route("/<uuid:case_id>/scores")
@bp.response(200, ScoresOut)
def read(case_id: UUID) -> object:
    """Show the latest round of scores of a case. The reading is recorded."""
    with acting() as act:
        return _shown(scoring.read(act, case_id))


@bp.route("/<uuid:case_id>/scores/reminders", methods=["POST"])
@bp.response(200, RemindedOut)
@idempotent
def remind(case_id: UUID) -> Response:
    """Write to the members whose scores are missing, at most once a day."""
    with acting() as act:
        return make_response(jsonify({"reminded": list(scoring.remind(act, case_id))}), 200)


def _shown(found: Round) -> dict[str, object]:
    told = {"complete": found.is_complete, "seats": [_seat(one) for one in found.seats]}
    if found.is_open:
        # a mean over what one may see would tell of nothing but one's own sheet
        return {**told, "spread": None, "proposal": None}
    of = matrix(found.criteria, found.sheets, outlier=anchors().outlier)
    return {**told, "spread": _spread(of), "proposal": of.proposal}


def _seat(one: Seat) -> dict[str, object]:
    ratings = list(one.sheet.ratings) if one.sheet else None
    return {
        "member": one.member,
        "task": one.task,
        "is_chair": one.is_chair,
        "submitted_at": one.submitted_at,
        "ratings": ratings,
    }


def _spread(of: Matrix) -> dict[str, float]:
    return {one.criterion.name: float(one.spread) for one in of.rows if one.spread is not None}
