"""When a timer fires: computed once at entry from the diagram, kept as an instant."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.errors import ExecutionFailed
from engine.kernel.durations import (
    MOST_YEARS,
    parse_cycle,
    parse_duration,
    parse_instant,
)
from engine.kernel.expressions import evaluate
from engine.kernel.graph import Event
from engine.kernel.scopes import visible
from engine.kernel.workflow import Token


@dataclass(frozen=True, kw_only=True)
class Beat:
    """One repetition of a cycle: its text, where it was anchored and its number from 1."""

    text: str
    anchor: datetime
    number: int


def arm(token: Token, event: Event) -> None:
    """Compute the due instant of a timer that a token has just reached.

    Raises ExecutionFailed naming the element when the text gives no usable instant.
    """
    run = token.run_state
    value = evaluate(event.text, visible(token), now=run.now, where=token.element)
    try:
        _set(token, event, str(value), run.now)
    except (ValueError, OverflowError) as problem:
        raise ExecutionFailed(
            f"the timer {event.text} cannot be used: {problem}",
            where=token.element,
            remedy="give an ISO 8601 text with a time zone, from 1 second to 100 years",
        ) from problem


def _set(token: Token, event: Event, text: str, now: datetime) -> None:
    if event.timer == "cycle":
        cycle = parse_cycle(text)
        beat = Beat(text=text, anchor=cycle.start or now, number=0 if cycle.start else 1)
        _set_beat(token, beat)
        return
    due = parse_instant(text) if event.timer == "date" else parse_duration(text).after(now)
    if due > now + timedelta(days=366 * MOST_YEARS):
        raise ValueError(f"{text!r} is more than {MOST_YEARS} years away")
    token.internal_data["due"] = due.astimezone(UTC).isoformat()


def _set_beat(token: Token, beat: Beat) -> None:
    due = parse_cycle(beat.text).every.after(beat.anchor, times=beat.number)
    token.internal_data["due"] = due.isoformat()
    token.internal_data["cycle"] = [beat.text, beat.anchor.isoformat(), beat.number]


def next_beat(token: Token) -> dict[str, object] | None:
    """Return the facts of the following repetition; None after the last.

    Repetitions are counted on the calendar from the anchor, so months do not drift (trap C6) and
    those missed during an outage come due one after the other.
    """
    facts = token.internal_data.get("cycle")
    if facts is None:
        return None
    text, anchor, number = facts
    cycle = parse_cycle(text)
    fired = number if cycle.start is None else number + 1
    if cycle.count is not None and fired >= cycle.count:
        return None
    due = cycle.every.after(datetime.fromisoformat(anchor), times=number + 1)
    return {"due": due.isoformat(), "cycle": [text, anchor, number + 1]}


def due_at(token: Token) -> datetime | None:
    """Return when a waiting token fires by itself."""
    text = token.internal_data.get("due")
    return datetime.fromisoformat(text) if text else None
