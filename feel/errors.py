"""What the language refuses, where, and what to write instead."""

import difflib
from collections.abc import Iterable


class FeelError(Exception):
    """A refusal of an expression; carries the position and a suggestion."""

    def __init__(self, message: str, *, text: str, position: int, suggestion: str) -> None:
        self.message = message
        self.text = text
        self.position = position
        self.suggestion = suggestion
        super().__init__(message)

    @property
    def line(self) -> int:
        """Count the line of the position, from 1."""
        return self.text.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int:
        """Count the column of the position, from 1."""
        return self.position - self.text.rfind("\n", 0, self.position)

    def __str__(self) -> str:
        """Say what is refused, where, and what to write instead."""
        place = f"line {self.line}, column {self.column}"
        return f"{self.message} ({place}): {self.suggestion}"


class FeelSyntaxError(FeelError):
    """The text is not an expression of the language."""


class FeelLimitError(FeelError):
    """The expression asks for more than one evaluation may use."""


class FeelRuntimeError(FeelError):
    """The expression cannot be evaluated here: no such function, no clock."""


class Excess(Exception):  # never leaves the room
    """A limit is passed; the nearest call or operator adds the position."""

    def __init__(self, message: str, suggestion: str) -> None:
        self.message = message
        self.suggestion = suggestion
        super().__init__(message)


class Unfit(Exception):  # never leaves the room
    """A function cannot be called like this; the call adds the position."""

    def __init__(self, message: str, suggestion: str) -> None:
        self.message = message
        self.suggestion = suggestion
        super().__init__(message)


def suggest(name: str, known: Iterable[str]) -> str | None:
    """Find the known name that was probably meant."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None
