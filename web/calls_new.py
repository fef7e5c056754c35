"""The form that opens a call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from babel import Locale
from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine.access import authorize
from engine.errors import Conflict
from recruitment import intake
from web.calls_frame import pages
from web.language import ZONE, _, current
from web.pages import done
from web.sentences import sentence

_KEY = re.compile(r"\A[A-Za-z0-9._-]{1,64}\Z")
_PERIOD = re.compile(r"\AP[0-9]{1,3}[DWMY]\Z")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_ADDRESS = re.compile(r"\A[^@\s]+@[^@\s]+\.[^@\s]+\Z")
MOST_POSTS = 50
SITES = ("LUX", "BRU")
GROUPS = ("II", "III", "IV")
LANGUAGES = (
    "BG", "CS", "DA", "DE", "EL", "EN", "ES", "ET", "FI", "FR", "GA", "HR", "HU", "IT", "LT",
    "LV", "MT", "NL", "PL", "PT", "RO", "SK", "SL", "SV",
)  # fmt: skip
#: Texts that the case sees when they are given, with the longest that is taken.
TEXTS = {
    "unit": 200, "institution": 200, "place": 200, "cast_profile": 200, "mailbox": 200,
    "epso_contact": 200,
}  # fmt: skip

Given = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was typed: the content of a call, or the faults by field."""

    content: dict[str, object]
    faults: dict[str, str]


@pages.get("/calls/new")
def new() -> ResponseReturnValue:
    """Show the empty form of a call."""
    with acting() as act:
        authorize(act.actor, "call:create", act.shell.policy)
    return _form({"site": "LUX", "selection_language": "EN", "posts": "1"}, {})


@pages.post("/calls/new")
def create() -> ResponseReturnValue:
    """Open the call; where something is wrong, show all that was typed with the faults."""
    given = {name: value.strip() for name, value in request.form.items()}
    with acting() as act:
        authorize(act.actor, "call:create", act.shell.policy)
    judged = judge(given)
    if judged.faults:
        return _form(given, judged.faults), 422
    try:
        with acting() as act:
            intake.open_call(act, judged.content)
    except Conflict as error:
        return _form(given, {"reference": sentence(error.detail)}), 409
    return done(f"/calls/{judged.content['id']}/about", "call-opened")


def judge(given: Given) -> Judged:
    """Read the form; every fault stands under the name of its field."""
    faults: dict[str, str] = {}
    content: dict[str, object] = {
        "reference": _text(given, "reference", 60, faults),
        "title": _text(given, "title", 200, faults),
        "deadline": _deadline(given, faults),
        "site": _choice(given, "site", SITES, faults),
        "function_group": _choice(given, "function_group", GROUPS, faults),
        "contract_type": "3b",
    }
    content["id"] = _key(given, faults)
    content |= _optional(given, faults)
    _check_year(given, content, faults)
    return Judged(content=content, faults=faults)


def _form(given: Given, faults: Mapping[str, str]) -> str:
    return render(
        "call_new.html",
        given=given,
        faults=faults,
        selection_languages=_languages(),
    )


def _languages() -> list[tuple[str, str]]:
    """Return the official languages with their names, in the language of the reader."""
    names = Locale.parse(current()).languages
    found = [(code, str(names.get(code.lower(), code)).capitalize()) for code in LANGUAGES]
    return sorted(found, key=lambda one: one[1])


def _text(given: Given, name: str, most: int, faults: dict[str, str]) -> str:
    found = given.get(name, "")
    if not found:
        faults[name] = _("Fill this in.")
    elif len(found) > most:
        faults[name] = _("At most %(most)s characters.", most=most)
    return found


def _choice(given: Given, name: str, among: tuple[str, ...], faults: dict[str, str]) -> str:
    found = given.get(name, "")
    if found not in among:
        faults[name] = _("Choose one of the options.")
    return found


def _key(given: Given, faults: dict[str, str]) -> str:
    typed = given.get("id", "")
    made = re.sub(r"[^A-Za-z0-9._-]+", "-", given.get("reference", "")).strip("-").lower()[:64]
    found = typed or made
    if typed and not _KEY.match(typed):
        faults["id"] = _("Letters, digits, dots, hyphens and underscores only, at most 64.")
    elif found in ("", "new") and "reference" not in faults:
        faults["id"] = _("This cannot be an address: type a short name.")
    return found


def _deadline(given: Given, faults: dict[str, str]) -> str:
    """Read day and hour as Brussels shows them; an hour that the clocks skip does not exist."""
    at = moment(given.get("deadline", ""))
    if at is None:
        faults["deadline"] = _("Give day and hour, for example 26/05/2027 12:00.")
        return ""
    if at.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) != at.replace(tzinfo=None):
        faults["deadline"] = _("The clocks are put forward then: this hour does not exist.")
    elif at.utcoffset() != at.replace(fold=1).utcoffset():
        faults["deadline"] = _("The clocks are put back then: this hour comes twice.")
    return at.isoformat()


def moment(text: str) -> datetime | None:
    """Read the value of a field for day and time, in Brussels; None where it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE)
    except ValueError:
        return None


def _optional(given: Given, faults: dict[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, most in TEXTS.items():
        if given.get(name):
            found[name] = _text(given, name, most, faults)
    for name in ("mailbox", "epso_contact"):
        if name in found and name not in faults and not _ADDRESS.match(str(found[name])):
            faults[name] = _("This is no mail address.")
    if given.get("selection_language"):
        found["selection_language"] = _choice(given, "selection_language", LANGUAGES, faults)
    found |= _periods(given, faults) | _posts(given, faults) | _entry(given, faults)
    return found | _criteria(given)


def _criteria(given: Given) -> dict[str, object]:
    criteria = [
        {"criterion": line.strip(), "kind": kind}
        for kind in ("essential", "asset")
        for line in given.get(kind, "").splitlines()
        if line.strip()
    ]
    return {"criteria": criteria} if criteria else {}


def _periods(given: Given, faults: dict[str, str]) -> dict[str, object]:
    names = [name for name in ("contract_period", "list_validity") if given.get(name)]
    for name in names:
        if not _PERIOD.match(given[name].upper()):
            faults[name] = _("A period such as P1Y (a year) or P6M (six months).")
    return {name: given[name].upper() for name in names}


def _posts(given: Given, faults: dict[str, str]) -> dict[str, object]:
    text = given.get("posts", "")
    if not text:
        return {}
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= MOST_POSTS:
        faults["posts"] = _("A number from 1 to %(most)s.", most=MOST_POSTS)
        return {}
    return {"posts": int(text)}


def _entry(given: Given, faults: dict[str, str]) -> dict[str, object]:
    text = given.get("entry_date", "")
    if not text:
        return {}
    try:
        found = date.fromisoformat(text)
    except ValueError:
        faults["entry_date"] = _("This is no day.")
        return {}
    closing = moment(given.get("deadline", ""))
    if closing and found <= closing.date() + timedelta(days=0):
        faults["entry_date"] = _("Entry into service comes after the deadline.")
    return {"entry_date": found.isoformat()}


def _check_year(given: Given, content: Mapping[str, object], faults: dict[str, str]) -> None:
    """Ask once when the year in the reference is not that of the deadline."""
    year = _YEAR.search(str(content["reference"]))
    deadline = str(content["deadline"])
    if not year or not deadline or given.get("year_checked") == "yes":
        return
    if year.group(1) != deadline[:4]:
        faults["year_checked"] = _(
            "The reference says %(year)s, the deadline is in %(other)s. Correct one of them, or"
            " confirm that both are right.",
            year=year.group(1),
            other=deadline[:4],
        )
