"""Reading scenario files: what is wrong is named with its place."""

import pytest

from engine.errors import Invalid
from engine.scenarios import Then, When, parse

GOOD = """
- scenario: A story
  process: small
  given: {at: 2026-06-01T09:00:00+02:00, variables: {start: 2026-06-01}}
  steps:
    - when: {complete: {task: write, instance: 2}, by: p2, with: {text: hello}}
    - then: {timers: {reminder: 2026-06-05T22:00:00Z}}
"""


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: reading a file needs none."""


def read(text):
    return parse(text.encode(), name="small.scenarios.yaml")


def test_a_scenario_is_read_with_its_steps():
    (scenario,) = read(GOOD)
    when, then = scenario.steps
    assert scenario.id == "small: A story"
    assert scenario.variables == {"start": "2026-06-01"}
    assert isinstance(when, When)
    assert (when.number, when.target, when.instance, when.by) == (1, "write", 2, "p2")
    assert isinstance(then, Then)
    assert then.expected["timers"]["reminder"][0].isoformat() == "2026-06-05T22:00:00+00:00"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("process:", "proces:", "scenario “A story”: .*'proces' .*did you mean process"),
        ("given:", "given: {}\n  given:", "'given' stands twice"),
        ("at:", "when:", "given: .*'when'"),
        ("09:00:00+02:00", "09:00:00", "has no time zone"),
        ("2026-06-01T09", "1 June 2026 T09", "no ISO 8601 instant"),
        ("{complete:", "{complet:", "step 1: .*did you mean complete"),
        ("by: p2", "code: p2", "step 1: .*'code'"),
        ("{complete:", "{receive: answer, complete:", "one thing, not complete and receive"),
        ("instance: 2", "instance: two", "the instance is a number"),
        ("with: {text: hello}", "with: hello", "step 1, with: names with values are wanted"),
        ("{timers:", "{timer:", "step 2: .*did you mean timers"),
        ("{timers: {reminder: 2026-06-05T22:00:00Z}}", "{}", "step 2: nothing is expected"),
        ("{timers: {reminder: 2026-06-05T22:00:00Z}}", "{tasks: write}", "step 2, tasks: a list"),
        ("process: small", "process: small\n  decision: grade", "one process or one decision"),
        ("process: small", "decision: grade", "a decision has no steps"),
        ("at: 2026-06-01T09:00:00+02:00, ", "", "the instant of the start is missing"),
        ("- scenario: A story", "- scenario:", "a text is wanted"),
        ("{task: write", "{task: write: x", "no usable YAML"),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(old, new, message):
    assert old in GOOD
    with pytest.raises(Invalid, match=message) as refusal:
        read(GOOD.replace(old, new))
    assert str(refusal.value).startswith("small.scenarios.yaml")


def test_two_scenarios_of_one_name_are_refused():
    with pytest.raises(Invalid, match="two scenarios are called 'A story'"):
        read(GOOD + GOOD)


def test_a_file_makes_no_objects():
    with pytest.raises(Invalid, match="no usable YAML"):
        read("- !!python/object/apply:os.getcwd []")
