"""Variables of a case as people read them: sections, rows, lists of rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.cases import open_scopes, sees_variables
from engine.cases import Act
from engine.kernel import ScopeView
from web.cases_head import Head
from web.cases_names import readable
from web.language import _, day, instant

#: Deeper than this a value is written as it is.
_DEEPEST = 6
_DAY = re.compile(r"\A\d{4}-\d\d-\d\d\Z", re.ASCII)
_INSTANT = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d[0-9:.]*(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A value: a text, named values, or a list; exactly one of them."""

    text: str | None = None
    rows: tuple[tuple[str, "Shown"], ...] | None = None
    items: tuple["Shown", ...] | None = None
    #: headings of a list of equal objects, shown as a table
    columns: tuple[str, ...] = ()
    lines: tuple[tuple["Shown", ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """The variables of one scope."""

    title: str
    values: tuple[tuple[str, Shown], ...]


def groups(act: Act, head: Head) -> tuple[Group, ...] | None:
    """Return the variables that the actor may see, by scope; None when it may see none."""
    if not sees_variables(act):
        return None
    return tuple(
        Group(title=_title(head, one), values=named(one.variables))
        for one in open_scopes(head.definition, head.view.scopes)
        if one.variables
    )


def _title(head: Head, scope: ScopeView) -> str:
    if scope.element is None:
        return _("The whole case")
    name = head.name_of(scope.element)
    if scope.instance is None:
        return name
    return _("%(name)s, number %(number)s", name=name, number=scope.instance)


def named(values: Mapping[str, object]) -> tuple[tuple[str, Shown], ...]:
    """Return named values as rows, by name."""
    return tuple((readable(name), shown(values[name])) for name in sorted(values))


def shown(value: object, depth: int = 0) -> Shown:
    """Return a JSON value as something to read."""
    if depth >= _DEEPEST or not isinstance(value, Mapping | list | tuple):
        return Shown(text=written(value))
    if isinstance(value, Mapping):
        if not value:
            return Shown(text=_("nothing"))
        return Shown(
            rows=tuple((readable(str(key)), shown(one, depth + 1)) for key, one in value.items())
        )
    return _listed(value, depth)


def _listed(values: Sequence[object], depth: int) -> Shown:
    if not values:
        return Shown(text=_("none"))
    first = values[0]
    if isinstance(first, Mapping) and first and all(_is_like(first, one) for one in values):
        return Shown(
            columns=tuple(readable(str(name)) for name in first),
            lines=tuple(
                tuple(shown(one[name], depth + 1) for name in first)
                for one in values
                if isinstance(one, Mapping)
            ),
        )
    return Shown(items=tuple(shown(one, depth + 1) for one in values))


def _is_like(first: Mapping[str, object], other: object) -> bool:
    """Say whether a list reads well as a table: equal keys and no nested objects."""
    return (
        isinstance(other, Mapping)
        and other.keys() == first.keys()
        and not any(isinstance(one, Mapping | list | tuple) for one in other.values())
    )


def written(value: object) -> str:
    """Write a single value as people do."""
    if value is None:
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    try:
        if _DAY.match(text):
            return day(date.fromisoformat(text))
        if _INSTANT.match(text):
            return str(instant(datetime.fromisoformat(text)).striptags())
    except ValueError:
        return text
    return text
