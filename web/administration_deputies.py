"""Deputies: who stands in for whom, now, later and before."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import MalformedCursor, PageRequest
from engine import people
from engine.access import authorize
from engine.cases import Act
from engine.errors import CursusError, Invalid
from engine.store import users
from engine.store.users import DeputyFilter
from web import lists
from web.administration import pages
from web.language import ZONE, _
from web.pages import done, local
from web.sentences import sentence

TIMES = ("now", "future", "past")


@pages.get("/administration/deputies")
def deputy_list() -> ResponseReturnValue:
    """List deputyships now, to come and past, perhaps of one person."""
    with acting() as act:
        authorize(act.actor, "user:list", act.shell.policy)
        return _page(act, {}, None)


def _page(act: Act, entered: Mapping[str, str], fault: str | None) -> str:
    given, today = lists.given("when", "person"), today_of(act.uow.now)
    when = given.get("when", "now")
    when = when if when in TIMES else "now"
    by = "-last_day" if when == "past" else "first_day"
    asked = lists.asked([by])
    narrowed = DeputyFilter(when=when, day=today, name=given.get("person"))
    found = users.search_deputies(act.uow, narrowed, after=_after(asked), limit=lists.SIZE + 1)
    shown = lists.shown(
        found, asked, key=lambda one: one[asked.field], row_id=lambda one: str(one["id"])
    )
    return render(
        "administration_deputies.html",
        shown=shown,
        when=when,
        given=given,
        everybody=users.every(act.uow),
        entered=entered,
        fault=fault,
        today=today,
    )


def _after(asked: PageRequest) -> tuple[date, UUID] | None:
    if asked.after is None:
        return None
    day = asked.after.key
    try:
        key = UUID(asked.after.id)
    except ValueError as error:
        raise MalformedCursor(where="after", remedy="begin with the first page") from error
    if isinstance(day, datetime) or not isinstance(day, date):
        raise MalformedCursor(where="after", remedy="begin with the first page")
    return day, key


def current_deputies(act: Act, name: str) -> list[Any]:
    """Return the deputyships of a person that are running or to come."""
    today = today_of(act.uow.now)
    return [
        one
        for when in ("now", "future")
        for one in users.search_deputies(act.uow, DeputyFilter(when=when, day=today, name=name))
    ]


@pages.post("/administration/deputies")
def appoint() -> ResponseReturnValue:
    """Appoint a deputy for an absent person."""
    with acting() as act:
        authorize(act.actor, "deputy:appoint", act.shell.policy)
        try:
            appoint_from_form(act, absent=request.form.get("absent", ""))
        except CursusError as error:
            return _page(act, request.form, sentence(error.detail)), 422
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
