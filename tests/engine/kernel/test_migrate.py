import copy
from datetime import UTC, datetime

import pytest

from engine import kernel
from engine.errors import Conflict
from tests.engine.kernel.conftest import structure

LATER = datetime(2026, 2, 5, 12, tzinfo=UTC)


def migrate(it, other, *, mapping=None, **options):
    command = kernel.Migrate(old=it.definition, mapping=mapping or {}, **options)
    other.step = kernel.step(other.definition, it.state, command, now=LATER)
    other.state = other.step.state
    return other


def test_an_open_task_keeps_its_id_and_its_deadline(case):
    it = case("test_migrate.old").start()
    new = migrate(it, case("test_migrate.longer"))
    assert new.task("a").id == it.task("a").id
    assert new.timers["late"] == it.timers["late"]
    assert new.complete("a").tasks == ["checked"]


def test_a_new_boundary_event_begins_on_the_day_of_the_migration(case):
    new = migrate(case("test_migrate.old").start(), case("test_migrate.longer"))
    assert new.timers["remind"] == "2026-02-10T12:00:00+00:00"


def test_deadlines_are_computed_anew_on_request(case):
    it = case("test_migrate.old").start()
    new = migrate(it, case("test_migrate.longer"), recompute_timers=True)
    assert new.timers["late"] == "2026-03-07T12:00:00+00:00"


def test_an_active_element_without_counterpart_is_refused_by_name(case):
    it = case("test_migrate.old").start()
    with pytest.raises(Conflict, match="a is active and has no counterpart"):
        migrate(it, case("test_migrate.renamed"))


def test_a_mapping_carries_a_renamed_task_over(case):
    it = case("test_migrate.old").start()
    new = migrate(it, case("test_migrate.renamed"), mapping={"a": "z"})
    assert new.tasks == ["z"]
    assert new.task("z").id == it.task("a").id
    assert new.complete("z").complete("b").end == "end"


def test_a_boundary_event_that_the_new_version_lacks_stops_listening(case):
    it = migrate(case("test_migrate.old").start(), case("test_migrate.longer"))
    assert migrate(it, case("test_migrate.old")).timers.keys() == {"late"}


def test_a_preview_says_what_would_happen_and_changes_nothing(case):
    it, new = case("test_migrate.old").start(), case("test_migrate.longer")
    preview = kernel.preview_migration(it.definition, new.definition, it.state)
    assert preview.is_possible
    assert (preview.added, preview.removed) == (("remind",), ())
    other = case("test_migrate.renamed").definition
    preview = kernel.preview_migration(it.definition, other, it.state)
    assert not preview.is_possible


def newer(it):
    """The same diagrams in another version, for a case of its own."""
    other = copy.copy(it)
    files = {
        name: data.replace(b'isExecutable="true"', b'isExecutable="true" name="newer"')
        for name, data in it.files.items()
    }
    other.definition = kernel.load(kernel.Bundle(root="p", files=files))
    other.untouched = structure(other.definition)
    return other


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("test_loops.parallel", {"members": [1, 2]}),
        ("test_loops.sequential", {"members": [1, 2]}),
        ("test_loops.sub_process", {"members": [1, 2]}),
        ("test_loops.call", {"members": [1, 2]}),
        ("test_scopes.sub_process", {"a": 1}),
        ("test_scopes.call", {"a": 1}),
        ("test_scopes.event_beside", {}),
        ("test_gateways.event_based", {}),
        ("test_gateways.parallel", {}),
        ("test_timers.boundary", {}),
    ],
)
def test_every_kind_of_token_is_carried_over(case, name, variables):
    it = case(name).start(**variables)
    new = migrate(it, newer(it))
    assert new.definition.digest != it.definition.digest
    assert new.step.tasks == it.step.tasks
    assert new.step.timers == it.step.timers
    assert new.step.subscriptions == it.step.subscriptions
    for task in it.step.tasks:
        new.complete(task.element, task.instance)
