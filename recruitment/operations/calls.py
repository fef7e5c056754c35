"""Operations by which a call and its cases speak with each other."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from engine import cases
from engine.operations import Context
from engine.store import UnitOfWork
from engine.store import cases as engine_cases
from engine.store.cases import CaseFilter
from recruitment import policy
from recruitment.operations.ground import Values, call_of, uow_of
from recruitment.store import panels, records


def publish_call(context: Context, given: Values) -> Values:
    """Mark the call as published; its reference, deadline and texts are those approved."""
    uow, call = uow_of(context), call_of(context, given["call"])
    if isinstance(given["call"], Mapping):
        content = {**cast("Values", call["content"]), **given["call"]}
        records.change_call(uow, str(call["id"]), {"content": content})
    records.change_call(uow, str(call["id"]), {"published_at": uow.now})
    return {"published_at": uow.now.isoformat()}


def freeze_call(context: Context, given: Values) -> Values:
    """Freeze the list of applications received in time; the digest proves it later."""
    uow, call = uow_of(context), call_of(context, given["call"])
    rows = records.applications(uow, str(call["id"]))
    deadline = call["deadline"]
    ids = [row["id"] for row in rows if row["received_at"] <= deadline]
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    frozen = {"frozen_at": uow.now, "frozen_digest": digest}
    records.change_call(uow, str(call["id"]), frozen)
    return {"applications": ids, "digest": digest}


def cancel_applications(context: Context, given: Values) -> Values:
    """Tell every running case of the call that it is cancelled."""
    call = call_of(context, given["call"])
    variables = {"cancellation": {"reason": given.get("reason")}, "reason": given.get("reason")}
    running = _running(context, call)
    told = [
        one for one in running if cases.deliver(uow_of(context), one, "call_cancelled", variables)
    ]
    return {"cancelled": len(told)}


def rank_call(context: Context, given: Values) -> Values:
    """Record a score if one is handed over; return the suitable applications, best first.

    Ties keep the order of arrival, which the authority sees and confirms. The list of the whole
    call says of each how many people scored it and how many the policy asks for.
    """
    uow, call = uow_of(context), call_of(context, given["call"])
    if given.get("application") and given.get("score") is not None:
        suitable = given.get("suitable") is not False
        changes = {"score": given["score"], "suitable": suitable}
        records.change_application(uow, str(given["application"]), changes)
        return {"ranking": _ranking(uow, str(call["id"]))}
    return {"ranking": _with_quorum(uow, call, _ranking(uow, str(call["id"])))}


def next_in_line(context: Context, given: Values) -> Values:
    """Name the best suitable application that has no offer yet; null when none is left.

    The application whose offer came to nothing, if one is named, is released first. With the
    ranking that the authority froze, its order is followed whatever was scored later.
    """
    uow, call = uow_of(context), call_of(context, given["call"])
    if given.get("application"):
        records.change_application(uow, str(given["application"]), {"released_at": uow.now})
    free = {
        row["id"]
        for row in records.applications(uow, str(call["id"]))
        if row["offered_at"] is None and row["released_at"] is None and row["ended_at"] is None
    }
    frozen = cast("list[Mapping[str, object]] | None", given.get("ranking"))
    ranking = _ranking(uow, str(call["id"])) if frozen is None else frozen
    following = [row["application"] for row in ranking if row["application"] in free]
    if not following:
        return {"application": None}
    records.change_application(uow, str(following[0]), {"offered_at": uow.now})
    return {"application": following[0]}


def notify_case(context: Context, given: Values) -> Values:
    """Deliver a message to another case, found by its business key or id."""
    uow, key = uow_of(context), str(given["case"])
    variables = cast("Values", given.get("variables") or {})
    for case_id in engine_cases.ids_by_key(uow, key):
        if cases.deliver(uow, case_id, str(given["message"]), variables):
            return {"delivered": True}
    return {"delivered": False}


def _running(context: Context, call: Values) -> list[UUID]:
    narrowed = CaseFilter(parent=cast("UUID", call["case_id"]), ended=False)
    found = engine_cases.search(
        uow_of(context), narrowed, sort="opened_at", after=None, limit=100_000
    )
    return [one.id for one in found]


def _with_quorum(
    uow: UnitOfWork, call: Values, ranking: Sequence[Mapping[str, object]]
) -> list[dict[str, object]]:
    people, wanted = panels.submitters(uow, dict(call)), policy.quorum(uow)
    return [
        {**one, "members": people.get(str(one["application"]), 0), "quorum": wanted}
        for one in ranking
    ]


def _ranking(uow: UnitOfWork, call: str) -> list[dict[str, object]]:
    scored = [
        r for r in records.applications(uow, call) if r["score"] is not None and r["suitable"]
    ]
    ordered = sorted(scored, key=lambda row: -row["score"])
    return [
        {"application": row["id"], "score": float(row["score"]), "rank": rank}
        for rank, row in enumerate(ordered, 1)
    ]
