"""Built-in functions on texts, DMN 1.3 section 10.3.4.3. Characters are code points."""

from decimal import Decimal

from feel.conversion import to_text
from feel.limits import bounded_text
from feel.scope import Environment
from feel.signatures import Table, signature


def _string(env: Environment, value: object) -> str | None:
    return None if value is None else to_text(value, env.budget)


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """Cut from a position counted from 1, or from the end when negative."""
    begin = int(start) - 1 if start > 0 else len(text) + int(start)
    if not start or not 0 <= begin < max(len(text), 1):
        return None
    if length is None:
        return text[begin:]
    return text[begin : begin + int(length)] if length >= 1 else None


def _before(text: str, match: str) -> str:
    found = text.find(match)
    return text[:found] if found >= 0 else ""


def _after(text: str, match: str) -> str:
    found = text.find(match)
    return text[found + len(match) :] if found >= 0 else ""


def _join(items: list[object], delimiter: object = None, *around: object) -> str | None:
    """Join texts; null elements are left out."""
    prefix, suffix = around or ("", "")
    edges = ["" if edge is None else edge for edge in (delimiter, prefix, suffix)]
    texts = [item for item in items if item is not None]
    if not all(isinstance(text, str) for text in [*texts, *edges]):
        return None
    between, before, after = map(str, edges)
    size = sum(len(str(text)) + len(between) for text in texts)
    bounded_text(size)
    return before + between.join(map(str, texts)) + after


def _trim(text: str) -> str:
    return text.strip()


TABLE: Table = {
    "string": signature("from", _string, needs_env=True),
    "substring": signature("string:str, start position:num, length?:num", _substring),
    "string length": signature("string:str", lambda text: Decimal(len(text))),
    "upper case": signature("string:str", str.upper),
    "lower case": signature("string:str", str.lower),
    "substring before": signature("string:str, match:str", _before),
    "substring after": signature("string:str, match:str", _after),
    "contains": signature("string:str, match:str", lambda text, match: match in text),
    "starts with": signature("string:str, match:str", str.startswith),
    "ends with": signature("string:str, match:str", str.endswith),
    "trim": signature("string:str", _trim),
    "string join": signature("list:list, delimiter?", _join)
    + signature("list:list, delimiter, prefix, suffix", _join),
}
