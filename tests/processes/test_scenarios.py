"""Every shipped scenario comes out as told, and together they leave nothing untried."""

from functools import cache
from pathlib import Path

import pytest

from engine.decisions import parse
from engine.scenarios import Coverage, read, run
from engine.scenarios.run import definition_of

ROOT = Path(__file__).parents[2]
SHIPPED = read(ROOT / "processes", ROOT / "forms")
PROCESSES = sorted(name.removesuffix(".bpmn") for name in SHIPPED.files if name.endswith(".bpmn"))


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: a scenario brings its own."""


@cache
def played(index):
    return run(SHIPPED.files, SHIPPED.scenarios[index])


@pytest.mark.parametrize(
    "index",
    range(len(SHIPPED.scenarios)),
    ids=[scenario.id.replace("::", ":") for scenario in SHIPPED.scenarios],
)
def test_a_shipped_scenario_comes_out_as_told(index):
    assert played(index).failures == ()


def uncovered():
    coverage = Coverage.of(played(index) for index in range(len(SHIPPED.scenarios)))
    models = [
        parse(data, name=name) for name, data in SHIPPED.files.items() if name.endswith(".dmn")
    ]
    definitions = [definition_of(SHIPPED.files, process) for process in PROCESSES]
    return coverage.missing(definitions, models)


def test_the_scenarios_cover_every_flow_rule_and_boundary_event():
    missing = uncovered()
    assert not missing, f"{len(missing)} not covered:\n" + "\n".join(missing)
