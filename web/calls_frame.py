"""What all pages of one call share: its head, its tabs, its state in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta

from engine import clock, definitions
from engine.access import authorize
from engine.cases import Act, Case
from engine.errors import NotFound
from engine.store import cases as case_rows
from recruitment.standing import Standing, standing
from recruitment.store import records
from web.language import _, current, label, locale
from web.navigation import may
from web.pages import Pages
from web.periods import period_words

pages = Pages("calls", __name__)

#: The process of one application.
PROCESS = "recruitment_case"
#: A deadline this near is told to the minute.
_NEAR = timedelta(days=2)
#: Of a unit there are at least so many, so that 18 months do not become 2 years; calls.js agrees.
_COUNTED = 2

Call = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Head:
    """A call as the top of its pages shows it."""

    call: Call
    case: Case
    standing: Standing
    #: how the case of the call ended, in the words of its diagram
    ending: str | None


def head_of(act: Act, key: str) -> Head:
    """Return a call by its id or reference; raise NotAllowed or NotFound."""
    authorize(act.actor, "call:read", act.shell.policy)
    row = records.get_call(act.uow, key)
    case = case_rows.get(act.uow, row["case_id"]) if row and row["case_id"] else None
    if row is None or case is None:
        raise NotFound(_("There is no such call"), where=key)
    call = {str(name): value for name, value in row.items()}
    found = standing(
        call, ended_at=case.ended_at, ended_element=case.ended_element, now=act.uow.now
    )
    return Head(call=call, case=case, standing=found, ending=_ending(act, case))


def _ending(act: Act, case: Case) -> str | None:
    if case.ended_at is None:
        return None
    element = definitions.find(act.uow, case.definition).elements.get(case.ended_element or "")
    return label(element.name if element else None) or case.outcome


def tabs(key: str) -> list[tuple[str, str, str]]:
    """Return name, title and address of the parts of a call, in the order of a selection."""
    root = f"/calls/{key}"
    found = (
        ("board", _("Board"), root, True),
        ("table", _("Table"), f"{root}/table", True),
        ("diagram", _("Diagram"), f"{root}/diagram", True),
        ("intake", _("Intake"), f"{root}/intake", may("mail:sort")),
        ("long-list", _("Long list"), f"{root}/long-list", may("candidate:search")),
        ("screening", _("Screening"), f"{root}/screening", True),
        ("interviews", _("Interviews"), f"{root}/interviews", True),
        ("deliberation", _("Deliberation"), f"{root}/deliberation", may("deliberation:read")),
        ("figures", _("Figures"), f"{root}/figures", True),
        ("about", _("About"), f"{root}/about", True),
    )
    return [(name, title, address) for name, title, address, is_open in found if is_open]


def standing_word(of: Standing) -> str:
    """Return the state of a call in a word."""
    return {
        "draft": _("draft"),
        "open": _("open"),
        "closed": _("closed"),
        "frozen": _("frozen"),
        "withdrawn": _("withdrawn"),
    }[of]


def standing_style(of: Standing) -> str:
    """Return the class of the tag of a state."""
    return {"draft": "tag--soon", "open": "tag--good", "frozen": "tag--info"}.get(of, "")


def closing(deadline: datetime) -> str:
    """Say how far the deadline is: closes in 18 minutes, closed 18 months ago."""
    far = deadline - clock.now()
    when = format_timedelta(far, threshold=_COUNTED, add_direction=True, locale=locale(current()))
    return (
        _("closes %(when)s", when=when) if far >= timedelta(0) else _("closed %(when)s", when=when)
    )


def is_near(deadline: datetime) -> bool:
    """Say whether the deadline is so near that it should stand out."""
    return timedelta(0) <= deadline - clock.now() <= _NEAR


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "standing_word": standing_word,
        "standing_style": standing_style,
        "closing": closing,
        "is_near": is_near,
        "call_tabs": tabs,
        "period_words": period_words,
    }
