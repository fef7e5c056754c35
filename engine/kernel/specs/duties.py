"""Who should do a task, by when: worked out once when it opens."""

from datetime import date

from engine.errors import ExecutionFailed
from engine.kernel.durations import end_of, parse_instant
from engine.kernel.expressions import evaluate
from engine.kernel.scopes import visible
from engine.kernel.workflow import Token

DATE_LENGTH = 10


def write_duty(token: Token) -> None:
    """Evaluate assignment, schedule and priority of a user task and keep them with its token."""
    duty = token.node.duty
    facts = {
        "assignee": _text(_value(token, duty.assignee)),
        "groups": _names(_value(token, duty.candidate_groups)),
        "users": _names(_value(token, duty.candidate_users)),
        "due": _instant(token, _value(token, duty.due_at)),
        "follow": _instant(token, _value(token, duty.follow_up_at)),
        "priority": _number(_value(token, duty.priority)),
    }
    token.internal_data["duty"] = {name: value for name, value in facts.items() if value}


def _value(token: Token, text: str | None) -> object:
    if text is None:
        return None
    return evaluate(text, visible(token), now=token.run_state.now, where=token.element)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value if item is not None]
    return [name.strip() for name in str(value or "").split(",") if name.strip()]


def _number(value: object) -> int | None:
    try:
        return None if value is None else int(str(value))
    except ValueError:
        return None


def _instant(token: Token, value: object) -> str | None:
    """Read an instant; a plain day lasts until its end in Brussels."""
    if value is None:
        return None
    text = str(value)
    try:
        instant = (
            end_of(date.fromisoformat(text)) if len(text) == DATE_LENGTH else parse_instant(text)
        )
    except ValueError as problem:
        raise ExecutionFailed(
            f"the schedule cannot be used: {problem}",
            where=token.element,
            remedy="give a date or an instant with a time zone",
        ) from problem
    return instant.isoformat()
