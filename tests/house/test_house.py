"""The house is in order: nothing named that is not there, nothing there that nobody names."""

import re
from importlib import import_module, resources
from pathlib import Path

import pytest
import yaml
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from api import problems
from cursus import wiring
from engine import errors
from engine.kernel.xml.reader import read_graph
from engine.store import tables as engine_tables
from recruitment.operations import shipped
from recruitment.store import tables as recruitment_tables

ROOT = Path(__file__).parents[2]
PERSONS = ("userTask", "manualTask")


@pytest.fixture(scope="module")
def files():
    return wiring.shipped_files()


@pytest.fixture(scope="module")
def nodes(files):
    return read_graph(files).nodes


def _family(kind):
    return {kind}.union(*[_family(one) for one in kind.__subclasses__()])


def test_every_refusal_has_a_status_a_code_and_a_message():
    for name in ("api.bodies", "api.conditional", "api.paging", "api.frame", "api.app"):
        import_module(name)
    kinds = {one for one in _family(errors.CursusError) if not one.__module__.startswith("tests")}
    kinds.discard(errors.CursusError)
    for kind in kinds:
        assert any(base in problems.STATUS for base in kind.__mro__), kind
        assert kind.__doc__, kind
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code), kind
    codes = [kind.code for kind in kinds]
    assert sorted(codes) == sorted(set(codes))
    assert len(kinds) > 20


def test_every_path_in_the_map_of_the_readme_exists():
    readme = ROOT / "README.md"
    named = set(re.findall(r"`([\w.-]+(?:/[\w.-]+)*/?)`", readme.read_text("utf-8")))
    rooms = {one.name for one in ROOT.iterdir()}
    missing = [
        name
        for name in sorted(named)
        if "/" in name and name.split("/")[0] in rooms and not (ROOT / name).exists()
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("metadata", "version"),
    [
        (engine_tables.metadata, "engine_version"),
        (recruitment_tables.metadata, "recruitment_version"),
    ],
)
def test_the_tables_are_those_that_the_migrations_make(database, metadata, version):
    own = set(metadata.tables)

    def is_own(item, name, kind, *_):
        table = name if kind == "table" else item.table.name
        return table in own

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": is_own, "version_table": version}
        )
        assert compare_metadata(context, metadata) == []


def test_every_verb_that_the_code_asks_for_stands_in_the_table_of_permissions():
    table = wiring.shell().policy.permissions
    asked = set()
    for room in ("api", "engine", "recruitment"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text("utf-8")
            asked |= set(re.findall(r'(?:authorize|allows)\([^()]*?,\s*"([a-z-]+:[a-z-]+)"', text))
            asked |= set(re.findall(r'_task_or_permission\([^()]*"([a-z-]+:[a-z-]+)"', text))
    assert asked == set(table)
    assert {role for roles in table.values() for role in roles} <= wiring.shell().roles


def test_every_task_of_a_person_has_a_form_of_its_id_and_every_form_its_task(files, nodes):
    forms = {name.removesuffix(".form") for name in files if name.endswith(".form")}
    tasks = {key for key, one in nodes.items() if one.kind in PERSONS}
    assert {one.element.form for one in nodes.values() if one.kind in PERSONS} == tasks
    assert forms == tasks


def test_every_role_named_in_a_diagram_exists(files):
    named = {
        role.strip()
        for data in files.values()
        for found in re.findall(r'candidateGroups="([^"=]+)"', data.decode())
        for role in found.split(",")
    }
    assert len(named) >= 5
    assert named <= wiring.shell().roles


def test_every_operation_named_in_a_diagram_is_registered(nodes):
    known = {one.name for one in shipped()}
    named = {one.element.operation for one in nodes.values()} - {None}
    assert named <= known
    assert len(named) > 5


def test_every_letter_named_in_a_diagram_is_written(files):
    text = (resources.files("recruitment") / "letters" / "letters.yaml").read_text("utf-8")
    letters = yaml.safe_load(text)
    named = set()
    for name, data in files.items():
        if name.endswith(".bpmn"):
            found = re.findall(r'<zeebe:input source="([^"]*)" target="template"', data.decode())
            found += re.findall(r'target="template" source="([^"]*)"', data.decode())
            for source in found:
                named |= set(re.findall(r"&#34;(\w+)&#34;|&quot;(\w+)&quot;|^=?'?(\w+)'?$", source))
    flat = {one for group in named for one in group if one}
    assert len(flat) > 10
    assert flat - set(letters) == set()


def test_every_shipped_process_passes_the_gate(files):
    from engine import definitions  # noqa: PLC0415  # only here

    found = definitions.check(files, wiring.shell().for_gate())
    assert [str(one) for one in found if one.severity == "error"] == []


def test_nothing_in_the_repository_names_this_machine():
    words = ("/work" + "/", "site-packages")
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "pyproject.toml"]:
        text = path.read_text("utf-8")
        assert not any(word in text for word in words), path
