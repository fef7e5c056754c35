from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import zstandard

from engine import kernel
from engine.errors import ExecutionFailed

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def tick(it, state):
    return kernel.step(it.definition, state, kernel.Tick(), now=NOON)


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: b"",
        lambda state: b"\x02" + state[1:],
        lambda state: state[:-5],
        lambda state: state[:20] + b"x" + state[21:],
        lambda state: b"\x01" + zstandard.compress(b"[]"),
        lambda state: b"\x01" + zstandard.compress(b'{"definition": "x"}'),
        lambda state: b"\x01" + zstandard.compress(b"not json"),
    ],
)
def test_a_damaged_state_is_refused(case, damage):
    it = case("test_tasks.user").start()
    with pytest.raises(ExecutionFailed):
        tick(it, damage(it.state))


def test_a_state_of_another_definition_is_refused(case):
    it = case("test_tasks.user").start()
    with pytest.raises(ExecutionFailed, match="another version"):
        tick(case("test_tasks.script"), it.state)


def test_a_token_in_an_impossible_state_is_refused(case):
    it = case("test_tasks.user").start()
    plain = zstandard.decompress(it.state[1:])
    forged = b"\x01" + zstandard.compress(plain.replace(b'["a",1,16,', b'["a",1,999,'))
    with pytest.raises(ExecutionFailed, match="impossible state 999"):
        tick(it, forged)


def test_a_value_that_is_not_json_is_refused(case):
    with pytest.raises(ExecutionFailed, match="cannot be stored"):
        case("test_tasks.user").start(chief=object)


def test_ids_are_derived_from_case_element_and_ordinal(case):
    one = case("test_tasks.user").start().task("a")
    assert one.id == case("test_tasks.user").start(later=1).task("a").id


def test_the_same_instant_in_two_zones_gives_the_same_bytes(case):
    there = NOON.astimezone(ZoneInfo("Europe/Brussels"))
    one, other = case("test_timers.cycle").start(at=NOON), case("test_timers.cycle").start(at=there)
    assert one.state == other.state


def test_an_instant_without_a_zone_is_refused(case):
    it = case("test_tasks.user")
    with pytest.raises(ExecutionFailed, match="time zone"):
        it.start(at=datetime(2026, 1, 1))  # noqa: DTZ001  # naive on purpose
