"""Languages of the pages, and how instants and numbers are written in them."""

from datetime import UTC, date, datetime, timedelta
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
COOKIE = "cursus_language"
CATALOGUES = Path(__file__).parent / "translations"
#: Everything is shown in the zone of the institution, wherever the reader sits.
ZONE = ZoneInfo("Europe/Brussels")
_SOON = timedelta(days=2)


def install(app: Flask) -> None:
    """Let templates translate and write instants."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    environment.filters.update(
        instant=instant, day=day, time_of_day=time_of_day, ago=ago, due=due, words=words
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


def gettext(message: str) -> str:
    """Return the message in the language of this request."""
    return _catalogue(current()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the message for a number of things."""
    return _catalogue(current()).ngettext(singular, plural, number)


def _(message: str, **values: object) -> str:
    """Translate a message of the code and fill in its `%(name)s` places."""
    translated = gettext(message)
    return translated % values if values else translated


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> NullTranslations:
    path = CATALOGUES / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    # read as it is written: there is no compiled file that could be older than its source
    with path.open("rb") as source, BytesIO() as compiled:
        write_mo(compiled, read_po(source, locale=code))
        compiled.seek(0)
        return Translations(compiled)


@lru_cache(maxsize=len(LANGUAGES))
def _locale(code: str) -> Locale:
    # English as the institutions write it: the day before the month
    return Locale.parse("en_GB" if code == "en" else code)


def instant(value: datetime | str | None, *, seconds: bool = False) -> Markup:
    """Write an instant in the institution's zone, exact in its `time` element."""
    if value is None:
        return Markup("")
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = at.astimezone(ZONE)
    form = "d MMM y, HH:mm:ss" if seconds else "d MMM y, HH:mm"
    text = format_datetime(local, form, locale=_locale(current()))
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
    return format_date(local, "d MMM y", locale=_locale(current()))


def weekday(value: date) -> str:
    """Write a day with its weekday: Tue 27 Jan 2026."""
    return _weekday(value, current())


@lru_cache(maxsize=1000)
def _weekday(value: date, code: str) -> str:
    # lists say the same few days on every line
    return format_date(value, "EEE d MMM y", locale=_locale(code))


def time_of_day(value: datetime) -> str:
    """Write hours and minutes."""
    return format_time(value.astimezone(ZONE), "HH:mm", locale=_locale(current()))


def ago(value: datetime) -> str:
    """Write how far an instant is from now: 2 hours ago, in 3 days."""
    return format_timedelta(value - clock.now(), add_direction=True, locale=_locale(current()))


def due(value: datetime | None) -> Markup:
    """Write a deadline with how far it is; a missed or near one stands out, in words as well."""
    if value is None:
        return Markup('<span class="quiet">{}</span>').format(_("no deadline"))
    left = value - clock.now()
    style = "late" if left < timedelta(0) else "soon" if left < _SOON else "quiet"
    far = _("overdue, %(ago)s", ago=ago(value)) if left < timedelta(0) else ago(value)
    return Markup('{} <span class="small {}">({})</span>').format(instant(value), style, far)


def words(name: str) -> str:
    """Return a technical name as words: `hr_officer` is "HR officer" where it is known."""
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
    plain = name.replace("_", " ")
    return known.get(name, plain[:1].upper() + plain[1:])
