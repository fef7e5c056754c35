"""A form's submission as JSON Schema, for the OpenAPI document and for other clients."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from forms.components import Component


def json_schema(components: tuple[Component, ...], *, title: str) -> dict[str, Any]:
    """Describe the object that a submission is; conditions make no field required here."""
    return {"title": title, **_scope(components)}


def _scope(components: tuple[Component, ...]) -> dict[str, Any]:
    root: dict[str, Any] = _object()
    for component in components:
        *above, last = component.path
        holder = root
        for step in above:
            holder = holder["properties"].setdefault(step, _object())
        holder["properties"][last] = describe(component)
        if _is_always_required(component) and not above:
            holder["required"].append(last)
    return root


def _object() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": {}, "required": []}


def _is_always_required(component: Component) -> bool:
    return component.required and not component.hides and component.locked is False


def describe(component: Component) -> dict[str, Any]:
    """Describe one answer."""
    found = {"title": component.label, **_SHAPES[component.type](component)}
    if component.locked is True or component.expression is not None:
        found["readOnly"] = True
    return found


def _text(component: Component) -> dict[str, Any]:
    found: dict[str, Any] = {"type": ["string", "null"], **_limits(component)}
    if component.kind == "email":
        found["format"] = "email"
    if component.pattern:
        found["pattern"] = component.pattern.text
    return found


def _number(component: Component) -> dict[str, Any]:
    if component.as_text:
        return {"type": ["string", "null"], "format": "decimal"}
    kind = "integer" if component.digits == 0 else "number"
    found: dict[str, Any] = {"type": [kind, "null"], **_limits(component)}
    if component.increment is not None:
        found["multipleOf"] = _plain(component.increment)
    return found


def _moment(component: Component) -> dict[str, Any]:
    formats = {"date": "date", "time": "time", "datetime": "date-time"}
    return {"type": ["string", "null"], "format": formats[component.kind or "date"]}


def _choice(component: Component) -> dict[str, Any]:
    values = component.choices.values if component.choices else None
    return {"enum": [*values, None]} if values else {}


def _several(component: Component) -> dict[str, Any]:
    values = component.choices.values if component.choices else None
    entries = {"items": {"enum": list(values)}} if values else {}
    return {"type": ["array", "null"], "uniqueItems": True, **entries, **_limits(component)}


def _documents(component: Component) -> dict[str, Any]:
    most = {} if component.several else {"maxItems": 1}
    return {"type": ["array", "null"], "items": {"type": "string"}, "uniqueItems": True, **most}


def _entries(component: Component) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": _scope(component.children), **_limits(component)}


def _limits(component: Component) -> dict[str, Any]:
    several = component.type in ("dynamiclist", "checklist", "taglist")
    names = {
        "min": "minimum",
        "max": "maximum",
        "minLength": "minItems" if several else "minLength",
        "maxLength": "maxItems" if several else "maxLength",
    }
    return {
        names[name]: _plain(limit)
        for name, limit in component.limits.items()
        if isinstance(limit, Decimal)
    }


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


_SHAPES: Mapping[str, Callable[[Component], dict[str, Any]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": lambda _: {"type": ["boolean", "null"]},
    "radio": _choice,
    "select": _choice,
    "checklist": _several,
    "taglist": _several,
    "datetime": _moment,
    "filepicker": _documents,
    "expression": lambda _: {},
    "dynamiclist": _entries,
}
