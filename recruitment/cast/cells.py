"""Read one cell of an extract; what cannot be read has a code that pages put into words."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from recruitment.cast.words import DIPLOMAS, GROUPS, LANGUAGES, LEVELS

_ADDRESS = re.compile(r"\A[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+\Z")
_ID = re.compile(r"\A[\w.:@/-]{1,64}\Z")
_ISO = re.compile(r"\A(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
#: The day before the month, as the institutions write it.
_WRITTEN = re.compile(r"\A(\d{1,2})[./](\d{1,2})[./](\d{4})\Z", re.ASCII)
#: Such characters would break the lines of a letter.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PREFIX = re.compile(r"\AFG ?", re.IGNORECASE)
_SPEAKS = re.compile(r"\A([A-Za-z]{2}):([A-Ca-c][12])\Z")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
MOST_TEXT, MOST_YEARS = 300, 60


class Unreadable(ValueError):
    """A cell that says nothing that can be used."""

    def __init__(self, code: str) -> None:
        """Keep the reason."""
        self.code = code
        super().__init__(code)


def _words(cell: str) -> str:
    if not cell:
        raise Unreadable("empty")
    if len(cell) > MOST_TEXT:
        raise Unreadable("too-long")
    if _CONTROL.search(cell):
        raise Unreadable("control-character")
    return cell


def _address(cell: str) -> str:
    if not _ADDRESS.match(_words(cell)):
        raise Unreadable("bad-address")
    return cell


def _is(cell: str) -> bool:
    found = _YES.get(cell.casefold())
    if found is None:
        raise Unreadable("bad-yes-no")
    return found


def _is_or_no(cell: str) -> bool:
    return bool(cell) and _is(cell)


def _group(cell: str) -> str | None:
    if not cell or cell in GROUPS:
        return cell or None
    found = _PREFIX.sub("", cell).upper()
    if found not in GROUPS:
        raise Unreadable("bad-group")
    return found


def _day(cell: str) -> date | None:
    if not cell:
        return None
    iso, written = _ISO.match(cell), _WRITTEN.match(cell)
    if not iso and not written:
        raise Unreadable("bad-date")
    year, month, day = iso.groups() if iso else written.groups()[::-1]  # type: ignore[union-attr]  # one of both
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise Unreadable("bad-date") from error


def _languages(cell: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in re.split(r"[\s,;|]+", cell):
        if not one:
            continue
        spoken = _SPEAKS.match(one)
        if not spoken:
            raise Unreadable("bad-languages")
        language, level = spoken[1].upper(), spoken[2].upper()
        if language not in LANGUAGES or level not in LEVELS:
            raise Unreadable("bad-languages")
        if found.setdefault(language, level) != level:
            raise Unreadable("language-twice")
    return found


def _diploma(cell: str) -> str | None:
    found = cell.casefold().replace("-", "_").replace(" ", "_")
    if found and found not in DIPLOMAS:
        raise Unreadable("bad-diploma")
    return found or None


def _years(cell: str) -> Decimal | None:
    if not cell:
        return None
    try:
        found = Decimal(cell.replace(",", "."))
    except InvalidOperation as error:
        raise Unreadable("bad-number") from error
    if not found.is_finite() or not 0 <= found <= MOST_YEARS:
        raise Unreadable("bad-number")
    return round(found, 2)


def _id(cell: str) -> str | None:
    if cell and not _ID.match(cell):
        raise Unreadable("bad-id")
    return cell or None


READERS: Mapping[str, Callable[[str], object]] = {
    "name": _words,
    "email": _address,
    "profile": _words,
    "registered": _is,
    "passed": _is_or_no,
    "passed_group": _group,
    "result_date": _day,
    "failed_group": _group,
    "test_date": _day,
    "refreshed": _day,
    "languages": _languages,
    "diploma_level": _diploma,
    "experience_years": _years,
    "id": _id,
}
