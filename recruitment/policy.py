"""The parameters that the institution sets, as the decision table `policy` gives them."""

from collections.abc import Mapping
from typing import Any

from engine import definitions
from engine.decisions import decide
from engine.errors import NotFound
from engine.store import UnitOfWork

#: The process whose cases decide the policy first.
PROCESS = "recruitment_case"


def parameters(uow: UnitOfWork, definition: str | None = None) -> Mapping[str, Any]:
    """Return the policy of a version of the process, by default of the one in force.

    Empty where the process was never published.
    """
    try:
        digest = definition or definitions.latest(uow, PROCESS)["digest"]
    except NotFound:
        return {}
    models = definitions.find(uow, digest).models
    if not any("policy" in one.decisions for one in models):
        return {}
    found: Mapping[str, Any] = decide(models, "policy", {}, now=uow.now).output  # type: ignore[assignment]  # a context
    return found


def quorum(uow: UnitOfWork, definition: str | None = None) -> int | None:
    """Return how many members must have scored; None where the policy does not say."""
    found = parameters(uow, definition).get("panel_members")
    return int(found) if found is not None else None
