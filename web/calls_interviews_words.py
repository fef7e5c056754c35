"""Slots, states and what the rules say, in the reader's words."""

from engine.timelimits import ZONE
from recruitment.planner import State
from recruitment.planning import Finding, Slot
from web.calls_frame import pages
from web.language import _, weekday
from web.language import day as day_words
from web.periods import period_words


def hours(slot: Slot) -> str:
    """Write the hours of a slot: from and to."""
    first, last = slot.starts_at.astimezone(ZONE), slot.ends_at.astimezone(ZONE)
    return f"{first:%H:%M}\N{EN DASH}{last:%H:%M}"


def slot_words(slot: Slot) -> str:
    """Write a slot: its day and its hours."""
    return f"{weekday(slot.day)}, {hours(slot)}"


def state_word(state: State) -> str:
    """Return the state of an interview in a word."""
    return {
        "sending": _("being sent"),
        "invited": _("invited"),
        "moved": _("moved"),
        "unrecorded": _("attendance not recorded"),
        "held": _("held"),
        "no_show": _("did not come"),
        "cancelled": _("called off"),
    }[state]


def state_style(state: State) -> str:
    """Return the class of the tag of a state."""
    return {
        "sending": "tag--info", "invited": "tag--info", "moved": "tag--info",
        "unrecorded": "tag--soon", "held": "tag--good", "no_show": "tag--late",
    }.get(state, "")  # fmt: skip


def finding_words(one: Finding) -> str:
    """Say what a rule says, with names and slot."""
    said = {
        "room": _("%(place)s is taken %(slot)s: %(other)s (%(call)s)."),
        "member": _("%(name)s sits with %(other)s %(slot)s in %(place)s (%(call)s)."),
        "candidate": _("%(name)s has another interview %(slot)s in %(place)s (%(call)s)."),
        "past": _("%(slot)s is over."),
        "notice": _("Too soon: policy asks for %(notice)s of notice; the first day is %(first)s."),
        "day": _("%(slot)s is no working day in %(site)s."),
        "hours": _("%(slot)s is outside office hours (%(opens)s to %(closes)s)."),
        "quorum": _("%(slot)s: %(present)s members can sit, %(quorum)s must. Absent: %(absent)s."),
        "chair": _("%(slot)s: no chair can sit. Absent: %(absent)s."),
        "declaration": _("%(names)s: the links to %(name)s are not declared."),
        "clock": _("The clock changes on %(day)s: %(slot)s is %(offset)s."),
    }[one.code]
    facts = {**one.facts, "slot": slot_words(one.slot), "day": weekday(one.slot.day)}
    facts["absent"] = facts.get("absent") or _("nobody")
    if "first" in facts:
        facts["first"] = day_words(facts["first"])
        facts["notice"] = period_words(facts["notice"])
    return said % facts


def local_time(slot: Slot) -> str:
    """Return the value of a field for time."""
    return slot.starts_at.astimezone(ZONE).strftime("%H:%M")


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "weekday": weekday,
        "slot_hours": hours,
        "slot_words": slot_words,
        "interview_state": state_word,
        "interview_style": state_style,
        "finding_words": finding_words,
        "local_time": local_time,
    }
