"""Where a call stands: derived from its dates and its case, never written down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

Standing = Literal["draft", "open", "closed", "frozen", "withdrawn"]

#: End events of a call that never led to a list.
_WITHDRAWN = frozenset({"call_cancelled", "call_abandoned"})


def standing(
    call: Mapping[str, Any],
    *,
    ended_at: datetime | None,
    ended_element: str | None,
    now: datetime,
) -> Standing:
    """Say whether a call is a draft, open, closed, frozen or withdrawn at an instant.

    A message at the very instant of the deadline is in time, so the call is still open then.
    """
    if ended_at is not None:
        is_withdrawn = ended_element is None or ended_element in _WITHDRAWN
        return "withdrawn" if is_withdrawn else "closed"
    if call["frozen_at"] is not None:
        return "frozen"
    if call["published_at"] is None:
        return "draft"
    return "open" if now <= call["deadline"] else "closed"
