"""Regular expressions of XPath 2.0 that cannot run away.

Python's own engine goes back and tries again, which takes exponential time on patterns such as
`(a+)+b`. Here all readings of the pattern advance together through the text, character by
character (K. Thompson 1968, R. Pike 1987), so a match costs at most length of the text times size
of the pattern, and every step is charged to the budget. Back references and look-around, which
this cannot do and XPath does not know, are refused.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from feel.errors import Unfit
from feel.limits import MAX_DEPTH, Budget

#: instructions of one pattern, repetitions written out
MAX_PROGRAM = 2_000
#: groups of one pattern
MAX_GROUPS = 20
#: steps charged for each reading that advances over one character
_STEPS_A_READING = 2

Matches = Callable[[str], bool]
Instruction = tuple[object, ...]
#: positions of the groups: start of 0, end of 0, start of 1, ...
Groups = tuple[int | None, ...]

_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_CLASSES: dict[str, Matches] = {
    "d": str.isdecimal,
    "w": lambda c: c.isalnum() or c == "_",
    "s": lambda c: c in " \t\n\r",
}


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A compiled pattern."""

    program: tuple[Instruction, ...]
    groups: int

    def search(self, text: str, start: int, budget: Budget) -> Groups | None:
        """Find the leftmost match from a position on; raises Excess."""
        return _run(self, text, start, budget)


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str = "") -> Pattern:
    """Compile a pattern with the flags s, m, i and x; raises Unfit."""
    unknown = set(flags) - set("smix")
    if unknown:
        raise _refusal(f"there is no flag `{min(unknown)}`", "the flags are s, m, i and x")
    if "x" in flags:
        pattern = "".join(pattern.split())
    return _Parser(pattern, frozenset(flags)).parse()


def _refusal(message: str, suggestion: str) -> Unfit:
    return Unfit(f"the pattern cannot be read: {message}", suggestion)


class _Parser:
    """Reads a pattern and writes its program, piece by piece."""

    def __init__(self, pattern: str, flags: frozenset[str]) -> None:
        self.pattern = pattern
        self.flags = flags
        self.at = 0
        self.groups = 1
        self.depth = 0

    def parse(self) -> Pattern:
        body = self._alternatives()
        if self.at < len(self.pattern):
            raise _refusal("`)` closes nothing", r"write `\)` for a bracket")
        program = (("save", 0), *body, ("save", 1), ("match",))
        return Pattern(program=program, groups=self.groups)

    def _peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.pattern[place] if place < len(self.pattern) else ""

    def _take(self) -> str:
        sign = self._peek()
        if not sign:
            raise _refusal("it ends too early", "complete it")
        self.at += 1
        return sign

    def _alternatives(self) -> tuple[Instruction, ...]:
        branch = self._sequence()
        while self._peek() == "|":
            self.at += 1
            other = self._sequence()
            branch = self._bounded(
                (("split", 1, len(branch) + 2), *branch, ("jump", len(other) + 1), *other)
            )
        return branch

    def _sequence(self) -> tuple[Instruction, ...]:
        parts: list[Instruction] = []
        while self._peek() not in ("", "|", ")"):
            parts += self._repeated(self._atom())
            self._bounded(tuple(parts))
        return tuple(parts)

    def _bounded(self, program: tuple[Instruction, ...]) -> tuple[Instruction, ...]:
        if len(program) > MAX_PROGRAM:
            raise _refusal("its repetitions are too many", "repeat fewer times")
        return program

    def _repeated(self, atom: tuple[Instruction, ...]) -> tuple[Instruction, ...]:
        sign = self._peek()
        if sign not in ("*", "+", "?", "{"):
            return atom
        self.at += 1
        low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or self._counts()
        lazy = self._peek() == "?"
        self.at += lazy
        if self._peek() in ("*", "+", "?", "{") and self._peek():
            raise _refusal("a repetition is repeated", "put the first one into brackets")
        return self._repeat(atom, low, high, lazy=lazy)

    def _counts(self) -> tuple[int, int | None]:
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at : max(end, self.at)].partition(",")
        if end < 0 or not (low + high).isdecimal() or not low or len(low + high) > 8:  # noqa: PLR2004  # four digits each
            raise _refusal("the numbers in `{}` are wrong", "write `{2}`, `{2,}` or `{2,3}`")
        self.at = end + 1
        upper = int(high) if high else None if comma else int(low)
        if upper is not None and upper < int(low):
            raise _refusal("the numbers in `{}` are in the wrong order", "turn them round")
        return int(low), upper

    def _repeat(
        self, atom: tuple[Instruction, ...], low: int, high: int | None, *, lazy: bool
    ) -> tuple[Instruction, ...]:
        size = len(atom) + 1
        if size * max(low, high or 0) > MAX_PROGRAM:
            raise _refusal("its repetitions are too many", "repeat fewer times")
        program = list(atom * low)
        if high is None:
            loop = _split(1, len(atom) + 2, lazy=lazy)
            return (*program, loop, *atom, ("jump", -len(atom) - 1))
        for left in range(high - low, 0, -1):
            program += [_split(1, size * left, lazy=lazy), *atom]
        return tuple(program)

    def _atom(self) -> tuple[Instruction, ...]:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign in "*+?{":
            raise _refusal(f"`{sign}` repeats nothing", f"write `\\{sign}` for the character")
        if sign in "^$":
            return ((("start", "end")[sign == "$"], "m" in self.flags),)
        if sign == ".":
            every = "s" in self.flags
            return (("one", (lambda _c: True) if every else (lambda c: c not in "\n\r")),)
        if sign == "[":
            return (("one", self._class()),)
        matches = self._escape() if sign == "\\" else self._literal(sign)
        return (("one", matches),)

    def _group(self) -> tuple[Instruction, ...]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _refusal("its brackets are nested too deep", "write it flatter")
        number = self._group_number()
        body = self._alternatives()
        if self._peek() != ")":
            raise _refusal("`(` is never closed", "add `)`")
        self.at += 1
        self.depth -= 1
        if number is None:
            return body
        return (("save", 2 * number), *body, ("save", 2 * number + 1))

    def _group_number(self) -> int | None:
        if self._peek() != "?":
            if self.groups > MAX_GROUPS:
                raise _refusal(f"it has more than {MAX_GROUPS} groups", "use `(?:...)`")
            self.groups += 1
            return self.groups - 1
        if self._peek(1) != ":":
            raise _refusal("look-around and named groups are not known", "use `(...)` or `(?:...)`")
        self.at += 2
        return None

    def _literal(self, sign: str) -> Matches:
        if "i" not in self.flags:
            return sign.__eq__
        folded = sign.casefold()
        return lambda c: c.casefold() == folded

    def _escape(self) -> Matches:
        sign = self._take()
        if sign.lower() in _CLASSES:
            return _either_way(_CLASSES[sign.lower()], positive=sign.islower())
        if sign in "pP":
            return _either_way(self._category(), positive=sign == "p")
        return self._literal(self._character(sign))

    def _character(self, sign: str) -> str:
        if sign in _ESCAPED:
            return _ESCAPED[sign]
        if sign.isalnum():
            raise _refusal(f"`\\{sign}` is not known", r"known are \d \w \s \p{L} \n \r \t")
        return sign

    def _category(self) -> Matches:
        end = self.pattern.find("}", self.at)
        name = self.pattern[self.at + 1 : end]
        if self._peek() != "{" or name[:1] not in tuple("LMNPZSC") or len(name) > 2:  # noqa: PLR2004  # such as Lu
            raise _refusal("the category is not known", r"write it like \p{L} or \p{Lu}")
        self.at = end + 1
        return lambda c: unicodedata.category(c).startswith(name)

    def _class(self) -> Matches:
        negated = self._peek() == "^"
        self.at += negated
        members: list[Matches] = []
        while self._peek() != "]" or not members:
            members.append(self._member())
        self.at += 1
        if "i" in self.flags:
            return _either_way(_any_case(members), positive=not negated)
        return _either_way(lambda c: any(m(c) for m in members), positive=not negated)

    def _member(self) -> Matches:
        first = self._take()
        if first == "[":
            raise _refusal("`[` inside a class is not known", r"write `\[` for the character")
        if first == "\\":
            first = self._take()
            if first.lower() in _CLASSES or first in "pP":
                self.at -= 1
                return self._escape()
            first = self._character(first)
        if self._peek() != "-" or self._peek(1) in ("]", ""):
            return first.__eq__
        self.at += 1
        last = self._take()
        if last == "\\":
            last = self._character(self._take())
        if last < first:
            raise _refusal(f"`{first}-{last}` is in the wrong order", "turn it round")
        return lambda c: first <= c <= last


def _any_case(members: list[Matches]) -> Matches:
    return lambda c: any(m(c) or m(c.lower()) or m(c.upper()) for m in members)


def _either_way(matches: Matches, *, positive: bool) -> Matches:
    return matches if positive else lambda c: not matches(c)


def _split(first: int, second: int, *, lazy: bool) -> Instruction:
    return ("split", second, first) if lazy else ("split", first, second)


Reading = tuple[int, Groups]


def _run(pattern: Pattern, text: str, start: int, budget: Budget) -> Groups | None:
    """Advance all readings together; the earlier in the list, the better."""
    readings: list[Reading] = []
    found: Groups | None = None
    blank: Groups = (None,) * (2 * pattern.groups)
    for at in range(start, len(text) + 1):
        seen: set[int] = set()
        now: list[Reading] = []
        for reading in readings if found else [*readings, (0, blank)]:
            ended = _follow(pattern.program, reading, now, seen, text, at)
            if ended is not None:
                found = ended
                break
        budget.charge(1 + _STEPS_A_READING * len(seen))
        sign = text[at : at + 1]
        readings = [(c + 1, g) for c, g in now if sign and pattern.program[c][1](sign)]  # type: ignore[operator]
        if found and not readings:
            break
    return found


def _follow(  # noqa: PLR0913, PLR0917  # the registers of a small machine
    program: tuple[Instruction, ...],
    reading: Reading,
    now: list[Reading],
    seen: set[int],
    text: str,
    at: int,
) -> Groups | None:
    """Go on to the next characters of the pattern; gives the groups when it ends here."""
    waiting = [reading]
    while waiting:
        counter, groups = waiting.pop()
        if counter in seen:
            continue
        seen.add(counter)
        name, *operands = program[counter]
        if name == "one":
            now.append((counter, groups))
        elif name == "match":
            return groups
        else:
            waiting += _next(name, operands, counter, groups, (text, at))
    return None


def _next(
    name: object, operands: list[object], counter: int, groups: Groups, place: tuple[str, int]
) -> list[Reading]:
    text, at = place
    if name == "save":
        slot: int = operands[0]  # type: ignore[assignment]
        return [(counter + 1, (*groups[:slot], at, *groups[slot + 1 :]))]
    if name in ("jump", "split"):
        return [(counter + step, groups) for step in reversed(operands)]  # type: ignore[operator]
    by_line = operands[0]
    if name == "start":
        holds = at == 0 or (by_line and text[at - 1] == "\n")
    else:
        holds = at == len(text) or (by_line and text[at] == "\n")
    return [(counter + 1, groups)] if holds else []
