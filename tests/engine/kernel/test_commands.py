from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from engine.errors import Invalid
from engine.kernel import commands

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "command",
    [
        commands.Start(case_id="C1", variables={"a": 1}),
        commands.CompleteTask(task_id="t", variables={"ok": True}),
        commands.Tick(),
        commands.Receive(message="m", correlation="7", variables={}),
        commands.Signal(name="s"),
        commands.FinishEffect(effect_id="e", variables={"sent": True}),
        commands.FailEffect(effect_id="e", error_code="FULL", message="mailbox full"),
        commands.SendBack(task_id="t", to_element="u", reason="incomplete"),
        commands.Extend(timer_id="x", due_at=NOW, reason="sickness"),
        commands.Cancel(reason="withdrawn"),
        commands.SetVariables(variables={"a": None}, reason="typo"),
    ],
    ids=lambda command: command.verb,
)
def test_a_command_survives_its_json(command):
    assert commands.command_from_json(command.as_json()) == command


def test_a_migration_finds_its_old_definition_by_digest():
    old = SimpleNamespace(digest="abc")
    command = commands.Migrate(old=old, mapping={"a": "b"})
    assert command.as_json()["old"] == "abc"
    assert commands.command_from_json(command.as_json(), definitions={"abc": old}.get) == command


@pytest.mark.parametrize("data", [{}, {"command": "dance"}, {"command": "start"}])
def test_an_unreadable_command_is_refused(data):
    with pytest.raises(Invalid):
        commands.command_from_json(data)
