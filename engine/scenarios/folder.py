"""Diagrams, tables, forms and scenarios as they lie in folders."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.scenarios.model import Scenario
from engine.scenarios.reader import ENDING, parse

DEFINITIONS = (".bpmn", ".dmn", ".form")


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """The files of a house of processes and the scenarios about them."""

    files: Mapping[str, bytes]
    scenarios: tuple[Scenario, ...]


def read(*folders: Path) -> Shipped:
    """Read the folders, not those below; raise Invalid for a scenario file that cannot be used."""
    paths = sorted(path for folder in folders for path in folder.iterdir())
    return Shipped(
        files={path.name: path.read_bytes() for path in paths if path.suffix in DEFINITIONS},
        scenarios=tuple(
            scenario
            for path in paths
            if path.name.endswith(ENDING)
            for scenario in parse(path.read_bytes(), name=path.name)
        ),
    )
