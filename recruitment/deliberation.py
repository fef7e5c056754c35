"""The arithmetic of a panel: weighted means, spread, outliers, merit order, ties, quorum.

All in Decimal. A mean is rounded once, at the end, to two places, halves up: 3.125 is 3.13. What
comes out is a proposal; the panel and the authority decide.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean

from engine.history import canonical

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What all candidates are asked, fixed before the interview."""

    name: str
    question: str
    weight: Decimal


@dataclass(frozen=True, kw_only=True)
class Rating:
    """The points that a member gave for a criterion, and why."""

    criterion: str
    points: Decimal
    evidence: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The score sheet of one member."""

    member: str
    ratings: tuple[Rating, ...]

    @property
    def points(self) -> Mapping[str, Decimal]:
        """The points by criterion."""
        return {one.criterion: one.points for one in self.ratings}


@dataclass(frozen=True, kw_only=True)
class Change:
    """A score that the panel agreed to change; both values stay."""

    member: str
    criterion: str
    points: Decimal
    reason: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one member gave for one criterion, as the matrix shows it."""

    member: str
    rating: Rating | None
    changed: Change | None
    #: how far it lies from the mean of the others, where that is far enough to be named
    differs_by: Decimal | None

    @property
    def points(self) -> Decimal | None:
        """The points that count: the agreed ones, else those of the sheet."""
        if self.changed is not None:
            return self.changed.points
        return self.rating.points if self.rating else None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One criterion over all members."""

    criterion: Criterion
    cells: tuple[Cell, ...]
    spread: Decimal | None
    mean: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Member by criterion, with the means and the proposal."""

    members: tuple[str, ...]
    rows: tuple[Row, ...]
    #: the weighted mean of each member, in the order of the members
    means: tuple[Decimal | None, ...]
    #: the weighted mean of all: the proposed score
    proposal: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A candidate in the merit order."""

    application: str
    score: Decimal
    is_suitable: bool
    #: 1 for the best; those who tie share it. None below the cut-off.
    place: int | None = None
    #: the others with the same score
    ties: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How one assessor scored over all candidates."""

    member: str
    sheets: int
    mean: Decimal
    #: the mean distance from the mean of the panel for the same candidates
    against_panel: Decimal
    lowest: Decimal
    highest: Decimal


def rounded(value: Decimal) -> Decimal:
    """Round to two places, halves up."""
    return value.quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


def weighted_mean(points: Mapping[str, Decimal], criteria: Sequence[Criterion]) -> Decimal | None:
    """Return the mean of the points by the weights of their criteria; None without points."""
    counted = [one for one in criteria if one.name in points]
    weights = sum((one.weight for one in counted), Decimal(0))
    if not weights:
        return None
    return rounded(sum((points[one.name] * one.weight for one in counted), Decimal(0)) / weights)


def spread(points: Sequence[Decimal]) -> Decimal | None:
    """Return the distance from the lowest to the highest; None for fewer than two."""
    return max(points) - min(points) if len(points) > 1 else None


def with_unknown(criteria: Sequence[Criterion], sheets: Iterable[Sheet]) -> list[Criterion]:
    """Add criteria that only a sheet names, with the weight 1: older sheets named their own."""
    known = {one.name: one for one in criteria}
    for sheet in sheets:
        for rating in sheet.ratings:
            new = Criterion(name=rating.criterion, question="", weight=Decimal(1))
            known.setdefault(rating.criterion, new)
    return list(known.values())


def matrix(
    criteria: Sequence[Criterion],
    sheets: Sequence[Sheet],
    changes: Sequence[Change] = (),
    *,
    outlier: Decimal,
) -> Matrix:
    """Set the sheets side by side; agreed changes count, and the first values stay visible."""
    known = with_unknown(criteria, sheets)
    rows = tuple(_row(one, sheets, changes, outlier=outlier) for one in known)
    by_member = [
        {
            row.criterion.name: row.cells[place].points
            for row in rows
            if row.cells[place].points is not None
        }
        for place in range(len(sheets))
    ]
    return Matrix(
        members=tuple(one.member for one in sheets),
        rows=rows,
        means=tuple(weighted_mean(one, known) for one in by_member),  # type: ignore[arg-type]  # none is None
        proposal=_proposal(known, rows),
    )


def _proposal(criteria: Sequence[Criterion], rows: Sequence[Row]) -> Decimal | None:
    """Take the mean of the members for each criterion, unrounded, and weigh those."""
    means = {}
    for row in rows:
        found = [one.points for one in row.cells if one.points is not None]
        if found:
            means[row.criterion.name] = mean(found)
    return weighted_mean(means, criteria)


def _row(
    criterion: Criterion, sheets: Sequence[Sheet], changes: Sequence[Change], *, outlier: Decimal
) -> Row:
    cells = [_cell(criterion.name, one, changes) for one in sheets]
    marked = tuple(replace(one, differs_by=_differs(one, cells, outlier)) for one in cells)
    found = [one.points for one in cells if one.points is not None]
    return Row(
        criterion=criterion,
        cells=marked,
        spread=spread(found),
        mean=rounded(mean(found)) if found else None,
    )


def _cell(criterion: str, sheet: Sheet, changes: Sequence[Change]) -> Cell:
    rating = next((one for one in sheet.ratings if one.criterion == criterion), None)
    changed = [one for one in changes if (one.member, one.criterion) == (sheet.member, criterion)]
    return Cell(
        member=sheet.member,
        rating=rating,
        changed=changed[-1] if changed else None,
        differs_by=None,
    )


def _differs(cell: Cell, cells: Sequence[Cell], outlier: Decimal) -> Decimal | None:
    others = [one.points for one in cells if one is not cell and one.points is not None]
    if cell.points is None or not others:
        return None
    distance = cell.points - mean(others)
    return rounded(distance) if abs(distance) >= outlier else None


def merit_order(found: Iterable[Placed]) -> list[Placed]:
    """Order candidates: the suitable by score, then the others; equal scores tie.

    Those who tie keep the order in which they come: the reasons for it are the panel's.
    """
    ordered = sorted(found, key=lambda one: (not one.is_suitable, -one.score))
    suitable = [one for one in ordered if one.is_suitable]
    placed = [
        replace(
            one,
            place=1 + sum(1 for other in suitable if other.score > one.score),
            ties=tuple(
                other.application
                for other in suitable
                if other.score == one.score and other is not one
            ),
        )
        for one in suitable
    ]
    return [*placed, *(one for one in ordered if not one.is_suitable)]


def lacking(submitted: int, wanted: int) -> int:
    """Return how many sheets are missing to the quorum."""
    return max(wanted - submitted, 0)


def calibrate(rounds: Iterable[Mapping[str, Decimal]]) -> list[Calibration]:
    """Compare the assessors: each round gives the weighted mean of every member."""
    own: dict[str, list[Decimal]] = {}
    against: dict[str, list[Decimal]] = {}
    for one in rounds:
        if not one:
            continue
        middle = mean(one.values())
        for member, value in one.items():
            own.setdefault(member, []).append(value)
            against.setdefault(member, []).append(value - middle)
    return [
        Calibration(
            member=member,
            sheets=len(values),
            mean=rounded(mean(values)),
            against_panel=rounded(mean(against[member])),
            lowest=min(values),
            highest=max(values),
        )
        for member, values in sorted(own.items())
    ]


def digest(ranking: Iterable[Mapping[str, object]]) -> str:
    """Return the SHA-256 of a list: rank, application and score of each, as RFC 8785 JSON."""
    rows = [{name: one.get(name) for name in ("rank", "application", "score")} for one in ranking]
    return hashlib.sha256(canonical(rows)).hexdigest()
