"""Deputies: who stands in for whom, now, later and before."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import people
from engine.access import authorize
from engine.cases import Act
from engine.errors import CursusError, Invalid
from engine.store import users
from web import lists
from web.administration import pages
from web.language import ZONE, _
from web.pages import done, local


@pages.get("/administration/deputies")
def deputy_list() -> ResponseReturnValue:
    """List deputyships now, to come and past, perhaps of one person."""
    with acting() as act:
        authorize(act.actor, "user:list", act.shell.policy)
        return _page(act, {}, None)


def _page(act: Act, entered: Mapping[str, str], fault: str | None) -> str:
    given = lists.given("when", "person")
    when = given.get("when", "now")
    when = when if when in ("now", "future", "past") else "now"
    return render(
        "administration_deputies.html",
        rows=users.deputies_by_time(
            act.uow, when, day=today_of(act.uow.now), name=given.get("person")
        ),
        when=when,
        given=given,
        everybody=users.every(act.uow),
        entered=entered,
        fault=fault,
        today=today_of(act.uow.now),
    )


@pages.post("/administration/deputies")
def appoint() -> ResponseReturnValue:
    """Appoint a deputy for an absent person."""
    with acting() as act:
        authorize(act.actor, "deputy:appoint", act.shell.policy)
        try:
            appoint_from_form(act, absent=request.form.get("absent", ""))
        except CursusError as error:
            return _page(act, request.form, error.detail), 422
    return done("/administration/deputies", "deputy-appointed")


@pages.post("/administration/deputies/<uuid:deputyship>/end")
def end(deputyship: UUID) -> ResponseReturnValue:
    """End a deputyship before its time; the absent person and the deputy may, too."""
    with acting() as act:
        people.dismiss_deputy(act, deputyship)
    return done(local(request.form.get("next"), "/administration/deputies"), "deputy-ended")


def appoint_from_form(act: Act, *, absent: str) -> None:
    """Appoint the deputy of the form for the days of the form; raise Invalid."""
    deputy = request.form.get("deputy", "")
    if not absent or not deputy:
        raise Invalid(_("Choose a person."), where="deputy")
    first_day = day_from(request.form.get("first_day", ""), _("The first day"))
    last_day = day_from(request.form.get("last_day", ""), _("The last day"))
    if last_day < today_of(act.uow.now):
        raise Invalid(_("These days are over."), where="last_day")
    people.appoint_deputy(act, absent=absent, deputy=deputy, first_day=first_day, last_day=last_day)


def day_from(text: str, name: str) -> date:
    """Read a day of a form; raise Invalid."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("%(name)s is missing or no date.", name=name), where=name) from error
    # beyond these an instant leaves the calendar
    if not 1900 <= found.year <= 2999:  # noqa: PLR2004  # years of a working life
        raise Invalid(_("%(name)s is missing or no date.", name=name), where=name)
    return found


def today_of(now: datetime) -> date:
    """Return the day of an instant in the institution's zone."""
    return now.astimezone(ZONE).date()
