"""What is typed at the screening desk, and the submission that it makes."""

from collections.abc import Mapping, Sequence
from typing import Any

from web.language import _

Criteria = Sequence[Mapping[str, Any]]
#: The fields of a criterion that hold a whole number.
_NUMBERS = ("points", "page")
_TEXTS = ("finding", "code", "evidence")


def answers(element: str, form: Mapping[str, str], criteria: Criteria) -> dict[str, Any]:
    """Return the submission that a form makes; what says nothing is left out."""
    found = {name: form[name].strip() for name in ("decision", "reason") if form.get(name)}
    found = {name: value for name, value in found.items() if value}
    if element == "review_shortlist" and found.get("decision") != "disagree":
        # the reason of an agreement is not asked for, and what is hidden is not sent
        found.pop("reason", None)
    if element != "shortlist_candidate":
        return found
    merits = [_merit(form, place, one) for place, one in enumerate(criteria)]
    return {**found, "merits": merits}


def _merit(form: Mapping[str, str], place: int, criterion: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"criterion": criterion["criterion"]}
    for name in (*_TEXTS, *_NUMBERS):
        value = form.get(f"{name}-{place}", "").strip()
        if value:
            found[name] = int(value) if name in _NUMBERS and value.isdecimal() else value
    return found


def given_of(content: Mapping[str, Any], criteria: Criteria) -> dict[str, str]:
    """Return a draft as the fields of the form; the row of a criterion is found by its words."""
    found = {name: str(content.get(name) or "") for name in ("decision", "reason")}
    merits = content.get("merits")
    known = {
        one.get("criterion"): one
        for one in (merits if isinstance(merits, list) else [])
        if isinstance(one, Mapping)
    }
    for place, criterion in enumerate(criteria):
        row = known.get(criterion["criterion"], {})
        for name in (*_TEXTS, *_NUMBERS):
            value = row.get(name)
            found[f"{name}-{place}"] = "" if value is None else str(value)
    return found


def missing(element: str, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the criteria without a finding, which only older forms leave out."""
    if element != "shortlist_candidate":
        return {}
    return {
        f"merits.{place}.finding": [_("Say whether it is met, not met, or to be asked.")]
        for place, one in enumerate(given.get("merits", ()))
        if not one.get("finding")
    }
