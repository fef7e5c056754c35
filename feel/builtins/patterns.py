"""Built-in functions with regular expressions, DMN 1.3 section 10.3.4.3."""

import re
from collections.abc import Iterator

from feel.limits import bounded_text
from feel.regex import Groups, compile_pattern
from feel.scope import Environment
from feel.signatures import Table, signature

_REFERENCE = re.compile(r"\\([\\$])|\$(\d)", re.ASCII)


def _matches(env: Environment, text: str, pattern: str, flags: str = "") -> bool:
    return compile_pattern(pattern, flags).search(text, 0, env.budget) is not None


def _all_matches(env: Environment, text: str, pattern: str, flags: str) -> Iterator[Groups]:
    compiled = compile_pattern(pattern, flags)
    at = 0
    while at <= len(text):
        groups = compiled.search(text, at, env.budget)
        if groups is None:
            return
        yield groups
        start, end = groups[0] or 0, groups[1] or 0
        at = end + (start == end)


def _replace(env: Environment, text: str, pattern: str, replacement: str, flags: str = "") -> str:
    """Replace all matches; `$1` stands for the first group and `$0` for all."""
    parts: list[str] = []
    at = size = 0
    for groups in _all_matches(env, text, pattern, flags):
        parts += [text[at : groups[0]], _filled(replacement, groups, text)]
        size += len(parts[-1]) + len(parts[-2])
        bounded_text(size)
        at = groups[1] or 0
    return "".join([*parts, text[at:]])


def _filled(replacement: str, groups: Groups, text: str) -> str:
    def fill(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        slot = 2 * int(match[2])
        start, end = groups[slot : slot + 2] if slot < len(groups) else (None, None)
        return "" if start is None else text[start:end]

    return _REFERENCE.sub(fill, replacement)


def _split(env: Environment, text: str, delimiter: str) -> list[str]:
    parts: list[str] = []
    at = 0
    for groups in _all_matches(env, text, delimiter, ""):
        if groups[0] == groups[1]:  # nothing lies between two characters
            continue
        parts.append(text[at : groups[0]])
        at = groups[1] or 0
    return [*parts, text[at:]]


TABLE: Table = {
    "matches": signature("input:str, pattern:str, flags?:str", _matches, needs_env=True),
    "replace": signature(
        "input:str, pattern:str, replacement:str, flags?:str", _replace, needs_env=True
    ),
    "split": signature("string:str, delimiter:str", _split, needs_env=True),
}
