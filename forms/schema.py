"""Compile a form-js schema once; judge every submission by it, whichever client sent it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any

from marshmallow import Schema, ValidationError

from forms.answers import Place, Reading, is_unchanged, merged, value_at, without
from forms.components import Component
from forms.errors import FormError
from forms.fields import schema_class
from forms.json_schema import json_schema
from forms.reader import Reader
from forms.rules import Use, parse_uses
from forms.shape import Json, Path, problems, written

UNKNOWN = "This form has no such field."
WHOLE_FORM: Path = ()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A compiled form; `schema` is the marshmallow Schema of its answers."""

    id: str
    name: str
    title: str
    components: tuple[Component, ...]
    schema: type[Schema]
    uses: tuple[tuple[Component | None, Use], ...]

    @cached_property
    def reader(self) -> Schema:
        """The one instance that reads submissions: to build it takes longer than to use it."""
        return self.schema()

    @property
    def keys(self) -> frozenset[str]:
        """The variables that a submission of this form sets."""
        return frozenset(component.path[0] for component in self.components)

    @property
    def fields(self) -> tuple[Component, ...]:
        """Every field and list, in the order of the page, the entries of lists included."""
        return tuple(_flat(self.components))

    @property
    def reads(self) -> frozenset[str]:
        """The variables of the case that its conditions, options and limits look at."""
        return frozenset(_reads(self.fields)) - self.keys

    def load(
        self,
        submission: Mapping[str, Any],
        *,
        context: Mapping[str, Any] | None = None,
        now: datetime | None = None,
    ) -> dict[str, Any]:
        """Return the answers as JSON values; raise FormError naming every field at fault.

        Hidden answers are dropped, expression fields are computed here, empty ones are null.
        `context` holds the variables of the case; `now` is needed by forms that look at today.
        """
        self._refuse_shape(submission)
        reading = Reading(components=self.components, context=context or {}, now=now)
        return Judgement(form=self, reading=reading, errors={}).of(submission)

    def _refuse_shape(self, submission: object) -> None:
        if not isinstance(submission, Mapping):
            raise FormError({"": ["A submission is an object with named values."]}, form=self.id)
        found = next(problems(submission), None)
        if found is not None:
            raise FormError({written(found[0]): [found[1]]}, form=self.id)

    def json_schema(self) -> dict[str, Any]:
        """Describe the submission as JSON Schema 2020-12, for the API's own description."""
        return json_schema(self.components, title=self.title)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One submission being judged; the errors are collected per place."""

    form: Form
    reading: Reading
    errors: dict[Path, list[str]]

    def of(self, submission: Mapping[str, Any]) -> dict[str, Any]:
        """Judge in order: visible, locked, well formed, computed, complete, the rules."""
        hidden = self._hidden(submission)
        seen = without(submission, hidden)
        locked = self._locked(seen)
        data = self._formed(without(seen, locked | self._expressions(seen)))
        data = self._with_computed(data, hidden)
        self._complete(data, hidden | locked)
        self._rules(data, hidden)
        if self.errors:
            texts = {written(path): found for path, found in self.errors.items()}
            raise FormError(texts, form=self.form.id)
        return data

    def _blame(self, path: Path, message: str) -> None:
        self.errors.setdefault(path, []).append(message)

    def _hidden(self, data: Mapping[str, Any]) -> frozenset[Path]:
        try:
            return self.reading.hidden(data)
        except ValidationError as error:
            self._blame(WHOLE_FORM, str(error.messages[0]))
            return frozenset()

    def _locked(self, data: Mapping[str, Any]) -> frozenset[Path]:
        locked = [
            place
            for place in self.reading.places(data)
            if place.component.locked and self.reading.is_locked(place, data)
        ]
        for place in locked:
            before = value_at(self.reading.context, place.path)
            if place.component.expression is None and not is_unchanged(place.value, before):
                self._blame(place.path, "This cannot be changed here.")
        return frozenset(place.path for place in locked)

    def _expressions(self, data: Mapping[str, Any]) -> frozenset[Path]:
        places = self.reading.places(data)
        return frozenset(place.path for place in places if place.component.expression)

    def _formed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self.form.reader.load(data)
        except ValidationError as error:
            for path, message in _messages(error.messages):
                self._blame(path, self._hint(path) if message == UNKNOWN else message)
            valid: Json = error.valid_data
            return valid if isinstance(valid, dict) else {}
        return found

    def _hint(self, path: Path) -> str:
        *above, asked = (step for step in path if isinstance(step, str))
        beside = sorted(_beside(tuple(above), _names(self.form.components)))
        near = get_close_matches(asked, beside, n=1)
        if near:
            return f"{UNKNOWN} Did you mean {near[0]}?"
        return f"{UNKNOWN} It has {', '.join(beside) or 'none'}."

    def _with_computed(self, data: dict[str, Any], hidden: frozenset[Path]) -> dict[str, Any]:
        for place in self.reading.places(data):
            if place.component.expression is None or place.path in hidden:
                continue
            try:
                data = _set(data, place.path, self.reading.computed(place, data))
            except ValidationError as error:
                self._blame(place.path, str(error.messages[0]))
        return data

    def _complete(self, data: Mapping[str, Any], excused: frozenset[Path]) -> None:
        for place in self.reading.places(data):
            if place.path in excused or self._is_blamed(place):
                continue
            try:
                self.reading.check(place, data)
            except ValidationError as error:
                self._blame(place.path, str(error.messages[0]))

    def _is_blamed(self, place: Place) -> bool:
        return any(
            path[: len(place.path)] == place.path or (path and place.path[: len(path)] == path)
            for path in self.errors
        )

    def _rules(self, data: Mapping[str, Any], hidden: frozenset[Path]) -> None:
        for holder, use in self.form.uses:
            today = self.reading.today if use.rule.needs_today else None
            for at in self._stands(holder, data):
                path = (*at, *use.blamed)
                look = _looker(value_at(data, at), merged(self.reading.context, data))
                message = None if path in hidden else use.judge(look, today=today)
                if message is not None:
                    self._blame(path, message)

    def _stands(self, holder: Component | None, data: Mapping[str, Any]) -> Iterator[Path]:
        if holder is None:
            yield ()
            return
        for place in self.reading.places(data):
            if place.component is holder:
                yield place.path[: -len(holder.path)]


def compile_form(data: bytes | Mapping[str, Any], *, name: str) -> Form:
    """Compile a form, once per content; raise FormSchemaError with file, component and remedy."""
    if isinstance(data, bytes):
        return _compiled(data, name)
    return _compiled(json.dumps(data, sort_keys=False, default=str).encode(), name)


@lru_cache(maxsize=1024)
def _compiled(data: bytes, name: str) -> Form:
    reader = Reader(file=name)
    document = reader.document(data)
    components = reader.components(document["components"])
    _refuse_twins(reader, components)
    return Form(
        id=document["id"],
        name=name,
        title=str(document.get("title") or document["id"]),
        components=components,
        schema=schema_class(components, name=document["id"]),
        uses=tuple(_uses(reader, document, components)),
    )


def _refuse_twins(reader: Reader, components: tuple[Component, ...]) -> None:
    for place, component in enumerate(components):
        for other in components[:place]:
            shared = min(len(component.path), len(other.path))
            if component.path[:shared] == other.path[:shared]:
                raise reader.refuse(
                    f"the key {'.'.join(component.path)} stands in the way of "
                    f"{'.'.join(other.path)} ({other.id})",
                    remedy="give each field its own key",
                    component=component.id,
                )
        _refuse_twins(reader, component.children)


def _uses(
    reader: Reader, document: Mapping[str, Any], components: tuple[Component, ...]
) -> Iterator[tuple[Component | None, Use]]:
    form_rules = (document.get("properties") or {}).get("rules", "")
    yield from ((None, use) for use in _parsed(reader, str(form_rules), components))
    yield from _own_uses(reader, components)


def _own_uses(
    reader: Reader, components: tuple[Component, ...]
) -> Iterator[tuple[Component | None, Use]]:
    for component in components:
        uses = _parsed(reader, component.rules, components, component=component)
        yield from ((component, use) for use in uses)
        yield from _own_uses(reader, component.children)


def _parsed(
    reader: Reader,
    text: str,
    components: tuple[Component, ...],
    *,
    component: Component | None = None,
) -> tuple[Use, ...]:
    blamed = component.id if component else None
    try:
        uses = parse_uses(text, field=".".join(component.path) if component else None)
    except ValueError as error:
        raise reader.refuse(str(error), remedy="correct the rule", component=blamed) from error
    known = {one.path for one in components}
    for use in uses:
        if use.blamed not in known:
            raise reader.refuse(
                f"the rule {use.rule.name} blames {'.'.join(use.blamed)}, which is no field here",
                remedy=f"name a field: {', '.join(sorted('.'.join(path) for path in known))}",
                component=blamed,
            )
    return uses


def _looker(entry: Json, names: Mapping[str, Any]) -> Json:
    def look(path: tuple[str, ...]) -> Json:
        found = value_at(entry, path)
        return value_at(names, path) if found is None else found

    return look


def _messages(messages: Json, at: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(messages, Mapping):
        for step, inner in messages.items():
            yield from _messages(inner, at if step == "_schema" else (*at, step))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _messages(inner, at)
    else:
        yield at, str(messages)


def _set(data: Json, path: Path, value: Json) -> Json:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(data, list):
        return [_set(one, rest, value) if at == step else one for at, one in enumerate(data)]
    inside = data.get(step) if isinstance(data, dict) else None
    return {**(data or {}), step: _set(inside, rest, value)}


def _flat(components: tuple[Component, ...]) -> Iterator[Component]:
    for component in components:
        yield component
        yield from _flat(component.children)


def _beside(above: tuple[str, ...], names: Iterator[tuple[str, ...]]) -> set[str]:
    depth = len(above)
    return {name[depth] for name in names if name[:depth] == above and len(name) > depth}


def _names(
    components: tuple[Component, ...], at: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    for component in components:
        name = (*at, *component.path)
        yield name
        yield from _names(component.children, name)


def _reads(fields: tuple[Component, ...]) -> Iterator[str]:
    special = {"this", "parent", "i", "_this_", "_parent_", "_i_"}
    for component in fields:
        for expression in component.expressions:
            yield from expression.names - special
        if component.choices and component.choices.key:
            yield component.choices.key[0]
