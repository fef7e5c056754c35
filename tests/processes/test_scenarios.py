"""Every shipped scenario comes out as told, and together they leave nothing untried."""

from functools import cache
from pathlib import Path

import pytest

from cursus import wiring
from engine import decisions as models
from engine import definitions
from engine.errors import Invalid
from engine.scenarios import Coverage, parse, run
from engine.scenarios.folder import DEFINITIONS
from engine.scenarios.player import definition_of
from engine.scenarios.reader import ENDING
from recruitment.correspondence import templates
from recruitment.operations import shipped

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "processes", ROOT / "forms")
FILES = {
    path.name: path.read_bytes()
    for folder in FOLDERS
    for path in sorted(folder.iterdir())
    if path.suffix in DEFINITIONS
}
CATALOGUE = shipped().operations
STORIES = sorted((ROOT / "processes").glob(f"*{ENDING}"))


def told(path):
    try:
        return parse(path.read_bytes(), name=path.name)
    except Invalid:  # test_a_scenario_file_can_be_read says why
        return ()


SCENARIOS = [scenario for path in STORIES for scenario in told(path)]


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: a scenario brings its own."""


def test_the_gate_has_no_remark_about_what_is_shipped():
    assert [str(one) for one in definitions.check(FILES, wiring.shell().for_gate())] == []


@cache
def played(index):
    return run(FILES, SCENARIOS[index])


@pytest.mark.parametrize("path", STORIES, ids=[path.name for path in STORIES])
def test_a_scenario_file_can_be_read(path):
    assert parse(path.read_bytes(), name=path.name) != ()


@pytest.mark.parametrize(
    "index", range(len(SCENARIOS)), ids=[scenario.id for scenario in SCENARIOS]
)
def test_a_shipped_scenario_comes_out_as_told(index):
    assert played(index).failures == ()


def test_the_scenarios_cover_every_flow_rule_and_boundary_event():
    coverage = Coverage.of(played(index) for index in range(len(SCENARIOS)))
    tables = [models.parse(data, name=name) for name, data in FILES.items() if ".dmn" in name]
    processes = [name.removesuffix(".bpmn") for name in FILES if name.endswith(".bpmn")]
    missing = coverage.missing([definition_of(FILES, process) for process in processes], tables)
    assert not missing, f"{len(missing)} not covered:\n" + "\n".join(missing)


def test_what_diagrams_ask_of_operations_fits_the_catalogue():
    refused = set()
    for index in range(len(SCENARIOS)):
        for call in played(index).calls:
            found = CATALOGUE[call.operation].input().validate(dict(call.input))
            refused |= {f"{call.element}: {name}: {text}" for name, text in found.items()}
    assert refused == set()


def test_every_letter_that_a_scenario_sends_has_its_text():
    sent = {
        call.input["template"]
        for index in range(len(SCENARIOS))
        for call in played(index).calls
        if "template" in call.input
    }
    assert len(sent) > 20
    assert sent - set(templates()) == set()


def test_scenarios_answer_only_for_operations_of_the_catalogue_or_elements():
    known = set(CATALOGUE) | {
        element
        for name in FILES
        if name.endswith(".bpmn")
        for element in definition_of(FILES, name.removesuffix(".bpmn")).elements
    }
    answered = {name for scenario in SCENARIOS for name in scenario.operations}
    assert answered - known == set()
