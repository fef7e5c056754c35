"""FEEL in diagrams: a text that begins with = is an expression, anything else is itself."""

from collections.abc import Mapping
from datetime import datetime

import feel
from engine.errors import CursusError, ExecutionFailed
from engine.timelimits.functions import FUNCTIONS


def is_expression(text: str) -> bool:
    """Tell an expression from a literal."""
    return text.startswith("=")


def evaluate(text: str, context: Mapping[str, object], *, now: datetime, where: str) -> object:
    """Return the JSON value of a text of a diagram.

    Raises ExecutionFailed naming the element when the expression cannot be evaluated.
    """
    if not is_expression(text):
        return text
    try:
        value = feel.parse(text[1:].strip()).evaluate(context, functions=FUNCTIONS, now=now)
        return feel.to_json(value)
    except (feel.FeelError, CursusError) as problem:
        raise ExecutionFailed(
            f"the expression {text} failed: {problem}",
            where=where,
            remedy="correct the expression or the data it reads",
        ) from problem


def holds(text: str, context: Mapping[str, object], *, now: datetime, where: str) -> bool:
    """Tell whether a condition is true; null and other values count as false."""
    return evaluate(text, context, now=now, where=where) is True
