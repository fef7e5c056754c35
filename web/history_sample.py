"""Draw closed cases by lot, so that everybody can draw the same ones again."""

from datetime import datetime

from flask import redirect, request
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import clock
from engine.access import authorize
from engine.errors import Invalid
from engine.store import audit
from web import lists
from web.history import pages
from web.language import ZONE, _

MOST, USUAL = 200, 25


@pages.get("/history/sample")
def sample() -> ResponseReturnValue:
    """Show the sample that the address describes; without a seed, the form alone."""
    given = lists.given("size", "seed", "before", "process")
    with acting() as act:
        authorize(act.actor, "history:search", act.shell.policy)
        processes = audit.processes(act.uow)
        if not given.get("seed"):
            return render("history_sample.html", given=given, processes=processes, cases=None)
        if not given.get("before"):
            # the address must name the instant, or tomorrow's sample would be another
            return redirect(lists.address(before=clock.now().isoformat(timespec="seconds")), 303)
        size, before = _size(given.get("size")), _instant(given["before"])
        total, cases = audit.sample(
            act.uow,
            ended_before=before,
            process=given.get("process"),
            seed=given["seed"],
            size=size,
        )
        return render(
            "history_sample.html",
            given={**given, "size": str(size)},
            processes=processes,
            cases=cases,
            total=total,
            before=before,
            address=request.url,
        )


def _size(text: str | None) -> int:
    if text is None:
        return USUAL
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= MOST:
        raise Invalid(_("A sample has 1 to %(most)s cases", most=MOST), where="size")
    return int(text)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise Invalid(_("This is no instant"), where="before") from error
    return at if at.tzinfo else at.replace(tzinfo=ZONE)
