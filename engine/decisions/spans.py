"""Read the input entries whose meaning can be drawn on a line: literals, comparisons, ranges."""

import re
from dataclasses import dataclass

from engine.decisions.model import ANYTHING

_COMPARISON = re.compile(r"(<=|>=|<|>|=)\s*(.+)", re.DOTALL)
_LITERAL = re.compile(r'-?\d+(\.\d+)?|-?\.\d+|true|false|null|@?"(?:[^"\\]|\\.)*"', re.DOTALL)
_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_CALL = re.compile(r"[^\W\d][\w ]*\(.*\)", re.DOTALL)
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True, kw_only=True)
class Span:
    """All values between two ends, each a FEEL text; None is an open end."""

    low: str | None = None
    high: str | None = None
    low_included: bool = False
    high_included: bool = False

    @property
    def ends(self) -> tuple[str, ...]:
        """Return the texts of the ends."""
        return tuple(dict.fromkeys(end for end in (self.low, self.high) if end is not None))


@dataclass(frozen=True, kw_only=True)
class Spans:
    """An input entry: the values in one of the spans, or in none of them."""

    spans: tuple[Span, ...]
    negated: bool = False


def read_spans(text: str) -> Spans | None:
    """Return the meaning of an input entry, or None if it is more than literals and ranges."""
    text = text.strip()
    if text in ANYTHING:
        return Spans(spans=(), negated=True)
    inner = _inside_not(text)
    parts = _split(text if inner is None else inner, ",")
    spans = [_span(part.strip()) for part in parts or ()]
    read = tuple(span for span in spans if span is not None)
    if not spans or len(read) < len(spans):
        return None
    return Spans(spans=read, negated=inner is not None)


def _inside_not(text: str) -> str | None:
    found = re.fullmatch(r"not\s*\((.*)\)", text, re.DOTALL)
    return found[1] if found and _split(found[1], ",") else None


def _span(part: str) -> Span | None:
    if found := _COMPARISON.fullmatch(part):
        return _compared(found[1], found[2].strip())
    if part[:1] in ("[", "(") and part[-1:] in ("]", ")"):
        return _range(part)
    return (
        _point(part)
        if _LITERAL.fullmatch(part) or _PATH.fullmatch(part) or _is_date(part)
        else None
    )


def _is_date(part: str) -> bool:
    return re.match(r"(date|time|date and time|duration)\s*\(", part) is not None and _is_end(part)


def _compared(sign: str, end: str) -> Span | None:
    if not _is_end(end):
        return None
    if sign == "=":
        return _point(end)
    included = sign.endswith("=")
    if sign.startswith("<"):
        return Span(high=end, high_included=included)
    return Span(low=end, low_included=included)


def _range(part: str) -> Span | None:
    ends = _split(part[1:-1], "..")
    if ends is None or len(ends) != 2:  # noqa: PLR2004  # a range has two ends
        return None
    low, high = (end.strip() for end in ends)
    if not (_is_end(low) and _is_end(high)):
        return None
    return Span(low=low, high=high, low_included=part[0] == "[", high_included=part[-1] == "]")


def _point(end: str) -> Span:
    return Span(low=end, high=end, low_included=True, high_included=True)


def _is_end(text: str) -> bool:
    if _LITERAL.fullmatch(text) or _PATH.fullmatch(text):
        return True
    return bool(_CALL.fullmatch(text)) and "?" not in text and _split(text, ",") == [text]


def _split(text: str, separator: str) -> list[str] | None:
    """Split at separators outside strings and brackets; None if those are not balanced."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        at_end = _string_end(text, at)
        if at_end is None:
            return None
        if at_end > at:
            at = at_end
            continue
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        if depth < 0:
            return None
        if depth == 0 and text.startswith(separator, at):
            parts.append(text[start:at])
            start = at = at + len(separator)
            continue
        at += 1
    return [*parts, text[start:]] if depth == 0 else None


def _string_end(text: str, at: int) -> int | None:
    """Return where a string that begins here ends, `at` if none begins, None if it never ends."""
    if text[at] != '"':
        return at
    found = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL).match(text, at)
    return found.end() if found else None
