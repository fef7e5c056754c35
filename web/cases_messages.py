"""What arrives from outside and is written down by hand: messages and documents of a case."""

from collections.abc import Mapping
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.cases import visible_case
from api.frame import accepts_upload
from api.house import acting
from engine.access import authorize
from engine.errors import Invalid
from engine.kernel import View
from engine.store import queue
from recruitment import intake, messages
from web import labels
from web.language import _, label
from web.pages import Pages, done

#: Periods of employment are numbered from 1 (D7).
LARGEST_NUMBER = 99


def add_to(pages: Pages) -> None:
    """Add these views to the pages of cases."""
    pages.add_url_rule("/cases/<uuid:case_id>/messages/<name>", view_func=write_down)
    pages.add_url_rule("/cases/<uuid:case_id>/documents", view_func=file_document, methods=["POST"])


def awaited(act_messages: tuple[str, ...]) -> Mapping[str, str]:
    """Return the messages among these that have a form, each with its title."""
    return {name: label(title) for name, title in messages.titles().items() if name in act_messages}


def wanted(view: View) -> list[str]:
    """Return the kinds of documents that the case still waits for."""
    found: set[str] = set()
    for scope in view.scopes:
        checklist = scope.variables.get("checklist")
        if isinstance(checklist, Mapping):
            rows = [*checklist.get("missing", ()), *checklist.get("refused", ())]
            found |= {str(one["kind"]) for one in rows if isinstance(one, Mapping)}
    return sorted(found)


def write_down(case_id: UUID, name: str) -> ResponseReturnValue:
    """Show the form of a message that arrived; its script sends it."""
    with acting() as act:
        case = visible_case(act, case_id)
        authorize(act.actor, "case:message", act.shell.policy)
        waits = any(row["message"] == name for row in queue.subscriptions(act.uow, case_id))
        form = labels.form(messages.schema(name))
    data = {"schema": form, "address": f"/api/v1/cases/{case_id}/messages/{name}"}
    return render(
        "cases_message.html", case=case, title=form["title"], waits=waits, data=data, name=name
    )


@accepts_upload
def file_document(case_id: UUID) -> ResponseReturnValue:
    """Keep a document that the candidate sent and tell the case that waits for it."""
    kind, number = request.form.get("kind", "").strip(), request.form.get("number", "").strip()
    paper = request.files.get("paper")
    if not kind:
        raise Invalid(_("Say what kind of document it is"), where="kind")
    if number and not (number.isdigit() and 1 <= int(number) <= LARGEST_NUMBER):
        raise Invalid(_("The number counts from 1"), where="number")
    if paper is None or not paper.filename:
        raise Invalid(_("Choose the file"), where="paper")
    content = paper.read()
    with acting() as act:
        case = visible_case(act, case_id)
        intake.store_document(
            act,
            case.key or "",
            kind=kind,
            name=paper.filename[:200],
            content=content,
            number=int(number) if number else None,
        )
    return done(f"/cases/{case_id}?tab=papers", "document-filed")
