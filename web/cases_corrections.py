"""Correct one value of a case: what can be corrected, and the variables after it."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from engine.errors import Invalid
from engine.kernel import View
from web.cases_names import readable
from web.cases_values import written
from web.language import _

#: Between the names of nested values, in the address of one.
_STEP = "/"
#: Longer texts are cut where one chooses among values.
_SHORT = 60


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A single value of the case, by its place."""

    place: str
    title: str


def leaves(view: View) -> tuple[Leaf, ...]:
    """Return the single values of the whole case, by name; lists are left to their forms."""
    values = _root(view)
    return tuple(
        Leaf(
            place=_STEP.join(steps),
            title=_(
                "%(name)s: %(value)s",
                name=" / ".join(readable(one) for one in steps),
                value=_cut(written(value)),
            ),
        )
        for steps, value in _walk(values, ())
    )


def corrected(view: View, place: str, text: str) -> dict[str, object]:
    """Return the variable that holds the place with the new value; raise Invalid."""
    steps = place.split(_STEP)
    values = _root(view)
    if tuple(steps) not in {found for found, _value in _walk(values, ())}:
        raise Invalid("The case has no such value", where=place[:100], remedy="load the page again")
    top = {steps[0]: copy.deepcopy(values[steps[0]])}
    holder: dict[str, object] = top
    for step in steps[:-1]:
        holder = holder[step]  # type: ignore[assignment]  # the walk went through objects only
    holder[steps[-1]] = _read(text.strip(), holder[steps[-1]])
    return top


def _root(view: View) -> Mapping[str, object]:
    return next(one.variables for one in view.scopes if one.id is None)


def _walk(
    values: Mapping[str, object], before: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], object]]:
    for name in sorted(values):
        value = values[name]
        if isinstance(value, Mapping):
            yield from _walk(value, (*before, name))
        elif not isinstance(value, list | tuple) and _STEP not in name:
            yield (*before, name), value


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def _read(text: str, old: object) -> object:
    """Read a text as the kind of value that stood there before."""
    if isinstance(old, bool):
        known = {"yes": True, "true": True, "no": False, "false": False}
        known |= {_("yes"): True, _("no"): False}
        if text.lower() not in known:
            raise Invalid(
                "This is a question of yes or no", where="value", remedy="write yes or no"
            )
        return known[text.lower()]
    if isinstance(old, int | float):
        return _number(text)
    if not text:
        raise Invalid("Give a value", where="value")
    return text


def _number(text: str) -> int | float:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise Invalid("This is a number", where="value", remedy="write digits") from error
    if not number.is_finite():
        raise Invalid("This is a number", where="value", remedy="write digits")
    return int(number) if number == number.to_integral_value() else float(number)
