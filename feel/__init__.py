"""The expression language of diagrams, decision tables and forms: FEEL of DMN 1.3.

It is closed: an expression reads the context it is given and calls the functions it is given,
nothing else; it can neither run for long nor take much memory.
"""

from feel.conversion import to_json
from feel.errors import FeelError, FeelLimitError, FeelRuntimeError, FeelSyntaxError, suggest
from feel.expression import Expression, parse
from feel.values import Function, Months, Range

__all__ = [
    "Expression",
    "FeelError",
    "FeelLimitError",
    "FeelRuntimeError",
    "FeelSyntaxError",
    "Function",
    "Months",
    "Range",
    "parse",
    "suggest",
    "to_json",
]
