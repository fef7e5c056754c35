"""Languages of the pages, and how instants and numbers are written in them."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from markupsafe import Markup

from engine import clock

#: The languages that the pages speak, the first by default; each under its own name.
LANGUAGES = {"en": "English", "fr": "Français", "de": "Deutsch"}
#: The language that all texts are written in first.
SOURCE = "en"
COOKIE = "cursus_language"
CATALOGUES = Path(__file__).parent / "translations"
#: The catalogues: the texts of the pages, those that process owners wrote in their files, and
#: what the engine says.
PAGES, PROCESSES, ENGINE = "messages", "processes", "engine"
#: Everything is shown in the zone of the institution, wherever the reader sits.
ZONE = ZoneInfo("Europe/Brussels")
_SOON = timedelta(days=2)
_MOMENT = timedelta(seconds=1)


def install(app: Flask) -> None:
    """Let templates translate and write instants."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    environment.filters.update(
        instant=instant,
        day=day,
        time_of_day=time_of_day,
        ago=ago,
        due=due,
        words=words,
        label=label,
    )
    environment.globals.update(languages=LANGUAGES, language=current)


def current() -> str:
    """Return the language of this request: the one chosen, else the browser's, else English."""
    if "language" not in g:
        chosen = request.cookies.get(COOKIE)
        if chosen not in LANGUAGES:
            chosen = request.accept_languages.best_match(list(LANGUAGES))
        g.language = chosen or "en"
    return str(g.language)


def _texts() -> NullTranslations:
    # a long list asks for thousands of texts
    if "texts" not in g:
        g.texts = catalogue(current())
    texts: NullTranslations = g.texts
    return texts


def gettext(message: str) -> str:
    """Return the message in the language of this request."""
    return _texts().gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the message for a number of things."""
    return _texts().ngettext(singular, plural, number)


def _(message: str, **values: object) -> str:
    """Translate a message of the code and fill in its `%(name)s` places."""
    translated = gettext(message)
    return translated % values if values else translated


def label(text: str | None) -> str:
    """Translate what a process owner wrote: a name or text of a diagram, form or table.

    A text that no catalogue knows, because its owner changed it, stays as he wrote it.
    """
    return catalogue(current(), PROCESSES).gettext(text) if text else ""


@lru_cache(maxsize=3 * len(LANGUAGES))
def catalogue(code: str, domain: str = PAGES) -> NullTranslations:
    """Return the texts of a language; none where there are none."""
    path = CATALOGUES / code / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return NullTranslations()
    # read as it is written: there is no compiled file that could be older than its source
    with path.open("rb") as source, BytesIO() as compiled:
        write_mo(compiled, read_po(source, locale=code))
        compiled.seek(0)
        return Translations(compiled)


@lru_cache(maxsize=len(LANGUAGES))
def locale(code: str) -> Locale:
    """Return how a language writes days and numbers."""
    # English as the institutions write it: the day before the month
    return Locale.parse("en_GB" if code == "en" else code)


def instant(value: datetime | str | None, *, seconds: bool = False) -> Markup:
    """Write an instant in the institution's zone, exact in its `time` element."""
    if value is None:
        return Markup("")
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = at.astimezone(ZONE)
    form = "d MMM y, HH:mm:ss" if seconds else "d MMM y, HH:mm"
    text = format_datetime(local, form, locale=locale(current()))
    exact = at.astimezone(UTC).isoformat()
    return Markup('<time datetime="{}" title="{}">{}</time>').format(  # escaped by format
        exact, local.isoformat(timespec="seconds"), text
    )


def day(value: date | datetime | str | None) -> str:
    """Write a day."""
    if value is None:
        return ""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = at.astimezone(ZONE) if isinstance(at, datetime) and at.tzinfo else at
    return format_date(local, "d MMM y", locale=locale(current()))


def weekday(value: date) -> str:
    """Write a day with its weekday: Tue 27 Jan 2026."""
    return _weekday(value, current())


@lru_cache(maxsize=1000)
def _weekday(value: date, code: str) -> str:
    # lists say the same few days on every line
    return format_date(value, "EEE d MMM y", locale=locale(code))


def time_of_day(value: datetime) -> str:
    """Write hours and minutes."""
    return format_time(value.astimezone(ZONE), "HH:mm", locale=locale(current()))


def ago(value: datetime) -> str:
    """Write how far an instant is from now: 2 hours ago, in 3 days, just now."""
    far = value - clock.now()
    if -_MOMENT < far <= timedelta(0):
        return _("just now")
    return format_timedelta(far, add_direction=True, locale=locale(current()))


def due(value: datetime | None) -> Markup:
    """Write a deadline with how far it is; a missed or near one stands out, in words as well."""
    if value is None:
        return Markup('<span class="quiet">{}</span>').format(_("no deadline"))
    left = value - clock.now()
    style = "late" if left < timedelta(0) else "soon" if left < _SOON else "quiet"
    far = _("overdue, %(ago)s", ago=ago(value)) if left < timedelta(0) else ago(value)
    return Markup('{} <span class="small {}">({})</span>').format(deadline(value), style, far)


def deadline(value: datetime) -> Markup:
    """Write when a deadline passes; one that passes at midnight ends with the day before."""
    local = value.astimezone(ZONE)
    if local.time() != time():
        return instant(value)
    text = _("end of %(day)s", day=day(local - timedelta(days=1)))
    exact = value.astimezone(UTC).isoformat()
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        exact, local.isoformat(timespec="seconds"), text
    )


def words(name: str) -> str:
    """Return a technical name as words: `hr_officer` is "HR officer" where it is known."""
    return known_role(name) or label(in_words(name))


def in_words(name: str) -> str:
    """Return a technical name as English words, those of people as they are."""
    plain = name.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def known_role(name: str) -> str | None:
    """Return the name of a role; None for anything else."""
    known = {
        "hr_officer": _("HR officer"),
        "line_manager": _("Line manager"),
        "panel_member": _("Panel member"),
        "contracting_authority": _("Contracting authority"),
        "medical_service": _("Medical service"),
        "process_owner": _("Process owner"),
        "auditor": _("Auditor"),
        "operator": _("Operator"),
    }
    return known.get(name)
