"""What the points of a score sheet mean: a table of the institution, with its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """The table: words by points, and from which difference on a member is named."""

    version: int
    words: Mapping[int, str]
    outlier: Decimal

    @property
    def most(self) -> int:
        """The highest number of points."""
        return max(self.words)


@cache
def anchors() -> Anchors:
    """Return the table in force."""
    text = (resources.files("processes") / "score_anchors.yaml").read_text("utf-8")
    found = yaml.safe_load(text)
    return Anchors(
        version=int(found["version"]),
        words={int(one["points"]): str(one["words"]) for one in found["anchors"]},
        outlier=Decimal(str(found["outlier"])),
    )
