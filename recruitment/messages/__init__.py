"""Messages that a person writes down when they arrive: an answer to an offer, an absence, a notice.

Each has a form of its own in this folder; what a program sends goes through the API's messages.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from uuid import UUID

from engine import cases
from engine.cases import Act
from engine.errors import FormRejected, NotFound
from engine.kernel import Step
from forms import Form, FormError, compile_form


@lru_cache(maxsize=1)
def titles() -> Mapping[str, str]:
    """Return the title of each message that has a form."""
    found = {name: json.loads(content) for name, content in _files().items()}
    return {name: str(schema["title"]) for name, schema in sorted(found.items())}


def schema(name: str) -> dict[str, Any]:
    """Return the form-js schema of a message; raise NotFound."""
    if name not in _files():
        raise NotFound("There is no form for this message", where=name)
    found: dict[str, Any] = json.loads(_files()[name])
    return found


def record(act: Act, case_id: UUID, name: str, submission: Mapping[str, object]) -> Step:
    """Judge what was written down by the form and deliver it to the case.

    Raises NotFound, FormRejected with the errors by field, Conflict when the case does not wait
    for it, NotAllowed.
    """
    variables = judge(name, submission, now=act.uow.now)
    return cases.receive(act, case_id, name, variables)


def judge(name: str, submission: Mapping[str, object], *, now: datetime) -> dict[str, Any]:
    """Return what was written down as its form has it; raise NotFound, FormRejected."""
    return _validated(_form(name), submission, now=now)


def _validated(form: Form, submission: Mapping[str, object], *, now: datetime) -> dict[str, Any]:
    try:
        return form.load(submission, now=now)
    except FormError as error:
        fields = ", ".join(sorted(error.errors))
        raise FormRejected(
            f"The form has errors in: {fields}", where=form.id, errors=error.errors
        ) from error


def _form(name: str) -> Form:
    schema(name)
    return compile_form(_files()[name], name=f"{name}.form")


@lru_cache(maxsize=1)
def _files() -> Mapping[str, bytes]:
    return {
        entry.name.removesuffix(".form"): entry.read_bytes()
        for entry in resources.files(__name__).iterdir()
        if entry.name.endswith(".form")
    }
