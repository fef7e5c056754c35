"""Reading JSON bodies strictly: what two readers could understand differently is refused.

NaN and Infinity are not JSON, a name that stands twice has two values, deep nesting exhausts
readers, and a lone surrogate or a NUL cannot be stored. Each refusal names its place.
"""

import json
import math
import re
from typing import Any

import flask_smorest
from flask import Request
from marshmallow import RAISE
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from engine.errors import Invalid

DEPTH = 64
SIZE = 1_000_000
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]|-?Infinity|NaN', re.DOTALL)
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\.", re.DOTALL)
_SURROGATES = range(0xD800, 0xE000)
_LOW = range(0xDC00, 0xE000)


class MalformedBody(Invalid):
    """The body is not JSON that everybody reads alike."""

    code = "malformed-body"


def parse_body(data: bytes) -> Any:  # noqa: ANN401  # JSON is whatever the client sent
    """Return the JSON value of a body; raise MalformedBody with line and column."""
    text = _decoded(data)
    _scan(text)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_float=_number)
    except json.JSONDecodeError as error:
        raise _at(text, error.pos, error.msg) from error
    except ValueError as error:
        raise MalformedBody(f"A number is too long: {error}.") from error


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody("The body is not UTF-8.", where=f"byte {error.start + 1}") from error


def _scan(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        found = token.group()
        if found[0] == '"':
            _check_escapes(text, token)
        elif found in "[{":
            depth += 1
            if depth > DEPTH:
                raise _at(text, token.start(), f"Values are nested more than {DEPTH} deep")
        elif found in "]}":
            depth -= 1
        else:
            raise _at(text, token.start(), f"{found} is not JSON")


def _check_escapes(text: str, token: re.Match[str]) -> None:
    if "\\u" not in token.group():
        return
    waits = False
    for escape in _ESCAPE.finditer(text, token.start(), token.end()):
        code = int(escape[1], 16) if escape[1] else -1
        if code == 0:
            raise _at(text, escape.start(), "The character U+0000 cannot be stored")
        if (code in _LOW) is not waits:
            raise _at(text, escape.start(), "Half a character (a lone surrogate)")
        waits = code in _SURROGATES and code not in _LOW
        if waits and not text.startswith("\\u", escape.end()):
            raise _at(text, escape.start(), "Half a character (a lone surrogate)")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise MalformedBody(f"The name {twice!r} stands twice in one object.", where=twice)
    return found


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MalformedBody(f"The number {text[:40]} is too large.")
    return number


def _at(text: str, position: int, message: str) -> MalformedBody:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return MalformedBody(f"{message}.", where=f"line {line}, column {column}")


class StrictParser(FlaskParser):
    """Reads arguments as webargs does, and JSON bodies strictly; no parameter is overlooked."""

    # a misspelt filter would otherwise show everything
    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012  # as webargs declares it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:  # noqa: ANN401  # overrides webargs
        data = req.get_data(cache=True)
        if not data:
            return missing
        if not is_json(req.mimetype):
            raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
        return parse_body(data)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A flask-smorest blueprint whose arguments are read strictly."""

    ARGUMENTS_PARSER = StrictParser()
