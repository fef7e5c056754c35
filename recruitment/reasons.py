"""Coded reasons for a finding on a criterion: a versioned catalogue in which codes never die."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What a code means, and from which version of the catalogue on it is offered."""

    code: str
    #: "met", "not_met" or "ask"
    finding: str
    text: str
    since: int
    #: the first version that offers it no more
    retired: int | None = None


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All codes that there have ever been."""

    version: int
    source: str
    reasons: Mapping[str, Reason]

    def in_force(self) -> tuple[Reason, ...]:
        """Return the reasons that the newest version offers."""
        return tuple(one for one in self.reasons.values() if one.retired is None)

    def text(self, code: str) -> str:
        """Say what a code means, also a retired one; an unknown code stands for itself."""
        found = self.reasons.get(code)
        return found.text if found else code


def parse(text: str) -> Catalogue:
    """Read a catalogue; raise ValueError where a code stands twice or dies before its birth."""
    content: dict[str, Any] = yaml.safe_load(text)
    newest = max(content["versions"], key=lambda one: one["number"])
    reasons: dict[str, Reason] = {}
    for one in content["reasons"]:
        reason = Reason(**one)
        if reason.code in reasons:
            raise ValueError(f"the code {reason.code} stands twice")
        if reason.retired is not None and reason.retired <= reason.since:
            raise ValueError(f"the code {reason.code} is retired before it is offered")
        reasons[reason.code] = reason
    return Catalogue(version=newest["number"], source=newest["source"], reasons=reasons)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return the catalogue of the house."""
    return parse((resources.files("processes") / "shortlist_reasons.yaml").read_text("utf-8"))
