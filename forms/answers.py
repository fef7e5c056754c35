"""What an answer owes to the other answers and to the case: visible, required, bounded, chosen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

import feel
from forms.components import Choices, Component, Limit
from forms.fields import is_same, refuse_unless_among
from forms.reader import option_value
from forms.shape import Json, Path

#: A condition may hide the field of another condition; after so many rounds they contradict.
ROUNDS = 12
BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, kw_only=True)
class Place:
    """One component at one place of a submission; `entry` is the object its path starts at."""

    component: Component
    path: Path
    entry: Mapping[str, Any]
    around: Mapping[str, Any] | None = None
    counters: tuple[int, ...] = ()

    @property
    def value(self) -> Json:
        """The answer, None when there is none."""
        return value_at(self.entry, self.component.path)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A submission read against its case, at an instant."""

    components: tuple[Component, ...]
    context: Mapping[str, Any]
    now: datetime | None

    def places(self, data: Mapping[str, Any]) -> Iterator[Place]:
        """Walk every component, once per entry of the lists it stands in."""
        yield from _walk(self.components, at=(), entry=data, around=None, counters=())

    def evaluate(self, expression: feel.Expression, place: Place, data: Mapping[str, Any]) -> Json:
        """Evaluate as form-js does: the case overlaid by the answers, with `this` and `parent`."""
        own = {"this": place.entry, "parent": place.around, "i": list(place.counters)}
        names = {**own, **merged(self.context, data), **{f"_{k}_": v for k, v in own.items()}}
        return feel.to_json(expression.evaluate(names, now=self.now))

    @property
    def today(self) -> date:
        """The day in Brussels; ValueError when the reading has no instant."""
        if self.now is None:
            raise ValueError("this form compares with today: pass now")
        return self.now.astimezone(BRUSSELS).date()

    def hidden(self, data: Mapping[str, Any]) -> frozenset[Path]:
        """Find the paths that conditions hide, judged without the answers that are hidden.

        Raises ValidationError when conditions contradict each other.
        """
        found: frozenset[Path] = frozenset()
        for _ in range(ROUNDS):
            seen = without(data, found)
            fresh = frozenset(p.path for p in self.places(data) if self._is_hidden(p, seen))
            if fresh == found:
                return found
            found = fresh
        raise ValidationError("The conditions of this form contradict each other.")

    def _is_hidden(self, place: Place, data: Mapping[str, Any]) -> bool:
        return any(self._holds(hide, place, data) for hide in place.component.hides)

    def _holds(self, condition: feel.Expression, place: Place, data: Mapping[str, Any]) -> bool:
        try:
            return self.evaluate(condition, place, data) is True
        except feel.FeelError:
            return False

    def is_locked(self, place: Place, data: Mapping[str, Any]) -> bool:
        """Say whether the page shows this field without letting it be changed."""
        locked = place.component.locked
        return locked if isinstance(locked, bool) else self._holds(locked, place, data)

    def computed(self, place: Place, data: Mapping[str, Any]) -> Json:
        """Compute an expression field; raise ValidationError when it cannot be."""
        assert place.component.expression is not None  # noqa: S101  # asked for these only
        try:
            return self.evaluate(place.component.expression, place, data)
        except feel.FeelError as error:
            raise ValidationError(f"This cannot be worked out: {error}") from error

    def check(self, place: Place, data: Mapping[str, Any]) -> None:
        """Raise ValidationError when a visible answer is missing, out of bounds or no option."""
        value = place.value
        if is_empty(value, place.component):
            if place.component.required:
                _refuse_empty(place.component)
            return
        self._check_limits(place, value, data)
        self._check_choice(place, value, data)
        self._check_day(place.component, value)

    def _check_limits(self, place: Place, value: Json, data: Mapping[str, Any]) -> None:
        for name, limit in place.component.limits.items():
            _LIMITS[name](value, self._bound(limit, place, data))

    def _bound(self, limit: Limit, place: Place, data: Mapping[str, Any]) -> Limit | float:
        if not isinstance(limit, feel.Expression):
            return limit
        try:
            bound = self.evaluate(limit, place, data)
        except feel.FeelError:
            bound = None
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise ValidationError("The limit of this field cannot be worked out.")
        return bound

    def _check_choice(self, place: Place, value: Json, data: Mapping[str, Any]) -> None:
        choices = place.component.choices
        if choices is None or choices.values is not None:
            return
        options = self._options(choices, place, data)
        for chosen in value if place.component.several else [value]:
            refuse_unless_among(chosen, options)

    def _options(
        self, choices: Choices, place: Place, data: Mapping[str, Any]
    ) -> tuple[object, ...]:
        if choices.key is not None:
            found = value_at(merged(self.context, data), choices.key)
        else:
            found = self._listed(choices, place, data)
        return tuple(map(option_value, found)) if isinstance(found, list | tuple) else ()

    def _listed(self, choices: Choices, place: Place, data: Mapping[str, Any]) -> Json:
        assert choices.expression is not None  # noqa: S101  # one of three is set
        try:
            return self.evaluate(choices.expression, place, data)
        except feel.FeelError as error:
            raise ValidationError(f"The options cannot be worked out: {error}") from error

    def _check_day(self, component: Component, value: Json) -> None:
        if component.not_past and component.kind != "time" and value[:10] < str(self.today):
            raise ValidationError("This day has passed.")


def _walk(
    components: tuple[Component, ...],
    *,
    at: Path,
    entry: Mapping[str, Any],
    around: Mapping[str, Any] | None,
    counters: tuple[int, ...],
) -> Iterator[Place]:
    for component in components:
        place = Place(
            component=component,
            path=(*at, *component.path),
            entry=entry,
            around=around,
            counters=counters,
        )
        yield place
        if component.type == "dynamiclist" and isinstance(place.value, list | tuple):
            yield from _entries(place)


def _entries(place: Place) -> Iterator[Place]:
    for number, entry in enumerate(place.value):
        if isinstance(entry, Mapping):
            yield from _walk(
                place.component.children,
                at=(*place.path, number),
                entry=entry,
                around=place.entry,
                counters=(*place.counters, number + 1),
            )


def is_empty(value: Json, component: Component) -> bool:
    """Say whether there is no answer; a box that must be ticked and is not counts as none."""
    if component.type == "checkbox" and component.required:
        return value is not True
    return value is None or value in ("", [], ())


def _refuse_empty(component: Component) -> NoReturn:
    if component.type == "checkbox":
        raise ValidationError("This must be ticked.")
    raise ValidationError("This is required.")


def _at_least(value: Json, bound: Json) -> None:
    if float(value) < bound:
        raise ValidationError(f"This must be at least {bound}.")


def _at_most(value: Json, bound: Json) -> None:
    if float(value) > bound:
        raise ValidationError(f"This must be at most {bound}.")


def _no_shorter(value: Json, bound: Json) -> None:
    if len(value) < bound:
        raise ValidationError(f"There must be at least {bound} {_unit(value)}.")


def _no_longer(value: Json, bound: Json) -> None:
    if len(value) > bound:
        raise ValidationError(f"There must be at most {bound} {_unit(value)}.")


def _unit(value: Json) -> str:
    return "characters" if isinstance(value, str) else "entries"


_LIMITS = {"min": _at_least, "max": _at_most, "minLength": _no_shorter, "maxLength": _no_longer}


def value_at(data: Json, path: Path) -> Json:
    """Follow a path; None where it leads nowhere."""
    for step in path:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list | tuple) and step < len(data) else None
        else:
            data = data.get(step) if isinstance(data, Mapping) else None
    return data


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Overlay objects, in depth; lists are replaced."""
    found = dict(under)
    for key, value in over.items():
        below = found.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        found[key] = merged(below, value) if both else value  # type: ignore[arg-type]  # checked
    return found


def without(data: Json, paths: frozenset[Path]) -> Json:
    """Copy JSON data without these paths, and without the objects this leaves empty."""
    return _without(data, paths, at=()) if paths else data


def _without(data: Json, paths: frozenset[Path], *, at: Path) -> Json:
    if isinstance(data, list | tuple):
        return [_without(one, paths, at=(*at, place)) for place, one in enumerate(data)]
    if not isinstance(data, Mapping):
        return data
    kept = {}
    for key, value in data.items():
        if (*at, key) not in paths:
            left = _without(value, paths, at=(*at, key))
            if left != {} or value == {}:
                kept[key] = left
    return kept


def is_unchanged(value: Json, before: Json) -> bool:
    """Say whether a page only sent back what it was given."""
    return value is None or value == "" or is_same(value, before)
