"""Read the file of an extract: rows that can be taken, and why the others cannot."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.errors import Invalid
from recruitment.cast.cells import READERS, Unreadable

#: The columns of a file; `id` may be left out, all others must be there and may be empty.
COLUMNS = (
    "name", "email", "profile", "registered", "passed", "passed_group", "result_date",
    "failed_group", "test_date", "refreshed", "languages", "diploma_level", "experience_years",
    "id",
)  # fmt: skip
OPTIONAL = frozenset({"id"})
#: More rows than this are no extract that somebody would search by hand.
MOST_ROWS = 200_000
_DELIMITERS = (",", ";", "\t")
_DATES = ("result_date", "test_date", "refreshed")


class ExtractRefused(Invalid):
    """This file is no extract that can be read."""

    code = "extract-refused"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of an extract: a person and a profile."""

    row: int
    name: str
    email: str
    profile: str
    registered: bool
    passed: bool
    passed_group: str | None
    result_date: date | None
    failed_group: str | None
    test_date: date | None
    refreshed: date | None
    languages: Mapping[str, str]
    diploma_level: str | None
    experience_years: Decimal | None
    id: str | None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Why a row is refused: `code` is stable, `value` is what stands there."""

    row: int
    column: str
    code: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a file holds: rows that can be taken, faults of the others, columns without a use."""

    entries: Sequence[Entry]
    faults: Sequence[Fault]
    unused: Sequence[str]


def read(content: bytes, *, taken_on: date) -> Contents:
    """Read a CSV file in UTF-8 or Windows-1252, with commas, semicolons or tabs.

    Raises ExtractRefused when not a single row can be told from another.
    """
    names, records = _records(_text(content))
    entries: list[Entry] = []
    faults: list[Fault] = []
    for row, cells in records:
        found = _entry(row, names, cells, taken_on)
        if isinstance(found, Entry):
            entries.append(found)
        else:
            faults += found
    entries, twice = _once(entries)
    if not entries and not faults and not twice:
        raise ExtractRefused("The file has no rows", where="file", fault="no-rows")
    return Contents(
        entries=entries,
        faults=sorted([*faults, *twice], key=lambda one: one.row),
        unused=[name for name in names if name and name not in COLUMNS],
    )


def template() -> str:
    """Return a file with the columns and one made-up row, to fill in."""
    example = (
        "Ana Berg", "ana.berg@mail.example", "ICT", "yes", "yes", "IV", "2024-06-03", "", "",
        "2026-09-01", "FR:C2 EN:C1", "university", "7.5", "",
    )  # fmt: skip
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, example])
    return out.getvalue()


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ExtractRefused(
        "The file is neither UTF-8 nor Windows-1252 text",
        where="file",
        remedy="save it as CSV, not as a workbook",
        fault="no-text",
    )


def _records(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the names of the columns and the rows with their numbers, the header's being 1."""
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows = _numbered(reader)
    header = next(rows, (0, []))[1]
    names = [one.strip().casefold().replace(" ", "_") for one in header]
    missing = [one for one in COLUMNS if one not in names and one not in OPTIONAL]
    if missing:
        raise ExtractRefused(
            f"These columns are missing: {', '.join(missing)}",
            where="file",
            fault="no-columns",
            columns=", ".join(missing),
        )
    return names, rows


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank."""
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ExtractRefused(
                f"Row {number} cannot be read: {error}", where="file", fault="no-csv", row=number
            ) from error
        if number > MOST_ROWS:
            raise ExtractRefused(
                f"At most {MOST_ROWS} rows are taken", where="file", fault="too-long"
            )
        if any(cell.strip() for cell in cells):
            yield number, cells


def _entry(
    row: int, names: Sequence[str], cells: Sequence[str], taken_on: date
) -> Entry | list[Fault]:
    if len(cells) != len(names):
        code = "missing-cells" if len(cells) < len(names) else "too-many-cells"
        return [Fault(row=row, column="", code=code, value=str(len(cells)))]
    given = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    values: dict[str, object] = {}
    faults = []
    for column, reader in READERS.items():
        try:
            values[column] = reader(given.get(column, ""))
        except Unreadable as error:
            faults.append(
                Fault(row=row, column=column, code=error.code, value=given.get(column, "")[:100])
            )
    if faults:
        return faults
    entry = Entry(row=row, **values)  # type: ignore[arg-type]  # one reader for each field
    return _contradictions(entry, taken_on) or entry


def _contradictions(entry: Entry, taken_on: date) -> list[Fault]:
    """Find what each cell alone does not show."""

    def fault(column: str, code: str, value: object = "") -> Fault:
        return Fault(row=entry.row, column=column, code=code, value=str(value or ""))

    found = []
    if entry.passed and not (entry.passed_group and entry.result_date):
        found.append(fault("passed", "pass-incomplete"))
    if not entry.passed and entry.passed_group:
        found.append(fault("passed_group", "pass-contradicted", entry.passed_group))
    if entry.failed_group and not entry.test_date:
        found.append(fault("failed_group", "failure-without-day", entry.failed_group))
    for column in _DATES:
        at = getattr(entry, column)
        if at is not None and at > taken_on:
            found.append(fault(column, "after-extract", at))
    return found


def _once(entries: Sequence[Entry]) -> tuple[list[Entry], list[Fault]]:
    """Keep the first row of each person and profile; an id has one address, an address one id."""
    kept: list[Entry] = []
    faults: list[Fault] = []
    rows: dict[tuple[str, str], int] = {}
    ids: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for one in entries:
        email, key = one.email.casefold(), one.id or ""
        first = rows.setdefault((email, one.profile), one.row)
        if first != one.row:
            faults.append(Fault(row=one.row, column="email", code="same-person", value=str(first)))
        elif addresses.setdefault(email, key) != key:
            faults.append(Fault(row=one.row, column="id", code="other-id", value=key))
        elif key and ids.setdefault(key, email) != email:
            faults.append(Fault(row=one.row, column="id", code="id-of-another", value=key))
        else:
            kept.append(one)
    return kept, faults
