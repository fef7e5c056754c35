"""Who read which personal file, and when; the auditor's own readings included."""

from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine.access import authorize
from engine.store import users
from web import lists
from web.history import listed, narrow, pages


@pages.get("/history/reads")
def reads() -> ResponseReturnValue:
    """List who read what, newest first."""
    given = lists.given("who", "case", "since", "until")
    with acting() as act:
        authorize(act.actor, "history:search", act.shell.policy)
        narrowed = narrow(act, given, reads_only=True)
        return render(
            "history_reads.html",
            shown=listed(act, narrowed),
            given=given,
            narrowed=narrowed,
            people=users.every(act.uow),
        ), 400 if narrowed.faults else 200
