"""Who may look at which paper of an application, and its text page by page."""

import io
from collections.abc import Mapping

import pypdf
from pypdf.errors import PyPdfError

from engine import worklist
from engine.access import Actor, authorize, authorize_task
from engine.cases import Act
from engine.errors import Invalid, NotAllowed, NotFound, NotYourTask
from engine.history import EventKind
from engine.store import cases as engine_cases
from engine.store import events
from engine.store.unit_of_work import Row
from recruitment import unblinding
from recruitment.store import records
from recruitment.store.screening import DESK

#: Least privilege: the kinds of papers that whoever has a task open sees with it, and no others.
PAPERS_OF_STEP: Mapping[str, frozenset[str]] = {
    element: frozenset({"application"})
    for element in (
        "shortlist_candidate",
        "review_shortlist",
        "settle_shortlist",
        "score_candidate",
        "record_consensus",
    )
}


def open_paper(act: Act, document: str, what: str, *, masked: bool = False) -> Row:
    """Return a document with its content and record the reading as `what`.

    Whoever sees it for a blind step sees it `masked`, unless the blind view is lifted. It takes
    the right to read documents, or an open task of one's own whose step shows papers of this kind.
    Raises NotFound for both reasons, so that ids cannot be probed.
    """
    row = records.get_document(act.uow, document)
    who = _reader(act, row["application"], row["kind"], masked=masked) if row is not None else None
    if row is None or who is None:
        raise NotFound("There is no such document", where=document)
    events.append(
        act.uow,
        f"read:{row['application'] or row['case_id']}",
        kind=EventKind.RECORD_READ,
        actor=who,
        payload={"what": what, "document": document},
    )
    return row


def may_open(act: Act, application: str, kind: str) -> bool:
    """Say whether the actor may look at the papers of this kind of an application."""
    return _reader(act, application, kind) is not None


def _reader(act: Act, application: str, kind: str, *, masked: bool = False) -> Actor | None:
    try:
        return authorize(act.actor, "document:read", act.shell.policy)
    except NotAllowed:
        return _by_task(act, application, kind, masked=masked)


def _by_task(act: Act, application: str, kind: str, *, masked: bool) -> Actor | None:
    case = engine_cases.by_key(act.uow, "recruitment_case", application)
    if case is None:
        return None
    for task in worklist.of_case(act.uow, case.id):
        if kind not in PAPERS_OF_STEP.get(task.element, frozenset()):
            continue
        if task.element in DESK and not masked and not unblinding.is_lifted(act, application):
            continue
        try:
            return authorize_task(act.actor, task)
        except NotYourTask:
            continue
    return None


def page_count(content: bytes) -> int:
    """Return how many pages a paper has; 0 where it cannot be read page by page."""
    try:
        return len(pypdf.PdfReader(io.BytesIO(content), strict=False).pages)
    except (PyPdfError, ValueError, KeyError, IndexError, RecursionError, TypeError):
        return 0


def text_of(content: bytes, page: int) -> str:
    """Return the text of a page, from 1; empty for a scan. Raises Invalid."""
    try:
        return pypdf.PdfReader(io.BytesIO(content), strict=False).pages[page - 1].extract_text()
    except (PyPdfError, ValueError, KeyError, IndexError, RecursionError, TypeError) as error:
        raise Invalid(
            "This page cannot be read", where=f"page {page}", remedy="download the file instead"
        ) from error
