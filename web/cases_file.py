"""The parts of a case file, each under an address of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import request

from api.cases import sees_variables
from engine import definitions
from engine.cases import Act, comments
from engine.kernel import Definition, View
from recruitment.store import records
from web import (
    cases_contract,
    cases_corrections,
    cases_diagram,
    cases_messages,
    cases_moment,
    cases_names,
    cases_overview,
    cases_timeline,
    cases_values,
    labels,
    lists,
)
from web.cases_head import Head, whose
from web.language import SOURCE, ZONE, _, current, label
from web.navigation import may

Part = Callable[[Act, Head], dict[str, Any]]


def tabs() -> dict[str, str]:
    """Return the parts in order, each with its title."""
    return {
        "overview": _("Overview"),
        "diagram": _("Diagram"),
        "timeline": _("Time line"),
        "papers": _("Documents and letters"),
        "comments": _("Comments"),
        "data": _("Data"),
        "as-of": _("As of"),
    }


def content(name: str, act: Act, head: Head) -> dict[str, Any]:
    """Return what the template of a part shows."""
    return _PARTS[name](act, head)


def _overview(act: Act, head: Head) -> dict[str, Any]:
    found = cases_overview.actions(act, head)
    return {
        "whose": whose,
        "awaited": cases_messages.awaited(head.messages),
        "deadlines": cases_overview.deadlines(head),
        "contract": cases_contract.clock_of(act, head),
        "length": cases_contract.length,
        "actions": [one for one in found if one.why_not is None],
        "not_now": [one for one in found if one.why_not is not None],
    }


def _diagram(act: Act, head: Head) -> dict[str, Any]:
    drawing = cases_diagram.drawing(head, request.args.get("process"))
    words = _words(act, head.definition, drawing)
    return {"drawing": drawing, "island": {**drawing.marks, "words": words}}


def _words(act: Act, definition: Definition, drawing: cases_diagram.Drawing) -> dict[str, str]:
    """Return what the drawing says in another language than its file."""
    if current() == SOURCE:
        return {}
    file = definition.processes[drawing.level.process].file
    return labels.drawing(definitions.file(act.uow, definition.digest, file))


def _timeline(act: Act, head: Head) -> dict[str, Any]:
    given = lists.given("kind", "who", "before")
    return {"timeline": cases_timeline.timeline(act, head, given), "given": given}


def _papers(act: Act, head: Head) -> dict[str, Any]:
    reads = may("document:read")
    return {
        "documents": _documents(act, head) if reads else [],
        "reads_documents": reads,
        "files_documents": may("case:message") and "document_uploaded" in head.messages,
        "wanted": cases_messages.wanted(head.view),
        "letters": records.letters(act.uow, head.case.id) if sees_variables(act) else [],
        "reads_letters": sees_variables(act),
    }


def _documents(act: Act, head: Head) -> list[Any]:
    of_application = records.documents(act.uow, head.case.key) if head.case.key else []
    return [*of_application, *records.documents_of_case(act.uow, head.case.id)]


def _comments(act: Act, head: Head) -> dict[str, Any]:
    return {"comments": comments.of_case(act, head.case.id)}


def _data(act: Act, head: Head) -> dict[str, Any]:
    groups = cases_values.groups(act, head)
    why_not = cases_overview.why_not_correct(act, head)
    leaves = cases_corrections.leaves(head.view) if groups and not why_not else ()
    return {"groups": groups, "leaves": leaves, "why_not": why_not}


def _as_of(act: Act, head: Head) -> dict[str, Any]:
    asked = request.args.get("at", "").strip()
    at = cases_moment.asked_instant(asked) if asked else act.uow.now
    stops = cases_moment.stops(head)
    past = (
        cases_moment.past(act, head, at)
        if asked
        else cases_moment.present(act, head, stops[-1].seq)
    )
    drawing = cases_diagram.drawn(past.definition, past.view, request.args.get("process"), {})
    return {
        "past": past,
        "at_value": _for_field(at),
        "stops": stops,
        "standing_on": sum(1 for one in stops if one.at <= at),
        "drawing": drawing,
        "island": {
            **_island(head, past.definition, stops, drawing),
            "words": _words(act, past.definition, drawing),
            "keys": _keys(head.view) if sees_variables(act) else {},
        },
    }


def _island(
    head: Head,
    definition: Definition,
    stops: tuple[cases_moment.Stop, ...],
    drawing: cases_diagram.Drawing,
) -> Mapping[str, object]:
    elements = definition.elements
    return {
        "case": f"/api/v1/cases/{head.case.id}",
        "stops": [{"seq": one.seq, "at": one.at.isoformat(), "says": one.says} for one in stops],
        "names": {name: label(one.name) for name, one in elements.items() if one.name},
        "places": {name: one.process for name, one in elements.items()},
        **drawing.marks,
    }


def _keys(view: View) -> dict[str, str]:
    """Return the names of the case's values that read otherwise in the reader's language."""
    if current() == SOURCE:
        return {}
    found = {name for scope in view.scopes for name in cases_names.keys(scope.variables)}
    return {name: cases_names.readable(name) for name in sorted(found)}


def _for_field(at: datetime) -> str:
    """Write an instant for a date-time field, up to the next second: events of it are past."""
    local = at.astimezone(ZONE)
    whole = local.replace(microsecond=0, tzinfo=None)
    return (whole + timedelta(seconds=1 if local.microsecond else 0)).isoformat()


_PARTS: Mapping[str, Part] = {
    "overview": _overview,
    "diagram": _diagram,
    "timeline": _timeline,
    "papers": _papers,
    "comments": _comments,
    "data": _data,
    "as-of": _as_of,
}
