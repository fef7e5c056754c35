"""The long list of a call: who was told of it and why, and who has applied since."""

from datetime import datetime

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import PageRequest
from engine.errors import Conflict, Invalid
from recruitment.register import long_list
from recruitment.store import register
from web import lists
from web.calls_frame import head_of, pages
from web.language import _
from web.pages import done
from web.register_query import of_json


@pages.get("/calls/<key>/long-list")
def long_list_of(key: str) -> ResponseReturnValue:
    """List the people on the long list of a call. The reading is recorded."""
    return _page(key, {})


@pages.post("/calls/<key>/long-list/remove")
def take_off(key: str) -> ResponseReturnValue:
    """Take a person off the list as long as they have not applied."""
    person = request.form.get("person", "")
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _page(key, {person: _("Say why: the history keeps it.")}), 422
    if len(reason) > long_list.MOST_REASON:
        fault = _("At most %(most)s characters.", most=long_list.MOST_REASON)
        return _page(key, {person: fault}), 422
    try:
        with acting() as act:
            head = head_of(act, key)
            long_list.remove(act, str(head.call["id"]), person, reason=reason)
    except Conflict:
        return _page(key, {person: _("This person has applied meanwhile: the entry stays.")}), 409
    return done(f"/calls/{head.call['id']}/long-list", "long-list-removed")


def _page(key: str, faults: dict[str, str]) -> str:
    given = lists.given("applied")
    asked = lists.asked(["-added_at"])
    applied = {"yes": True, "no": False}.get(given.get("applied", ""))
    with acting() as act:
        head = head_of(act, key)
        found = long_list.read(
            act,
            str(head.call["id"]),
            limit=lists.SIZE + 1,
            applied=applied,
            after=_after(asked),
        )
        shown = lists.shown(
            found, asked, key=lambda one: one["added_at"], row_id=lambda one: one["candidate"]
        )
        return render(
            "call_long_list.html",
            head=head,
            tab="long-list",
            shown=shown,
            given=given,
            faults=faults,
            typed=request.form,
            total=register.count_entries(act.uow, str(head.call["id"])),
            searched=_searched,
        )


def _after(asked: PageRequest) -> tuple[object, str] | None:
    if asked.after is None:
        return None
    if not isinstance(asked.after.key, datetime):
        raise Invalid(_("This is no place in this list"), where="after")
    return asked.after.key, asked.after.id


def _searched(search: dict[str, object] | None) -> list[str]:
    """Return the criteria of the search that found a person, in words."""
    return of_json(search or {})
