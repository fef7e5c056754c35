"""Named rules between fields, for a form's custom property `rules`.

`start_before_end(from, until), first_or_sixteenth(from)`: the names are paths of fields. On a
field, the field itself is the first argument. An argument that is not a field of the form is a
variable of the case. A rule says nothing while one of its answers is missing, unless it exists
to ask for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

from forms.shape import Json

Check = Callable[..., str | None]

#: The answers that affect a person adversely, as the forms of the house spell them.
ADVERSE = frozenset(
    {
        *("refuse", "refused", "reject", "rejected", "decline", "declined", "exclude", "excluded"),
        *("dismiss", "dismissed", "terminate", "cancel", "withdraw", "fail", "failed", "no"),
        *("ineligible", "not_eligible", "inadmissible", "not_admissible", "unsuitable"),
        *("unfit", "not_fit", "not_renew", "not_renewed", "incompatible"),
    }
)
#: The findings on a criterion that need a coded reason.
DOUBTED = ("not_met", "ask")
#: Fewer letters than this are not grounds.
GROUNDS = 10


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule: its arguments, which of them is blamed, and the source it follows."""

    name: str
    parameters: tuple[str, ...]
    check: Check
    source: str
    blames: int = 0
    #: These arguments are taken as they are written, not as paths.
    literal: frozenset[int] = frozenset()
    #: Of these, those that are whole numbers.
    numbers: frozenset[int] = frozenset()
    optional: int = 0
    needs_today: bool = False

    @property
    def meaning(self) -> str:
        """The sentence that says what the rule asks."""
        return (self.check.__doc__ or "").split("\n")[0]


def start_before_end(start: Json, end: Json) -> str | None:
    """Refuse a period that ends before it starts; one day is a period, its day included."""
    first, last = _moment(start), _moment(end)
    if first is None or last is None or type(first) is not type(last):
        return None
    return "This lies before the start." if _key(last) < _key(first) else None


def languages_differ(first: Json, second: Json) -> str | None:
    """Refuse the same language twice: the second language differs from the first."""
    same = first is not None and first == second
    return "The second language must differ from the first." if same else None


def first_or_sixteenth(start: Json) -> str | None:
    """Refuse a contract that starts on a day other than the 1st or the 16th of a month."""
    day = _moment(start)
    if not isinstance(day, date) or day.day in (1, 16):
        return None
    return "A contract starts on the 1st or the 16th of a month."


def reason_when_adverse(decision: Json, reason: Json, adverse: str = "") -> str | None:
    """Ask for the grounds of a decision that affects a person adversely."""
    words = frozenset(adverse.split("|")) if adverse else ADVERSE
    is_adverse = decision is False or (isinstance(decision, str) and decision.lower() in words)
    has_grounds = isinstance(reason, str) and len(reason.strip()) >= GROUNDS
    if not is_adverse or has_grounds:
        return None
    return "State the grounds: the decision affects the person adversely."


def code_when_doubted(finding: Json, code: Json) -> str | None:
    """Ask for the coded reason where a criterion is not met or has to be asked about."""
    if finding not in DOUBTED or code:
        return None
    return "Choose the reason: the criterion is not met, or has to be asked about."


def not_in_future(day: Json, *, today: date) -> str | None:
    """Refuse to record a fact before it has happened."""
    found = _day(day)
    return "This day has not come yet." if found and found > today else None


def not_in_past(day: Json, *, today: date) -> str | None:
    """Refuse to plan on a day that has passed."""
    found = _day(day)
    return "This day has passed." if found and found < today else None


def days_between(first: Json, second: Json, least: str) -> str | None:
    """Ask for a number of calendar days between two days, the first not counted."""
    start, end = _day(first), _day(second)
    if start is None or end is None or (end - start).days >= int(least):
        return None
    return f"There must be at least {least} days after {start}."


def entries_differ(entries: Json, key: str) -> str | None:
    """Refuse a list that names the same person or thing twice."""
    if not isinstance(entries, list):
        return None
    named = [str(one.get(key)).casefold() for one in entries if one.get(key) is not None]
    twice = next((one for at, one in enumerate(named) if one in named[:at]), None)
    return f"{twice!r} stands here twice." if twice else None


def one_for_each(entries: Json, wanted: Json, key: str) -> str | None:
    """Ask for exactly one entry for each of those that were fixed before, and for no other."""
    if not isinstance(entries, list) or not isinstance(wanted, list) or not wanted:
        return None
    given = [one.get(key) for one in entries]
    known = [one.get(key) for one in wanted if isinstance(one, Mapping)]
    strange = next((one for one in given if one is not None and one not in known), None)
    if strange is not None:
        return f"{strange!r} was not fixed before."
    missing = next((one for one in known if one not in given), None)
    if missing is not None:
        return f"{missing!r} is missing."
    return entries_differ(entries, key)


def enough_members(decision: Json, ranking: Json) -> str | None:
    """Refuse to freeze a list on which somebody was scored by too few members."""
    if decision != "confirm" or not isinstance(ranking, list):
        return None
    for one in ranking:
        members, wanted = (one.get(name) for name in ("members", "quorum"))
        # a list drawn up before the quorum was counted names neither
        if members is not None and wanted is not None and members < wanted:
            return (
                f"Below the quorum: {members} of at least {wanted} members scored number "
                f"{one.get('rank')} of the list."
            )
    return None


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            name="start_before_end",
            parameters=("start", "end"),
            check=start_before_end,
            blames=1,
            source="service periods include their first day (Reg. 1182/71 does not apply)",
        ),
        Rule(
            name="languages_differ",
            parameters=("first_language", "second_language"),
            check=languages_differ,
            blames=1,
            source="CEOS Art. 82(3)(e); the call",
        ),
        Rule(
            name="first_or_sixteenth",
            parameters=("start",),
            check=first_or_sixteenth,
            source="practice of the institution, a parameter (unverified)",
        ),
        Rule(
            name="reason_when_adverse",
            parameters=("decision", "reason", "adverse"),
            check=reason_when_adverse,
            blames=1,
            literal=frozenset({2}),
            optional=1,
            source="Staff Regulations Art. 25, second paragraph, via CEOS Art. 11 and 81",
        ),
        Rule(
            name="code_when_doubted",
            parameters=("finding", "code"),
            check=code_when_doubted,
            blames=1,
            source="Staff Regulations Art. 25, second paragraph, via CEOS Art. 11 and 81",
        ),
        Rule(
            name="not_in_future",
            parameters=("day",),
            check=not_in_future,
            needs_today=True,
            source="house rule: facts are recorded after they happen",
        ),
        Rule(
            name="not_in_past",
            parameters=("day",),
            check=not_in_past,
            needs_today=True,
            source="house rule: plans lie ahead",
        ),
        Rule(
            name="days_between",
            parameters=("first", "second", "days"),
            check=days_between,
            blames=1,
            literal=frozenset({2}),
            numbers=frozenset({2}),
            source="the parameter of the call or policy that gives the number",
        ),
        Rule(
            name="entries_differ",
            parameters=("entries", "key"),
            check=entries_differ,
            literal=frozenset({1}),
            source="house rule: nobody sits twice on a panel",
        ),
        Rule(
            name="one_for_each",
            parameters=("entries", "wanted", "key"),
            check=one_for_each,
            literal=frozenset({2}),
            source="impartiality: criteria are fixed before the interview (EPSO 7739)",
        ),
        Rule(
            name="enough_members",
            parameters=("decision", "ranking"),
            check=enough_members,
            source="policy: panel_members",
        ),
    )
}


@dataclass(frozen=True, kw_only=True)
class Use:
    """A rule applied to arguments; `own` is the path of the list the rule stands in."""

    rule: Rule
    arguments: tuple[str, ...]

    @property
    def blamed(self) -> tuple[str, ...]:
        """The path of the field that gets the message."""
        return tuple(self.arguments[self.rule.blames].split("."))

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """The arguments that are paths."""
        return tuple(
            tuple(written.split("."))
            for place, written in enumerate(self.arguments)
            if place not in self.rule.literal
        )

    def judge(self, look: Callable[[tuple[str, ...]], Any], *, today: date | None) -> str | None:
        """Apply the rule; `look` finds the value of a path."""
        values = [
            written if place in self.rule.literal else look(tuple(written.split(".")))
            for place, written in enumerate(self.arguments)
        ]
        return self.rule.check(*values, **({"today": today} if self.rule.needs_today else {}))


def parse_uses(text: str, *, field: str | None = None) -> tuple[Use, ...]:
    """Parse the property `rules`; raise ValueError with what to write instead."""
    return tuple(_use(call, field=field) for call in _calls(text))


def _calls(text: str) -> list[str]:
    calls, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            calls.append("")
        else:
            calls[-1] += letter
    return [call.strip() for call in calls if call.strip()]


def _use(call: str, *, field: str | None) -> Use:
    name, _, rest = call.partition("(")
    rule = RULES.get(name.strip())
    if rule is None:
        near = get_close_matches(name.strip(), sorted(RULES), n=1) or sorted(RULES)
        raise ValueError(f"there is no rule {name.strip()!r}; there is {', '.join(near)}")
    given = [one.strip() for one in rest.removesuffix(")").split(",") if one.strip()]
    if not given or (field is not None and len(given) < _least(rule)):
        own = [field] if field is not None else []
        given = [*own, *given]
    return Use(rule=rule, arguments=_filled(rule, given))


def _least(rule: Rule) -> int:
    return len(rule.parameters) - rule.optional


def _filled(rule: Rule, given: list[str]) -> tuple[str, ...]:
    missing = range(len(given), _least(rule))
    if len(given) > len(rule.parameters) or any(place in rule.literal for place in missing):
        raise ValueError(f"{rule.name} is written {rule.name}({', '.join(rule.parameters)})")
    filled = (*given, *(rule.parameters[place] for place in missing))
    if not all(filled[place].isdecimal() for place in rule.numbers):
        raise ValueError(f"{rule.name} is written with a whole number of {rule.parameters[-1]}")
    return filled


def _moment(value: Json) -> date | time | None:
    # a variable of the case may hold a value of FEEL, an answer is text
    if isinstance(value, date | time):
        return value
    if not isinstance(value, str):
        return None
    for kind in (date, datetime, time):
        try:
            return kind.fromisoformat(value)
        except ValueError:
            continue
    return None


def _day(value: Json) -> date | None:
    found = _moment(value)
    if isinstance(found, datetime):
        return found.date()
    return found if isinstance(found, date) else None


def _key(moment: date | time) -> Json:
    if isinstance(moment, datetime):
        return moment.timestamp()
    return moment if isinstance(moment, date) else moment.replace(tzinfo=None)
