"""Find what the engine says to people in its source: refusals, findings, derivations.

A text with values, `f"There is no user {name!r}"`, is found as the pattern `There is no user
{name}`; `web/sentences.py` recognises it by that. So the engine knows nothing of languages.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import api
import engine
import forms
import recruitment
import web

#: Where people are spoken to; the others speak to machines, to developers or into files.
_SPEAKING = (
    (
        engine,
        (
            "errors.py", "access.py", "definitions.py", "drafts/**/*.py", "filters.py", "people.py",
            "replay.py", "worklist.py", "worker.py", "operations.py", "cases/**/*.py",
            "decisions/**/*.py", "kernel/**/*.py", "timelimits/**/*.py", "history/chain.py",
        ),
    ),
    (forms, ("**/*.py",)),
    (
        recruitment,
        (
            "*.py", "messages/*.py", "cast/*.py", "register/*.py", "mailbox/reading.py",
            "mailbox/message.py", "operations/*.py",
        ),
    ),
    (
        api,
        (
            "bodies.py", "calls.py", "cases.py", "conditional.py", "house.py", "identity.py",
            "paging.py", "problems.py", "tools.py",
        ),
    ),
)  # fmt: skip
#: The docstrings of these classes are said as well.
_REFUSALS = ("errors.py",)
#: A sentence has two words at least, and letters that are no place.
_WORDS = re.compile(r"[a-z]{2,}")
_PLACE = re.compile(r"\{\w+\}")
#: Types, headers and the like are no sentences.
_CODE = re.compile(
    r"\w\[|^[<(\\#]|\bNULL\b|^\w+ \| None$|^[\w-]+ '|=\"|^Bearer|^SpiffWorkflow|%s|%r|charset="
    r"|pattern\.text|\\s\*|^\*|\(\?:|\w\|\w"
)
#: Logged, or written into letters and contracts, which have a language of their own.
_UNTOLD = frozenset(
    {
        "a round failed", "the last beat failed", "true, false", "3(4), second sentence",
        "European Commission, Human Resources", "For the authority",
    }
)  # fmt: skip
_LETTERS = "Between the European Commission and"
#: Words that stand in the places of sentences, and a sentence with hardly a word.
_BESIDES = {
    "characters": "forms/answers",
    "entries": "forms/answers",
    "nobody": "engine/access",
    "anything": "engine/analysis",
    "adopted": "engine/calendar",
    "projection": "engine/calendar",
    **dict.fromkeys(
        (
            "case file: {part}", "overview", "diagram", "timeline", "papers", "comments", "data",
            "as-of", "history", "event of the history", "receipt of the application",
            "list of applications as a file",
        ),
        "what was read",
    ),
    "calendar {site} {version}, {year}: {status}, {source}": "engine/calendar",
}  # fmt: skip
_UNSAID = frozenset({"join", "sorted", "isoformat", "strip", "_name", "repr", "str", "len", "type"})


def sentences() -> dict[str, str]:
    """Return the sentences, places in braces, each with where it is said first."""
    found = dict(_BESIDES)
    for path, room in speaking():
        for text in said_in(path.read_text(encoding="utf-8"), with_classes=path.name in _REFUSALS):
            found.setdefault(text, f"{room}/{path.stem}")
    for path in sorted(Path(web.__path__[0]).glob("*.py")):
        for text in raised_in(path.read_text(encoding="utf-8")):
            found.setdefault(text, f"web/{path.stem}")
    return found


def speaking() -> Iterator[tuple[Path, str]]:
    """Yield the files in which people are spoken to, in order."""
    for room, patterns in _SPEAKING:
        folder = Path(room.__path__[0])
        for pattern in patterns:
            for path in sorted(folder.glob(pattern)):
                yield path, room.__name__


def said_in(source: str, *, with_classes: bool = False) -> Iterator[str]:
    """Yield the sentences of a Python source."""
    tree = ast.parse(source)
    unsaid = set(_docstrings(tree)) | set(_inner(tree))
    if with_classes:
        yield from _titles(tree)
    for node in ast.walk(tree):
        if node not in unsaid and (text := _written(node)) and is_sentence(text):
            yield text


def raised_in(source: str) -> Iterator[str]:
    """Yield the sentences with which a Python source refuses something, unless translated there."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            given = [*node.exc.args, *(one.value for one in node.exc.keywords)]
            yield from (text for one in given if (text := _written(one)) and is_sentence(text))


def is_sentence(text: str) -> bool:
    """Say whether a text is meant for people: words, and no code."""
    if text in _UNTOLD or text.startswith(_LETTERS):
        return False
    literal = _PLACE.sub("", text)
    return " " in literal.strip() and len(_WORDS.findall(literal)) > 1 and not _CODE.search(text)


def _titles(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and (title := ast.get_docstring(node)):
            yield title.split("\n")[0]


def _docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr):
            yield node.body[0].value


def _inner(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the literal parts of formatted texts: the whole is the sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from (part for part in node.values if isinstance(part, ast.Constant))


def _written(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    names: list[str] = []
    text = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            text += f"{{{_new_name(part.value, names)}}}"
    return text


def _new_name(value: ast.expr, names: list[str]) -> str:
    name = _name(value)
    names.append(name)
    times = names.count(name)
    return name if times == 1 else f"{name}{times}"


def _name(value: ast.AST) -> str:
    """Name a place after the last word of the value that stands in it."""
    for node in _outside_in(value):
        name = getattr(node, "attr", None) or getattr(node, "id", None)
        if name and name not in _UNSAID:
            return str(name).strip("_").lower()
    return "value"


def _outside_in(value: ast.AST) -> Iterator[ast.AST]:
    if isinstance(value, ast.Call):
        # what is asked of a value, or the value that is given to a function
        inner = value.args[:1] if isinstance(value.func, ast.Name) else [value.func]
        yield from (one for part in inner for one in _outside_in(part))
        yield from (one for part in value.args[:1] for one in _outside_in(part))
        return
    yield value
    for part in ast.iter_child_nodes(value):
        yield from _outside_in(part)
