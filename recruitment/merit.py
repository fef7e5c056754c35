"""The list of a call: who is scored and by how many, in which order, drawn up, frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from engine.access import authorize
from engine.cases import Act
from engine.history import EventKind
from engine.store import events, users
from recruitment import deliberation, policy, scoring
from recruitment.anchors import anchors
from recruitment.deliberation import Calibration, Matrix, Placed
from recruitment.scoring import Round
from recruitment.store import panels

CONFIRM = "confirm_ranking"
DRAW_UP = "draw_up_ranking"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A candidate whom a panel has scored or is scoring."""

    application: str
    case_id: UUID
    name: str
    round: Round | None
    #: None while a score is missing
    matrix: Matrix | None
    #: None until the panel has agreed
    placed: Placed | None
    #: the task in which the panel agrees or agreed, and the one that waits for the authority
    consensus: UUID | None
    is_agreeing: bool
    result: UUID | None
    offered_at: datetime | None
    ended_at: datetime | None

    @property
    def people(self) -> int:
        """How many people scored."""
        return self.round.people if self.round else 0


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A list as it was drawn up, with the digest of what is on it."""

    at: datetime
    rows: tuple[Mapping[str, Any], ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the list."""
        return deliberation.digest(self.rows)

    @property
    def order(self) -> tuple[str, ...]:
        """The applications in their order."""
        return tuple(str(one["application"]) for one in self.rows)


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """The signature under a list."""

    by: str
    on_behalf_of: str | None
    at: datetime
    tie_reason: str | None


@dataclass(frozen=True, kw_only=True)
class MeritList:
    """The deliberation of a whole call."""

    #: above the cut-off, then below it, in merit order
    scored: tuple[Entry, ...]
    unscored: tuple[Entry, ...]
    calibration: tuple[Calibration, ...]
    quorum: int | None
    drawn: Drawn | None
    frozen: Frozen | None

    @property
    def tied(self) -> tuple[Entry, ...]:
        """Those of the list who tie."""
        return tuple(one for one in self.scored if one.placed and one.placed.ties)

    @property
    def below_quorum(self) -> tuple[Entry, ...]:
        """Those of the list whom too few members scored."""
        wanted = self.quorum or 0
        listed = [one for one in self.scored if one.placed and one.placed.is_suitable]
        return tuple(one for one in listed if one.people < wanted)

    @property
    def unconfirmed(self) -> tuple[Entry, ...]:
        """Those whose result the authority has not confirmed yet."""
        return tuple(one for one in self.scored if one.result)

    @property
    def is_outdated(self) -> bool:
        """Whether somebody was scored otherwise since the list was drawn up."""
        now = [one.application for one in self.scored if one.placed and one.placed.is_suitable]
        return self.drawn is not None and sorted(now) != sorted(self.drawn.order)


def of_call(act: Act, call: Mapping[str, Any]) -> MeritList:
    """Return the deliberation of a call and record the reading; raise NotAllowed."""
    authorize(act.actor, "deliberation:read", act.shell.policy)
    rows = panels.assessed(act.uow, dict(call))
    entries = _entries(act, rows)
    _record(act, call)
    drawn = _drawn(act, call["case_id"])
    return MeritList(
        scored=_in_order([one for one in entries if one.placed], drawn),
        unscored=tuple(one for one in entries if one.placed is None and one.ended_at is None),
        calibration=tuple(deliberation.calibrate(_means(one.matrix) for one in entries)),
        quorum=policy.quorum(act.uow),
        drawn=drawn,
        frozen=_frozen(act, call["case_id"]),
    )


def names(act: Act) -> dict[str, str]:
    """Return the full names of all people by account."""
    return {row["name"]: row["full_name"] for row in users.every(act.uow)}


def _record(act: Act, call: Mapping[str, Any]) -> None:
    events.append(
        act.uow,
        f"read:{call['case_id']}",
        kind=EventKind.RECORD_READ,
        actor=act.actor,
        payload={"what": "deliberation of the call"},
    )


def _entries(act: Act, rows: Sequence[panels.Found]) -> list[Entry]:
    ids = [one["case_id"] for one in rows]
    found = scoring.rounds(act.uow, ids, reader=act.actor.name)
    tasks: dict[tuple[UUID, str], panels.Found] = {
        (one["case_id"], one["element"]): one
        for one in panels.tasks_of(act.uow, ids, (panels.CONSENSUS, panels.RESULT))
    }
    placed = {one.application: one for one in deliberation.merit_order(_scores(rows))}
    return [_entry(row, found.get(row["case_id"]), tasks, placed) for row in rows]


def _scores(rows: Sequence[panels.Found]) -> list[Placed]:
    return [
        Placed(
            application=one["id"], score=Decimal(one["score"]), is_suitable=bool(one["suitable"])
        )
        for one in rows
        if one["score"] is not None
    ]


def _entry(
    row: panels.Found,
    found: Round | None,
    tasks: Mapping[tuple[UUID, str], panels.Found],
    placed: Mapping[str, Placed],
) -> Entry:
    agreeing = tasks.get((row["case_id"], panels.CONSENSUS))
    result = tasks.get((row["case_id"], panels.RESULT))
    return Entry(
        application=row["id"],
        case_id=row["case_id"],
        name=row["name"],
        round=found,
        matrix=matrix_of(found) if found else None,
        placed=placed.get(row["id"]),
        consensus=agreeing["id"] if agreeing else None,
        is_agreeing=agreeing is not None and agreeing["closed_at"] is None,
        result=result["id"] if result and result["closed_at"] is None else None,
        offered_at=row["offered_at"],
        ended_at=row["ended_at"],
    )


def matrix_of(found: Round) -> Matrix | None:
    """Return the matrix of a round with the agreed changes; None while a sheet is open."""
    if found.is_open:
        return None
    changes = found.consensus.changes if found.consensus else ()
    return deliberation.matrix(found.criteria, found.sheets, changes, outlier=anchors().outlier)


def _means(of: Matrix | None) -> dict[str, Decimal]:
    if of is None:
        return {}
    return {
        member: value
        for member, value in zip(of.members, of.means, strict=True)
        if value is not None
    }


def _in_order(scored: Sequence[Entry], drawn: Drawn | None) -> tuple[Entry, ...]:
    """Put those on a drawn list as it has them; the others by merit."""
    order = {one: place for place, one in enumerate(drawn.order)} if drawn else {}
    last = len(order)

    def place(one: Entry) -> tuple[bool, int, Decimal]:
        assert one.placed is not None  # noqa: S101  # the caller chose them
        return not one.placed.is_suitable, order.get(one.application, last), -one.placed.score

    return tuple(sorted(scored, key=place))


def _drawn(act: Act, case_id: UUID) -> Drawn | None:
    row = panels.last_event(act.uow, case_id, DRAW_UP, EventKind.EFFECT_FINISHED)
    found = scoring.variables(row["payload"]) if row else {}
    # what the operation answered, as it was sealed: no later correction changes it
    if not row or not isinstance(found.get("ranking"), list):
        return None
    return Drawn(at=row["at"], rows=tuple(found["ranking"]))


def _frozen(act: Act, case_id: UUID) -> Frozen | None:
    row = panels.last_event(act.uow, case_id, CONFIRM, EventKind.TASK_COMPLETED)
    given = scoring.variables(row["payload"]) if row else {}
    if not row or given.get("decision") != "confirm":
        return None
    return Frozen(
        by=row["actor"],
        on_behalf_of=row["on_behalf_of"],
        at=row["at"],
        tie_reason=given.get("tie_reason"),
    )
