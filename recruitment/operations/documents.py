"""Operations on the EPSO database, on documents and on personal files."""

from collections.abc import Mapping
from datetime import date

from engine.errors import OperationFailed
from engine.operations import Context
from recruitment.inspection import inspect_pdf
from recruitment.operations.ground import Values, uow_of
from recruitment.store import records


def look_up_cast(context: Context, given: Values) -> Values:
    """Look a person up in the extract of the EPSO database; unknown people are not registered."""
    row = records.cast_of(uow_of(context), str(given["candidate"]), str(given["profile"]))
    if row is None:
        return {"registered": False, "passed": False}
    found = dict(row)
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in found.items()
        if key not in ("candidate", "profile", "imported_at")
    }


def inspect_document(context: Context, given: Values) -> Values:
    """Say what a stored file is, with its digest, pages, verdict and defects."""
    wanted = given["document"]
    key = str(wanted["id"]) if isinstance(wanted, Mapping) else str(wanted)
    row = records.get_document(uow_of(context), key)
    if row is None:
        raise OperationFailed(f"There is no document {key}", where=context.element)
    found = inspect_pdf(bytes(row["content"]))
    return {
        "sha256": found.sha256,
        "pages": found.pages,
        "verdict": found.verdict,
        "defects": list(found.defects),
    }


def open_personal_file(context: Context, given: Values) -> Values:
    """Open the one personal file and number its documents (Staff Regulations Art. 26)."""
    key = str(given["application"])
    serial = records.open_personal_file(uow_of(context), key)
    records.number_documents(uow_of(context), key)
    return {"serial": f"PF-{serial:06d}"}


def erase_personal_data(context: Context, given: Values) -> Values:
    """Destroy documents and letters of an application under a rule; the history keeps its chain."""
    return {"erased": records.erase_person(uow_of(context), str(given["application"]))}
