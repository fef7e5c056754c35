"""Says what is wrong with a text that does not parse, and what was probably meant."""

from collections.abc import Collection

from lark import Token

from feel.errors import FeelSyntaxError, suggest
from feel.lexer import KEYWORDS, OPERAND_ENDS

_WRITTEN = {kind: word for word, kind in KEYWORDS.items()} | {
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "_COMMA": ",",
    "_COLON": ":",
    "CMP": "=",
}
_CONTINUATIONS = (
    *("_THEN", "_ELSE", "_RETURN", "_SATISFIES", "_IN"),
    *("_COLON", "RPAR", "RSQB", "RBRACE"),
)
_OPERATOR_WORDS = ("and", "or", "in", "between", "then", "else", "return", "satisfies")


def explain(
    text: str,
    tokens: list[Token],
    unexpected: Token,
    expected: Collection[str],
    names: Collection[str],
) -> FeelSyntaxError:
    """Make the refusal of the token that does not fit."""
    if unexpected.type == "$END":
        message, position = "the expression ends too early", len(text.rstrip())
    else:
        position = unexpected.start_pos or 0
        message = f"`{_excerpt(text, unexpected)}` does not fit here"
    suggestion = _meant(text, tokens, unexpected, names) or _missing(expected)
    return FeelSyntaxError(message, text=text, position=position, suggestion=suggestion)


def _excerpt(text: str, token: Token) -> str:
    return text[token.start_pos or 0 : token.end_pos]


def _meant(text: str, tokens: list[Token], unexpected: Token, names: Collection[str]) -> str | None:
    before = [token for token in tokens if (token.start_pos or 0) < (unexpected.start_pos or 0)]
    if not before or unexpected.type == "$END":
        return None
    previous = before[-1]
    if unexpected.type == "NAME" and previous.type == "NAME":
        return _two_names(previous, unexpected, names)
    if unexpected == "=" and previous in ("=", ">", "<"):
        return {"=": "did you mean `=`?", ">": "did you mean `>=`?", "<": "did you mean `<=`?"}[
            str(previous)
        ]
    if unexpected.type == "NAME" and previous.type in OPERAND_ENDS:
        close = suggest(str(unexpected), _OPERATOR_WORDS)
        return f"did you mean `{close}`?" if close else None
    return None


def _two_names(first: Token, second: Token, names: Collection[str]) -> str:
    close = suggest(f"{first} {second}", names)
    if close:
        return f"did you mean `{close}`?"
    word = suggest(str(second), _OPERATOR_WORDS)
    if word:
        return f"did you mean `{word}`?"
    return "a name with spaces must be known; or put an operator between the two names"


def _missing(expected: Collection[str]) -> str:
    if "NAME" in expected:
        return "write a value or a name here" if "NUMBER" in expected else "write a name here"
    follows_value = "CMP" in expected
    for kind in _CONTINUATIONS:
        if kind in expected and not (follows_value and kind == "_IN"):
            return f"did you mean `{_WRITTEN[kind]}`?"
    return "write an operator before it, or leave it out"
