"""The minutes of a panel as a PDF made from the data: nothing in them is typed twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib import resources
from zoneinfo import ZoneInfo

import orjson
import typst

from engine.errors import OperationFailed
from recruitment.anchors import anchors
from recruitment.correspondence import SENDER
from recruitment.deliberation import Cell, Matrix, Row, rounded

ZONE = ZoneInfo("Europe/Brussels")
#: The kind of the document.
KIND = "panel_minutes"
_WORDS = {
    "panel": "Panel",
    "panel_columns": ["Member", "Unit", "Grade", "Scores submitted"],
    "scores": "Scores of the members",
    "means": (
        "Points from 0 to 5. Means are weighted, taken from exact values and rounded once to two"
        " places, halves up. Spread: highest less lowest points."
    ),
    "criterion": "Criterion",
    "weight": "Weight",
    "mean": "Mean",
    "spread": "Spread",
    "changes": "Scores changed by agreement",
    "change_columns": ["Member", "Criterion", "Before", "Agreed", "Reason"],
    "result": "Result",
    "reason": "Reasons of the panel",
    "evidence": "Evidence noted by the members",
}


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member as the minutes name it."""

    account: str
    name: str
    unit: str
    grade: str
    is_chair: bool
    submitted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """What the minutes say."""

    call: str
    call_title: str
    candidate: str
    application: str
    interview_at: datetime | None
    place: str
    members: Sequence[Member]
    matrix: Matrix
    score: Decimal
    is_suitable: bool
    reason: str
    #: by whom and when it was signed; None for a draft
    signed_by: str | None = None
    signed_at: datetime | None = None


def pdf(minutes: Minutes, *, now: datetime) -> bytes:
    """Set the minutes as PDF/A; the data go in as input, never as markup.

    The fonts are embedded and hold Latin, Greek and Cyrillic letters.
    """
    source = (resources.files("recruitment.letters") / "minutes.typ").read_bytes()
    data = orjson.dumps(_content(minutes, now)).decode()
    made = typst.compile(source, sys_inputs={"data": data}, pdf_standards="a-2b")
    if not isinstance(made, bytes):
        raise OperationFailed("The minutes could not be set")
    return made


def _content(of: Minutes, now: datetime) -> Mapping[str, object]:
    by_account = {one.account: one.name for one in of.members}
    names = [by_account.get(one, one) for one in of.matrix.members]
    return {
        "title": f"Minutes of the selection panel: {of.candidate}",
        "sender": SENDER,
        "date": _day(of.signed_at or now),
        "draft": None if of.signed_by else "DRAFT, not signed",
        "words": _WORDS,
        "facts": _facts(of),
        "members": [_member(one) for one in of.members],
        "names": names,
        "rows": [*(_row(one) for one in of.matrix.rows), _means(of.matrix)],
        "remarks": _remarks(of.matrix, by_account),
        "changes": _changes(of.matrix, by_account),
        "result": _result(of),
        "reason": of.reason,
        "evidence": _evidence(of.matrix, by_account),
        "signed": _signed(of, by_account),
    }


def _facts(of: Minutes) -> list[tuple[str, str]]:
    held = f"{_instant(of.interview_at)}, {of.place}".strip(", ") if of.interview_at else of.place
    return [
        ("Call", f"{of.call}: {of.call_title}"),
        ("Candidate", of.candidate),
        ("Application", of.application),
        ("Interview", held or "not recorded in the calendar"),
        ("Meaning of the points", f"version {anchors().version}"),
    ]


def _member(one: Member) -> list[str]:
    name = f"{one.name} (chair)" if one.is_chair else one.name
    when = _instant(one.submitted_at) if one.submitted_at else "not submitted"
    return [name, one.unit, one.grade, when]


def _row(row: Row) -> list[str]:
    cells = [_cell(one) for one in row.cells]
    return [
        row.criterion.name,
        str(row.criterion.weight),
        *cells,
        _mean(row.mean),
        _mean(row.spread),
    ]


def _cell(cell: Cell) -> str:
    first = _number(cell.rating.points if cell.rating else None)
    return f"{first} → {_number(cell.changed.points)}" if cell.changed else first


def _means(matrix: Matrix) -> list[str]:
    return [
        "Weighted mean",
        "",
        *(_mean(one) for one in matrix.means),
        _mean(matrix.proposal),
        "",
    ]


def _remarks(matrix: Matrix, names: Mapping[str, str]) -> list[str]:
    return [
        f"{row.criterion.name}: {names.get(cell.member, cell.member)} lies"
        f" {abs(cell.differs_by)} {'above' if cell.differs_by > 0 else 'below'} the mean of the"
        " others."
        for row in matrix.rows
        for cell in row.cells
        if cell.differs_by is not None
    ]


def _changes(matrix: Matrix, names: Mapping[str, str]) -> list[list[str]]:
    return [
        [
            names.get(cell.member, cell.member),
            row.criterion.name,
            _number(cell.rating.points if cell.rating else None),
            _number(cell.changed.points),
            cell.changed.reason,
        ]
        for row in matrix.rows
        for cell in row.cells
        if cell.changed
    ]


def _result(of: Minutes) -> list[tuple[str, str]]:
    return [
        ("Weighted mean of the panel", _mean(of.matrix.proposal)),
        ("Agreed score, of 5", _mean(of.score)),
        ("Suitable for the post", "yes" if of.is_suitable else "no"),
    ]


def _evidence(matrix: Matrix, names: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            row.criterion.name,
            [
                (names.get(cell.member, cell.member), cell.rating.evidence)
                for cell in row.cells
                if cell.rating
            ],
        )
        for row in matrix.rows
    ]


def _signed(of: Minutes, names: Mapping[str, str]) -> str:
    if of.signed_by is None or of.signed_at is None:
        return ""
    who = names.get(of.signed_by, of.signed_by)
    return f"Signed for the panel by {who}, {_instant(of.signed_at)}."


def _number(value: Decimal | None) -> str:
    if value is None:
        return "-"
    return str(int(value)) if value == value.to_integral_value() else str(value)


def _mean(value: Decimal | None) -> str:
    # with both places, so that a column of means and spreads lines up
    return "-" if value is None else str(rounded(value))


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()


def _instant(at: datetime | None) -> str:
    return at.astimezone(ZONE).strftime("%d.%m.%Y %H:%M") if at else ""
