"""The shipped tables as files: complete, explained, valid, and drawn."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from engine.decisions import Table, check, parse

FOLDER = Path(__file__).parents[2] / "processes"
FILES = sorted(FOLDER.glob("*.dmn"))
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
DMNDI = "{https://www.omg.org/spec/DMN/20191111/DMNDI/}"


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: these rules take the instant as an argument."""


@cache
def models():
    return tuple(parse(file.read_bytes(), name=file.name) for file in FILES)


@cache
def schema():
    package = Path(find_spec("SpiffWorkflow").submodule_search_locations[0])
    return etree.XMLSchema(etree.parse(package / "dmn" / "parser" / "schema" / "DMN13.xsd"))


def test_the_gate_finds_nothing_wrong_with_the_shipped_tables():
    assert [str(finding) for finding in check(models())] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_valid_against_the_omg_schema(file):
    assert schema().validate(etree.parse(file)), schema().error_log.last_error


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_everything_in_a_file_is_drawn(file):
    root = etree.parse(file).getroot()
    drawn = {shape.get("dmnElementRef") for shape in root.iter(f"{DMNDI}DMNShape")}
    elements = [*root.iterchildren(f"{DMN}decision"), *root.iterchildren(f"{DMN}inputData")]
    assert {element.get("id") for element in elements} == drawn


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
def test_every_rule_says_where_it_comes_from_with_its_confidence(model):
    for decision in model.decisions.values():
        rules = decision.logic.rules if isinstance(decision.logic, Table) else ()
        for rule in rules:
            assert re.search(r"\((H|M|L)[),]|policy|CEOS 93|CALL states", rule.source), rule.source


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
def test_every_decision_describes_its_inputs_and_outputs(model):
    main = model.decisions[model.name.removesuffix(".dmn")]
    outputs = re.search(r"Outputs?: (.*)", main.description)[1]
    if isinstance(main.logic, Table):
        assert [c.name for c in main.logic.outputs if c.name not in outputs] == []
    inputs = {model.inputs[one.id] for one in main.inputs}
    assert {name for name in inputs if name not in main.description} == set()


def test_the_page_for_authors_names_every_decision_input_output_and_key():
    page = (FOLDER / "DECISIONS.md").read_text(encoding="utf-8")
    for model in models():
        name = model.name.removesuffix(".dmn")
        line = next(text for text in page.splitlines() if text.startswith(f"| `{name}`"))
        main = model.decisions[name]
        columns = main.logic.outputs if isinstance(main.logic, Table) else ()
        assert [c.name for c in columns if c.name not in line] == []
        assert [i for i in model.inputs.values() if f"`{i}" not in line] == []
    for table in ("policy_parameters", "external_figure_values"):
        [decision] = [m.decisions[table] for m in models() if table in m.decisions]
        keys = [rule.outputs[0].text.strip('"') for rule in decision.logic.rules]
        assert [key for key in keys if f"| `{key}` |" not in page] == []
