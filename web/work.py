"""My work: what waits for me, what is late, and why it is mine."""

from collections.abc import Mapping, Sequence

from flask import g
from flask import render_template as render
from flask.typing import ResponseReturnValue

from api.house import acting
from api.paging import place
from engine import clock, worklist
from engine.cases import Act
from engine.worklist import TaskFilter
from web import filters, lists, work_ahead, work_several
from web.pages import Pages
from web.work_rows import Span, rows, spans

pages = Pages("work", __name__)
work_several.add_to(pages)
work_ahead.add_to(pages)
#: In an inbox of so many tasks, those of a kept filter are not counted.
LARGE = 500
#: The span of what is set aside until a later day.
ASIDE = "aside"


@pages.get("/work")
def mine() -> ResponseReturnValue:
    """List my tasks, due first, under overdue, today, the next seven days and later."""
    given = lists.given("span", "element", "process", "key", "whose")
    divided = spans(clock.now())
    with acting() as act:
        narrowed = _narrowed(act, given, divided)
        asked = lists.asked(["due_at"])
        found = worklist.mine(
            act.uow, act.actor, narrowed, after=place(asked), limit=lists.SIZE + 1
        )
        shown = lists.shown(
            found, asked, key=lambda one: one.sort_due_at, row_id=lambda one: str(one.id)
        )
        return render(
            "work.html",
            rows=rows(act, shown.items, divided),
            shown=shown,
            given=given,
            spans=divided,
            counts=_counts(act, divided),
            soon=work_ahead.soon(act),
        )


def _counts(act: Act, divided: Sequence[Span]) -> dict[str, int]:
    """Count the tasks of each span, and those that are set aside."""
    edges = [(one.start, one.end) for one in divided]
    counts = worklist.counts(act.uow, act.actor, edges, set_aside=False)
    (aside,) = worklist.counts(act.uow, act.actor, [(None, None)], set_aside=True)
    return {**dict(zip([one.name for one in divided], counts, strict=True)), ASIDE: aside}


def _narrowed(act: Act, given: Mapping[str, str], divided: Sequence[Span]) -> TaskFilter:
    span = next((one for one in divided if one.name == given.get("span")), None)
    return TaskFilter(
        element=given.get("element"),
        process=given.get("process"),
        case_key=given.get("key"),
        assignee=act.actor.name if given.get("whose") == "me" else None,
        due_from=span.start if span else None,
        due_before=span.end if span else None,
        set_aside=given.get("span") == ASIDE,
    )


@filters.counted("/work")
def count(act: Act, given: Mapping[str, str]) -> int | None:
    """Count what the inbox shows with these filters; None in an inbox too large to look through."""
    if "inbox" not in g:
        (g.inbox,) = worklist.counts(act.uow, act.actor, [(None, None)])
    if g.inbox >= LARGE:
        return None
    narrowed = _narrowed(act, dict(given), spans(clock.now()))
    return len(worklist.mine(act.uow, act.actor, narrowed, limit=filters.COUNTED))
