"""Reads the words of an expression; knows which names contain spaces.

The language cannot be cut into words without knowing the names: `string length(x)` is one name
and a bracket, `a and b` is not a name. Names with spaces are those of the built-in functions, the
keys of contexts and arguments (they end at a colon), loop variables (they end at `in`) and the
names that the caller knows.
"""

import re
from collections.abc import Iterable

from lark import Token

from feel.errors import FeelLimitError, FeelSyntaxError
from feel.limits import MAX_DEPTH, MAX_LENGTH

TOKEN = re.compile(
    r"""(?P<SPACE>\s+|//[^\n]*|/\*.*?\*/)
      |(?P<NUMBER>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
      |(?P<STRING>"(?:[^"\\]|\\.)*")
      |(?P<AT>@\s*"(?:[^"\\]|\\.)*")
      |(?P<WORD>[^\W\d]\w*|\?)
      |(?P<FOREIGN>==|<>|&&?|\|\|?|=<|=>|->)
      |(?P<SIGN>\.\.|\*\*|<=|>=|!=|[-+*/=<>()\[\]{},:.])""",
    re.VERBOSE | re.DOTALL,
)
KEYWORDS = {
    "true": "TRUE",
    "false": "FALSE",
    "null": "NULL",
    "if": "IF",
    "then": "_THEN",
    "else": "_ELSE",
    "for": "FOR",
    "return": "_RETURN",
    "some": "SOME",
    "every": "EVERY",
    "satisfies": "_SATISFIES",
    "in": "_IN",
    "between": "BETWEEN",
    "and": "_AND",
    "or": "_OR",
    "function": "FUNCTION",
}
SIGNS = {
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "**": "_POW",
    ",": "_COMMA",
    ":": "_COLON",
    ".": "_DOT",
    "..": "_DOTDOT",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "{": "LBRACE",
    "}": "RBRACE",
} | dict.fromkeys(["=", "!=", "<", "<=", ">", ">="], "CMP")
FOREIGN = {
    "==": "did you mean `=`?",
    "<>": "did you mean `!=`?",
    "&": "did you mean `and`? Texts are joined with `+`",
    "&&": "did you mean `and`?",
    "|": "did you mean `or`?",
    "||": "did you mean `or`?",
    "=<": "did you mean `<=`?",
    "=>": "did you mean `>=`?",
    "->": "did you mean `>`?",
    "!": "did you mean `!=` or `not(...)`?",
    "%": "did you mean `modulo(a, b)`?",
    "^": "did you mean `**`?",
    "'": 'texts stand in double quotes: "..."',
    '"': 'end the text with `"`',
    "@": 'did you mean `@"2026-01-31"`?',
    ";": "did you mean `,`?",
    "$": "names begin with a letter or `_`",
}
OPERAND_ENDS = frozenset(
    [
        "NUMBER",
        "STRING",
        "AT",
        "NAME",
        "RPAR",
        "RSQB",
        "RBRACE",
        "OPEN_END",
        "TRUE",
        "FALSE",
        "NULL",
    ]
)
CLOSING = {"(": ")", "[": "]", "{": "}"}
TYPES = (
    "date and time",
    "days and time duration",
    "day time duration",
    "years and months duration",
    "year month duration",
)
PROPERTIES = ("time offset", "start included", "end included")

KEY = re.compile(r"([^\W\d]\w*(?:\s+\w+)*)\s*:")
LOOP_VARIABLE = re.compile(r"([^\W\d]\w*(?:\s+\w+)*?)\s+in\b")
INSTANCE_OF = re.compile(r"instance\s+of\b")
#: what may follow the bracket that closes a range open at its end, as in `[1..5[`
AFTER_RANGE = re.compile(r"\s*(?:$|[)\],}=]|(?:and|or|then|else|return|satisfies|in)\b)")


def spaced(names: Iterable[str]) -> re.Pattern[str] | None:
    """Compile a pattern that finds the longest of the names, whatever its white space."""
    by_length = sorted(names, key=len, reverse=True)
    if not by_length:
        return None
    alternatives = (r"\s+".join(map(re.escape, name.split())) for name in by_length)
    return re.compile(rf"(?:{'|'.join(alternatives)})(?!\w)")


class Reader:
    """Cuts one text into tokens; raises FeelSyntaxError and FeelLimitError."""

    def __init__(
        self, text: str, *, names: frozenset[str], functions: re.Pattern[str] | None
    ) -> None:
        self.text = text
        self.names = set(names)
        self.functions = functions
        self.known = spaced(self.names)
        self.tokens: list[Token] = []
        self.open: list[tuple[str, int]] = []

    def read(self) -> list[Token]:
        """Read the whole text."""
        if len(self.text) > MAX_LENGTH:
            raise FeelLimitError(
                f"the expression has {len(self.text)} characters, more than {MAX_LENGTH}",
                text=self.text,
                position=MAX_LENGTH,
                suggestion="move parts of it into a decision table or a script task",
            )
        position = 0
        while position < len(self.text):
            position = self._read_one(position)
        if self.open:
            bracket, place = self.open[-1]
            raise self._refusal(f"`{bracket}` is never closed", place, f"add `{CLOSING[bracket]}`")
        return self.tokens

    def _read_one(self, position: int) -> int:
        match = TOKEN.match(self.text, position)
        if match is None or match.lastgroup == "FOREIGN":
            sign = match.group() if match else self.text[position]
            suggestion = FOREIGN.get(sign, "leave it out")
            raise self._refusal(f"`{sign}` has no meaning here", position, suggestion)
        if match.lastgroup == "WORD":
            return self._read_word(position, match.group())
        if match.lastgroup == "SIGN":
            self._add(self._sign(match.group(), position), match.group(), position)
        elif match.lastgroup != "SPACE":
            self._add(str(match.lastgroup), match.group(), position)
        return match.end()

    def _add(self, kind: str, value: str, position: int) -> None:
        self.tokens.append(Token(kind, value, start_pos=position, end_pos=position + len(value)))

    @property
    def _previous(self) -> str:
        return self.tokens[-1].type if self.tokens else ""

    def _sign(self, sign: str, position: int) -> str:
        if sign == "[" and self._closes_range(position):
            self.open.pop()
            return "OPEN_END"
        if sign == "]" and self._previous not in OPERAND_ENDS and self._previous != "LSQB":
            self._push("[", position)
            return "OPEN_START"
        if sign in CLOSING:
            self._push(sign, position)
        elif sign in ")]}":
            self._pop(sign, position)
        return SIGNS[sign]

    def _closes_range(self, position: int) -> bool:
        """Tell `[1..5[` from the filter in `[1..list[1]]`: a filter has something inside."""
        if not self.open or self._previous not in OPERAND_ENDS:
            return False
        since = self.open[-1][1]
        inside = any(t.type == "_DOTDOT" and (t.start_pos or 0) > since for t in self.tokens)
        return inside and AFTER_RANGE.match(self.text, position + 1) is not None

    def _push(self, bracket: str, position: int) -> None:
        self.open.append((bracket, position))
        if len(self.open) > MAX_DEPTH:
            raise FeelLimitError(
                f"more than {MAX_DEPTH} brackets are open",
                text=self.text,
                position=position,
                suggestion="split the expression",
            )

    def _pop(self, bracket: str, position: int) -> None:
        if not self.open:
            raise self._refusal(f"`{bracket}` closes nothing", position, "leave it out")
        opening, _ = self.open.pop()
        # a range may open with one kind of bracket and close with another
        if (opening == "{") != (bracket == "}"):
            raise self._refusal(
                f"`{bracket}` does not close `{opening}`", position, f"write `{CLOSING[opening]}`"
            )

    def _read_word(self, position: int, word: str) -> int:
        if INSTANCE_OF.match(self.text, position) and self._previous in OPERAND_ENDS:
            match = INSTANCE_OF.match(self.text, position)
            assert match is not None  # noqa: S101  # narrows the type for mypy
            self._add("_INSTANCE_OF", match.group(), position)
            return match.end()
        end = self._name_end(position, word)
        if end is None and word in KEYWORDS and self._previous != "_DOT":
            self._add(KEYWORDS[word], word, position)
            return position + len(word)
        end = end or position + len(word)
        name = " ".join(self.text[position:end].split())
        self.tokens.append(Token("NAME", name, start_pos=position, end_pos=end))
        return end

    def _name_end(self, position: int, word: str) -> int | None:
        """Find where a name ends that the position itself announces, or that is known."""
        if self._previous in ("LBRACE", "_COMMA", "LPAR"):
            found = self._declared(KEY, position)
            if found:
                return found
        if self._previous in ("FOR", "SOME", "EVERY"):
            found = self._declared(LOOP_VARIABLE, position)
            if found:
                return found
        return self._known_end(position)

    def _declared(self, pattern: re.Pattern[str], position: int) -> int | None:
        match = pattern.match(self.text, position)
        if match is None:
            return None
        name = " ".join(match.group(1).split())
        if " " in name and name not in self.names:
            self.names.add(name)
            self.known = spaced(self.names)
        return match.end(1)

    def _known_end(self, position: int) -> int | None:
        patterns = [self.known]
        if self._previous == "_DOT":
            patterns.append(_PROPERTIES)
        elif self._previous == "_INSTANCE_OF":
            patterns.append(_TYPES)
        else:
            patterns.append(self.functions)
        ends = [m.end() for p in patterns if p and (m := p.match(self.text, position))]
        return max(ends, default=None)

    def _refusal(self, message: str, position: int, suggestion: str) -> FeelSyntaxError:
        return FeelSyntaxError(message, text=self.text, position=position, suggestion=suggestion)


_PROPERTIES = spaced(PROPERTIES)
_TYPES = spaced(TYPES)
