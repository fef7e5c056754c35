"""Administration: whether the house is well, and where to mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import clock, health, timelimits
from engine.errors import Invalid
from engine.health import Glance
from engine.timelimits import SITES
from recruitment.mailbox import settings as mailbox_settings
from recruitment.outbox import settings as outbox_settings
from recruitment.store import mails, outbox
from recruitment.store.outbox import Counts
from web.language import ZONE, _, ago, ngettext
from web.pages import Pages

pages = Pages("administration", __name__)

#: Letters that came back within this time are told of.
LATELY = timedelta(days=7)
#: A mailbox is read every minute; after this silence something is wrong.
UNREAD_AFTER = timedelta(minutes=10)
#: A timer that is late by less than this is being fired right now.
TOLERATED = timedelta(seconds=60)
#: A checkpoint is signed every day; an hour of grace.
CHECKPOINT_STALE = timedelta(hours=25)
GOOD, LOOK, ACT = "good", "soon", "late"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that is well or not, said in words."""

    title: str
    #: GOOD, LOOK or ACT: the style of its tag
    state: str
    text: str
    address: str | None = None

    @property
    def word(self) -> str:
        """The state in one word, for whoever does not see colours."""
        return {GOOD: _("well"), LOOK: _("have a look"), ACT: _("act now")}[self.state]


@pages.get("/administration")
def overview() -> ResponseReturnValue:
    """Show at a glance whether everything works."""
    with acting() as act:
        glance = health.glance(act)
        letters = outbox.counts(act.uow, within=LATELY)
        boxes = [dict(one) for one in mails.mailboxes(act.uow)]
    checks = [
        _workers(glance), _timers(glance), _operations(glance), _incidents(glance),
        _letters(letters), _mail_in(boxes), _checkpoint(glance), *_calendars(),
    ]  # fmt: skip
    return render("administration.html", glance=glance, checks=checks)


def _workers(glance: Glance) -> Check:
    there = sum(not one.is_missing for one in glance.workers)
    missing = len(glance.workers) - there
    title, address = _("Workers"), "#workers"
    if not there:
        text = _("No worker is running: no deadline fires and no operation runs. Start one.")
        return Check(title=title, state=ACT, text=text, address=address)
    if missing:
        text = ngettext(
            "%(there)s at work, %(missing)s not seen for a minute.",
            "%(there)s at work, %(missing)s not seen for a minute.",
            missing,
        )
        text = text % {"there": there, "missing": missing}
        return Check(title=title, state=LOOK, text=text, address=address)
    text = ngettext("%(there)s worker is at work.", "%(there)s workers are at work.", there)
    return Check(title=title, state=GOOD, text=text % {"there": there}, address=address)


def _timers(glance: Glance) -> Check:
    title, address = _("Timers"), "/administration/timers?span=due"
    if glance.oldest_due_at is None:
        if glance.next_due_at is None:
            text = _("None runs.")
        else:
            text = _("None is due. The next one fires %(when)s.", when=ago(glance.next_due_at))
        return Check(title=title, state=GOOD, text=text, address="/administration/timers")
    text = ngettext(
        "%(n)s is due; the oldest since %(when)s.",
        "%(n)s are due; the oldest since %(when)s.",
        glance.timers_due,
    ) % {"n": glance.timers_due, "when": ago(glance.oldest_due_at)}
    state = GOOD if glance.drift < TOLERATED else ACT
    return Check(title=title, state=state, text=text, address=address)


def _operations(glance: Glance) -> Check:
    title, address = _("Operations"), "/administration/effects"
    if not glance.effects:
        return Check(title=title, state=GOOD, text=_("None waits."), address=address)
    text = ngettext("%(n)s waits", "%(n)s wait", glance.effects) % {"n": glance.effects}
    if glance.effects_failing:
        text = _(
            "%(waiting)s, %(failing)s of them after a failure.",
            waiting=text,
            failing=glance.effects_failing,
        )
        return Check(title=title, state=LOOK, text=text, address=f"{address}?state=failing")
    return Check(title=title, state=GOOD, text=f"{text}.", address=address)


def _incidents(glance: Glance) -> Check:
    title, address = _("Incidents"), "/administration/incidents"
    if not glance.incidents and not glance.timers_held:
        return Check(title=title, state=GOOD, text=_("No case is stopped."), address=address)
    text = ngettext(
        "%(n)s incident is open: its case is stopped until somebody mends it.",
        "%(n)s incidents are open: their cases are stopped until somebody mends them.",
        glance.incidents,
    )
    return Check(title=title, state=ACT, text=text % {"n": glance.incidents}, address=address)


def _letters(counts: Counts) -> Check:
    title = _("Letters")
    try:
        server = outbox_settings.read()
    except Invalid as error:
        return Check(title=title, state=ACT, text=_("No letter leaves: %(why)s", why=str(error)))
    if counts.refused:
        text = ngettext(
            "%(n)s letter was refused for good: look into its case, then try again on the server.",
            "%(n)s letters were refused for good: look into their cases, then try again.",
            counts.refused,
        )
        return Check(title=title, state=ACT, text=text % {"n": counts.refused})
    if server is None:
        text = ngettext(
            "No mail server is configured: %(n)s letter stays in the outbox.",
            "No mail server is configured: %(n)s letters stay in the outbox.",
            counts.waiting,
        )
        return Check(title=title, state=LOOK, text=text % {"n": counts.waiting})
    return _on_their_way(counts)


def _on_their_way(counts: Counts) -> Check:
    state = LOOK if counts.failing or counts.bounced else GOOD
    text = _(
        "%(waiting)s wait, %(failing)s of them after a failure; %(bounced)s came back in 7 days.",
        waiting=counts.waiting,
        failing=counts.failing,
        bounced=counts.bounced,
    )
    return Check(title=_("Letters"), state=state, text=text)


def _mail_in(boxes: Sequence[Mapping[str, Any]]) -> Check:
    title = _("Mail that comes in")
    faults = [one for one in boxes if one["fault"]]
    if faults:
        text = _("%(box)s cannot be read: %(why)s", box=faults[0]["name"], why=faults[0]["fault"])
        return Check(title=title, state=ACT, text=text)
    try:
        is_configured = mailbox_settings.read().is_configured
    except Invalid as error:
        return Check(title=title, state=ACT, text=str(error))
    if not is_configured:
        text = _("No mailbox is configured: officers hand mails in as files.")
        return Check(title=title, state=LOOK, text=text)
    last = max((one["read_at"] for one in boxes), default=None)
    if last is None or clock.now() - last > UNREAD_AFTER:
        text = _("The mailbox is not being read: look whether a worker runs.")
        return Check(title=title, state=ACT, text=text)
    return Check(title=title, state=GOOD, text=_("Read %(when)s.", when=ago(last)))


def _checkpoint(glance: Glance) -> Check:
    title = _("Seal of the history")
    at = glance.last_checkpoint_at
    if at is None:
        text = _("No checkpoint is signed yet; a worker signs the first one when it is idle.")
        return Check(title=title, state=LOOK, text=text, address="/history/verify")
    state = GOOD if clock.now() - at < CHECKPOINT_STALE else ACT
    return Check(
        title=title,
        state=state,
        text=_("Signed %(when)s.", when=ago(at)),
        address="/history/verify",
    )


def _calendars() -> list[Check]:
    today = clock.now().astimezone(ZONE).date()
    return [_calendar(site, today.year, today.year + 1) for site in SITES]


def _calendar(site: timelimits.Site, first: int, last: int) -> Check:
    calendar = timelimits.calendar_of(site)
    adopted = last_adopted(calendar)
    title, address = _("Holidays in %(place)s", place=calendar.place), "/administration/calendars"
    if not calendar.warning(first, last):
        text = _("Adopted up to the end of %(year)s.", year=adopted)
        return Check(title=title, state=GOOD, text=text, address=f"{address}?year={last}")
    text = _("Adopted only up to the end of %(year)s; later days are a projection.", year=adopted)
    return Check(title=title, state=LOOK, text=text, address=f"{address}?year={last}")


def last_adopted(calendar: timelimits.Calendar) -> int:
    """Return the last year whose holidays are decided."""
    return max(number for number, year in calendar.years.items() if not calendar.warning(
        number, number) and year.days)  # fmt: skip


# the other pages of administration add themselves to the blueprint above
from web import (  # noqa: E402  # after the blueprint they need
    administration_calendars,
    administration_deputies,
    administration_parameters,
    administration_people,
    administration_queues,
    administration_roles,
)

__all__ = [
    "administration_calendars",
    "administration_deputies",
    "administration_parameters",
    "administration_people",
    "administration_queues",
    "administration_roles",
    "last_adopted",
    "pages",
]
