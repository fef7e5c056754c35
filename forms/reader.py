"""Reading a form-js schema (as the editor writes it, schema version 18) into a tree of components.

What cannot be served faithfully is refused here, with the component and the remedy, so that no
form is published that the server would judge differently from the page.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import feel
from forms.components import Choices, Component, Limit
from forms.errors import FormSchemaError
from forms.patterns import Pattern, PatternRefused, compile_pattern

HOLDERS = frozenset({"group", "dynamiclist"})
#: Shown on the page only; they hold no answer.
SHOWN = frozenset(
    {"text", "html", "image", "separator", "spacer", "button", "table", "documentPreview"}
)
CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
SEVERAL = frozenset({"checklist", "taglist", "filepicker"})
KEYED = (
    CHOICES | SEVERAL | {"textfield", "textarea", "number", "checkbox", "datetime", "expression"}
)
SCHEMA_VERSIONS = range(1, 20)
DEPTH = 8
#: Decimal digits that a JSON number carries through every client.
DIGITS = 15
_KEY = re.compile(r"\A\w+(\.\w+)*\Z", re.ASCII)
_LIMITS = ("min", "max", "minLength", "maxLength")


@dataclass(frozen=True, kw_only=True)
class Within:
    """What the groups around a component give it: their path and their conditions."""

    path: tuple[str, ...] = ()
    hides: tuple[feel.Expression, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads one file; every refusal names it."""

    file: str

    def refuse(self, message: str, *, remedy: str, component: str | None = None) -> FormSchemaError:
        """Build the refusal of this file."""
        return FormSchemaError(message, file=self.file, component=component, remedy=remedy)

    def document(self, data: bytes | Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the JSON object of the file, its version and frame checked."""
        found = self._json(data) if isinstance(data, bytes) else data
        if not isinstance(found, Mapping) or not isinstance(found.get("components"), list):
            raise self.refuse("this is not a form", remedy="save it again from the form editor")
        if found.get("schemaVersion", 18) not in SCHEMA_VERSIONS:
            raise self.refuse(
                f"schema version {found['schemaVersion']!r} is unknown",
                remedy=f"save it with schema version 1 to {SCHEMA_VERSIONS[-1]}",
            )
        if not isinstance(found.get("id"), str) or not found["id"]:
            raise self.refuse("the form has no id", remedy="give it the id of its user task")
        return found

    def _json(self, data: bytes) -> object:
        try:
            return json.loads(data, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise self.refuse(
                f"the file is not JSON: {error}", remedy="save it again from the form editor"
            ) from error

    def components(
        self, found: object, *, within: Within | None = None, depth: int = 0
    ) -> tuple[Component, ...]:
        """Read a list of components; what only shows something is left out."""
        if depth > DEPTH:
            raise self.refuse(f"groups nest more than {DEPTH} deep", remedy="flatten them")
        if not isinstance(found, list):
            raise self.refuse("a group has no list of components", remedy="save it again")
        around = within or Within()
        return tuple(
            component for raw in found for component in self._read(raw, within=around, depth=depth)
        )

    def _read(self, raw: object, *, within: Within, depth: int) -> tuple[Component, ...]:
        if not isinstance(raw, Mapping):
            raise self.refuse(f"{raw!r} is not a component", remedy="save the form again")
        kind = raw.get("type")
        if kind in SHOWN:
            return ()
        if kind == "group":
            return self._group(raw, within=within, depth=depth)
        if kind == "dynamiclist":
            return (self._list(raw, within=within, depth=depth),)
        if kind in KEYED:
            return (self._field(raw, within=within),)
        raise self._unknown_type(raw)

    def _unknown_type(self, raw: Mapping[str, Any]) -> FormSchemaError:
        kind = str(raw.get("type"))
        near = get_close_matches(kind, sorted(KEYED | HOLDERS | SHOWN), n=1)
        hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(sorted(KEYED))}"
        return self.refuse(f"unknown type {kind!r}", remedy=hint, component=name_of(raw))

    def _group(
        self, raw: Mapping[str, Any], *, within: Within, depth: int
    ) -> tuple[Component, ...]:
        if self._properties(raw).get("rules"):
            raise self.refuse(
                "rules on a group", remedy="move them to a field", component=name_of(raw)
            )
        inside = Within(
            path=(*within.path, *self._path(raw, "path", needed=False)),
            hides=(*within.hides, *self._hides(raw)),
        )
        return self.components(raw.get("components"), within=inside, depth=depth + 1)

    def _list(self, raw: Mapping[str, Any], *, within: Within, depth: int) -> Component:
        return Component(
            **self._common(raw, within=within, key="path"),
            children=self.components(raw.get("components"), depth=depth + 1),
            limits=self._repetitions(raw),
            required=bool(self._validate(raw).get("required")),
        )

    def _repetitions(self, raw: Mapping[str, Any]) -> dict[str, Limit]:
        asked = {"minLength": "minRepetitions", "maxLength": "maxRepetitions"}
        sources = {**self._properties(raw), **self._validate(raw), **raw}
        return {
            name: self._limit(raw, sources[source])
            for name, source in asked.items()
            if sources.get(source) not in (None, "")
        }

    def _common(self, raw: Mapping[str, Any], *, within: Within, key: str) -> dict[str, Any]:
        path = (*within.path, *self._path(raw, key, needed=True))
        return {
            "id": name_of(raw),
            "type": raw["type"],
            "label": str(raw.get("label") or path[-1]),
            "path": path,
            "hides": (*within.hides, *self._hides(raw)),
            "locked": self._locked(raw),
            "rules": str(self._properties(raw).get("rules", "")),
        }

    def _hides(self, raw: Mapping[str, Any]) -> tuple[feel.Expression, ...]:
        hide = self._expression(raw, (raw.get("conditional") or {}).get("hide"))
        return (hide,) if hide else ()

    def _field(self, raw: Mapping[str, Any], *, within: Within) -> Component:
        validate = self._validate(raw)
        limits = {name: validate[name] for name in _LIMITS if validate.get(name) not in (None, "")}
        return Component(
            **self._common(raw, within=within, key="key"),
            **self._texts(raw, validate),
            **self._numbers(raw),
            required=bool(validate.get("required")),
            limits={name: self._limit(raw, value) for name, value in limits.items()},
            not_past=bool(raw.get("disallowPassedDates")),
            several=raw["type"] in SEVERAL
            and (raw["type"] != "filepicker" or self._is_multiple(raw)),
            choices=self._choices(raw) if raw["type"] in CHOICES else None,
            expression=self._computed(raw) if raw["type"] == "expression" else None,
        )

    def _is_multiple(self, raw: Mapping[str, Any]) -> bool:
        return raw.get("multiple") not in (None, False, "", "=false")

    def _texts(self, raw: Mapping[str, Any], validate: Mapping[str, Any]) -> dict[str, Any]:
        kind = validate.get("validationType")
        pattern = validate.get("pattern")
        found: dict[str, Any] = {"pattern": self._pattern(raw, pattern) if pattern else None}
        found["pattern_message"] = validate.get("patternErrorMessage")
        if kind in ("email", "phone"):
            found["kind"] = kind
        if raw["type"] == "datetime":
            found["kind"] = self._subtype(raw)
        return found

    def _subtype(self, raw: Mapping[str, Any]) -> str:
        subtype = str(raw.get("subtype", "date"))
        if subtype not in ("date", "time", "datetime"):
            raise self.refuse(
                f"unknown subtype {subtype!r}",
                remedy="use date, time or datetime",
                component=name_of(raw),
            )
        if subtype == "datetime" and raw.get("timeSerializingFormat") == "no_timezone":
            raise self.refuse(
                "an instant without its zone is not an instant",
                remedy="set the time format to UTC offset",
                component=name_of(raw),
            )
        return subtype

    def _numbers(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        digits, step = raw.get("decimalDigits"), raw.get("increment")
        if digits is not None and (not isinstance(digits, int) or not 0 <= digits <= DIGITS):
            raise self.refuse(
                f"{digits!r} decimal digits", remedy=f"0 to {DIGITS}", component=name_of(raw)
            )
        increment = None if step in (None, "") else self._decimal(raw, step)
        if increment is not None and increment <= 0:
            raise self.refuse(
                "the increment is not positive", remedy="leave it out", component=name_of(raw)
            )
        return {
            "digits": digits,
            "increment": increment,
            "as_text": raw["type"] == "number" and raw.get("serializeToString") is True,
        }

    def _choices(self, raw: Mapping[str, Any]) -> Choices:
        if "values" in raw:
            return Choices(values=self._static(raw))
        if isinstance(raw.get("valuesKey"), str) and _KEY.match(raw["valuesKey"]):
            return Choices(key=tuple(raw["valuesKey"].split(".")))
        expression = self._expression(raw, raw.get("valuesExpression"))
        if expression is None:
            raise self.refuse(
                "a choice without options",
                remedy="list its values, or say which variable holds them",
                component=name_of(raw),
            )
        return Choices(expression=expression)

    def _static(self, raw: Mapping[str, Any]) -> tuple[object, ...]:
        values = raw["values"]
        if not isinstance(values, list) or not values:
            raise self.refuse(
                "a choice without options", remedy="list its values", component=name_of(raw)
            )
        plain = tuple(option_value(one) for one in values)
        if len({json.dumps(one, sort_keys=True, default=str) for one in plain}) < len(plain):
            raise self.refuse(
                "two options have the same value",
                remedy="give each its own value",
                component=name_of(raw),
            )
        return plain

    def _computed(self, raw: Mapping[str, Any]) -> feel.Expression:
        expression = self._expression(raw, raw.get("expression"))
        if expression is None:
            raise self.refuse(
                "an expression field without its expression",
                remedy="write it as FEEL, beginning with =",
                component=name_of(raw),
            )
        return expression

    def _locked(self, raw: Mapping[str, Any]) -> bool | feel.Expression:
        if raw.get("disabled") is True or raw.get("readonly") is True:
            return True
        for name in ("disabled", "readonly"):
            expression = self._expression(raw, raw.get(name) or None)
            if expression is not None:
                return expression
        return False

    def _limit(self, raw: Mapping[str, Any], value: object) -> Limit:
        if isinstance(value, str) and value.startswith("="):
            expression = self._expression(raw, value)
            assert expression is not None  # noqa: S101  # it begins with =
            return expression
        return self._decimal(raw, value)

    def _decimal(self, raw: Mapping[str, Any], value: object) -> Decimal:
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite():
            raise self.refuse(
                f"{value!r} is not a number", remedy="correct the limit", component=name_of(raw)
            )
        return number

    def _pattern(self, raw: Mapping[str, Any], text: object) -> Pattern:
        try:
            return compile_pattern(str(text))
        except PatternRefused as error:
            raise self.refuse(
                str(error), remedy="simplify the pattern", component=name_of(raw)
            ) from error

    def _expression(self, raw: Mapping[str, Any], text: object) -> feel.Expression | None:
        if text is None or text == "":
            return None
        if not isinstance(text, str) or not text.startswith("="):
            raise self.refuse(
                f"{text!r} is not an expression",
                remedy="write it as FEEL, beginning with =",
                component=name_of(raw),
            )
        try:
            return feel.parse(text[1:])
        except feel.FeelError as error:
            raise self.refuse(
                f"the expression {text!r} cannot be read: {error}",
                remedy="correct the FEEL expression",
                component=name_of(raw),
            ) from error

    def _path(self, raw: Mapping[str, Any], name: str, *, needed: bool) -> tuple[str, ...]:
        text = raw.get(name) or ""
        if not text and not needed:
            return ()
        if not isinstance(text, str) or not _KEY.match(text):
            raise self.refuse(
                f"the {name} {text!r} is not a name" if text else f"the {name} is missing",
                remedy="use letters, digits and _, with dots between the parts",
                component=name_of(raw),
            )
        return tuple(text.split("."))

    def _validate(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        found = raw.get("validate") or {}
        return found if isinstance(found, Mapping) else {}

    def _properties(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        found = raw.get("properties") or {}
        return found if isinstance(found, Mapping) else {}


def name_of(raw: Mapping[str, Any]) -> str:
    """Name a component by its id, else by its key or type."""
    return str(raw.get("id") or raw.get("key") or raw.get("path") or raw.get("type"))


def option_value(option: object) -> object:
    """Return the value that choosing an option submits, as form-js does."""
    if isinstance(option, Mapping):
        return option.get("value", option.get("label"))
    return option


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
