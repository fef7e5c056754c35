"""Decisions, expressions and time limits, to try out without a case."""

from datetime import date, datetime
from typing import cast

from flask import Response, jsonify

import feel
from api.bodies import Blueprint
from api.house import acting
from api.shapes import DecideIn, EvaluateIn, TimeLimitIn, ValueOut
from engine import decisions, definitions, timelimits
from engine.errors import Invalid, PeriodRefused

bp = Blueprint("decisions", __name__, url_prefix="/api/v1", description="Rules, to try out")


@bp.route("/decisions/evaluate", methods=["POST"])
@bp.arguments(DecideIn)
@bp.response(200)
def decide(body: dict[str, object]) -> Response:
    """Take a decision of a published version; say which rules matched and, cell by cell, why."""
    with acting() as act:
        definition = definitions.find(act.uow, str(body["definition"]))
        decided = decisions.decide(
            definition.models,
            str(body["decision"]),
            body["context"],  # type: ignore[arg-type]  # a Dict field
            functions=timelimits.FUNCTIONS,
            now=act.uow.now,
        )
    return jsonify(decided.as_json())


@bp.route("/feel/evaluate", methods=["POST"])
@bp.arguments(EvaluateIn)
@bp.response(200, ValueOut)
def evaluate(body: dict[str, object]) -> object:
    """Evaluate a FEEL expression, or a unary test when `unary_input` is given."""
    context: dict[str, object] = body["context"]  # type: ignore[assignment]  # a Dict field
    text, names = str(body["expression"]), frozenset(context)
    with acting() as act:
        now = act.uow.now
    if "unary_input" in body:
        test = feel.parse(text, names=names, unary=True)
        found = test.test(body["unary_input"], context, functions=timelimits.FUNCTIONS, now=now)
        return {"value": found}
    expression = feel.parse(text, names=names)
    value = expression.evaluate(context, functions=timelimits.FUNCTIONS, now=now)
    return {"value": feel.to_json(value)}


@bp.route("/time-limits", methods=["POST"])
@bp.arguments(TimeLimitIn)
@bp.response(200)
def time_limit(body: dict[str, str]) -> Response:
    """Compute a time limit with its derivation, article by article."""
    return jsonify(
        compute(
            body["function"], body["start"], body["period"], cast("timelimits.Site", body["site"])
        )
    )


def compute(function: str, start: str, period: str, site: timelimits.Site) -> dict[str, object]:
    """Return a time limit as plain JSON; raise Invalid or PeriodRefused."""
    try:
        found = _found(function, _start(start), period, site)
    except PeriodRefused as error:
        error.where = error.where or "start, period, site"
        raise
    except OverflowError as error:
        raise PeriodRefused("No calendar goes that far", where="start") from error
    return {
        "function": found.function,
        "day": found.day.isoformat(),
        "expires_at": found.expires_at.isoformat(),
        "working_target": found.working_target and found.working_target.isoformat(),
        "derivation": [
            {"article": one.article, "text": one.text, "day": one.day and one.day.isoformat()}
            for one in found.derivation
        ],
        "warnings": list(found.warnings),
    }


def _found(
    function: str, begin: date | datetime, period: str, site: timelimits.Site
) -> timelimits.TimeLimit:
    if function == "legal_limit":
        return timelimits.legal_limit(begin, period, site)
    if function == "service_end":
        return timelimits.service_end(_day(begin), period)
    return timelimits.latest_before(_day(begin), period, site)


def _start(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"{text!r} is no date or instant", where="start") from error


def _day(start: date | datetime) -> date:
    return start.date() if isinstance(start, datetime) else start


__all__ = ["bp", "compute"]
