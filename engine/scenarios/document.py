"""YAML as scenarios use it: dates stay text, a key stands once, every refusal names its place."""

import difflib
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

from engine.errors import Invalid

# the parser in C reads the stories of a recruitment in 0.2 s, that in Python in 2 s
_Safe: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Loader(_Safe):  # type: ignore[misc]  # one of two classes with the same methods
    """The safe loader; dates are ISO texts, as in the variables of a case."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML reads this class attribute
        first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
        for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a key written twice: the first value would be lost without a word."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.value != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(str(key.value))
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def load(data: bytes, *, name: str) -> object:
    """Return the content of a YAML file; raise Invalid naming file and line."""
    try:
        return yaml.load(data, Loader=_Loader)  # noqa: S506  # a safe loader without dates
    except yaml.YAMLError as problem:
        raise Invalid(f"this is no usable YAML: {problem}", where=name) from problem


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in a scenario file something stands, with what the file may say there."""

    where: str

    def inside(self, name: str) -> "Place":
        """Return a place further in."""
        return Place(where=f"{self.where}, {name}")

    def refuse(self, message: str, *, remedy: str | None = None) -> Invalid:
        """Return the refusal of what stands here."""
        return Invalid(message, where=self.where, remedy=remedy)

    def keys(self, value: object, known: Collection[str]) -> Mapping[str, Any]:
        """Return a mapping whose keys are all known; raise Invalid with the nearest one."""
        found = self.mapping(value)
        for key in found:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                remedy = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
                raise self.refuse(f"nobody knows the key {key!r} here", remedy=remedy)
        return found

    def mapping(self, value: object) -> Mapping[str, Any]:
        """Return a mapping with texts as keys; raise Invalid for anything else."""
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise self.refuse(f"names with values are wanted here, not {value!r}")
        return value

    def list(self, value: object) -> list[Any]:
        """Return a list; raise Invalid for anything else."""
        if not isinstance(value, list):
            raise self.refuse(f"a list is wanted here, not {value!r}")
        return value

    def text(self, value: object) -> str:
        """Return a text; raise Invalid for anything else."""
        if not isinstance(value, str) or not value:
            raise self.refuse(f"a text is wanted here, not {value!r}")
        return value

    def instant(self, value: object) -> datetime:
        """Return an instant with its time zone; raise Invalid for anything else."""
        try:
            found = datetime.fromisoformat(self.text(value))
        except ValueError as problem:
            raise self.refuse(f"{value!r} is no ISO 8601 instant") from problem
        if found.tzinfo is None:
            remedy = "add the offset, such as +02:00"
            raise self.refuse(f"the instant {value} has no time zone", remedy=remedy)
        return found
