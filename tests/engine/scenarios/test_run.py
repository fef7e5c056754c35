"""Scenarios on small diagrams: the clock, the operations, the expectations, the time line."""

import json
from datetime import UTC, datetime

import pytest
from freezegun import freeze_time

from engine.kernel import collect, load
from engine.scenarios import Coverage, parse, read, rehearse, run

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:test">
  <bpmn:message id="m1" name="answer"/><bpmn:error id="e1" errorCode="FULL"/>"""


def extension(text):
    return f"<bpmn:extensionElements>{text}</bpmn:extensionElements>"


def flow(name, source, target):
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}"/>'


def service(name, operation, *inputs):
    rows = "".join(f'<zeebe:input source="{s}" target="{t}"/>' for s, t in inputs)
    mapping = f"<zeebe:ioMapping>{rows}</zeebe:ioMapping>" if rows else ""
    task = f'<zeebe:taskDefinition type="{operation}"/>{mapping}'
    return f'<bpmn:serviceTask id="{name}" name="Send">{extension(task)}</bpmn:serviceTask>'


def duration(text):
    return (
        f"<bpmn:timerEventDefinition><bpmn:timeDuration>{text}</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition>"
    )


MAIN = (
    HEAD
    + '<bpmn:process id="main" name="Main" isExecutable="true"><bpmn:startEvent id="begun"/>'
    + '<bpmn:userTask id="write" name="Write">'
    + extension(
        '<zeebe:userTask/><zeebe:formDefinition formId="write"/>'
        '<zeebe:assignmentDefinition candidateGroups="hr_officer"/>'
        '<zeebe:taskSchedule dueDate="2026-01-09T23:00:00Z"/>'
    )
    + "</bpmn:userTask>"
    + f'<bpmn:boundaryEvent id="reminder" name="Reminder" attachedToRef="write" '
    f'cancelActivity="false">{duration("P2D")}</bpmn:boundaryEvent>'
    + f'<bpmn:boundaryEvent id="expired" name="Expired" attachedToRef="write">'
    f"{duration('P4D')}</bpmn:boundaryEvent>"
    + service("remind", "mail.send", ("=to", "to"))
    + service("send", "letters.draw_up")
    + '<bpmn:boundaryEvent id="full" attachedToRef="send">'
    '<bpmn:errorEventDefinition errorRef="e1"/></bpmn:boundaryEvent>'
    + '<bpmn:businessRuleTask id="decide" name="Decide">'
    + extension('<zeebe:calledDecision decisionId="size" resultVariable="size"/>')
    + "</bpmn:businessRuleTask>"
    + '<bpmn:callActivity id="stage" name="Stage">'
    + extension(
        '<zeebe:calledElement processId="child"/><zeebe:ioMapping>'
        '<zeebe:output source="=reply" target="reply"/></zeebe:ioMapping>'
    )
    + "</bpmn:callActivity>"
    + '<bpmn:endEvent id="done" name="Done">'
    + extension(
        '<zeebe:properties><zeebe:property name="outcome" value="written"/>'
        '<zeebe:property name="legalBasis" value="CEOS 84"/></zeebe:properties>'
    )
    + "</bpmn:endEvent>"
    + '<bpmn:endEvent id="reminded"/><bpmn:endEvent id="late" name="Late"/>'
    '<bpmn:endEvent id="unsent"/>'
    + "".join(
        flow(f"{a}_{b}", a, b)
        for a, b in [
            ("begun", "write"),
            ("reminder", "remind"),
            ("remind", "reminded"),
            ("expired", "late"),
            ("write", "decide"),
            ("decide", "send"),
            ("full", "unsent"),
            ("send", "stage"),
            ("stage", "done"),
        ]
    )
    + "</bpmn:process></bpmn:definitions>"
)
CHILD = (
    HEAD + '<bpmn:process id="child" isExecutable="true"><bpmn:startEvent id="asked"/>'
    '<bpmn:intermediateCatchEvent id="answered" name="Answered">'
    '<bpmn:messageEventDefinition messageRef="m1"/></bpmn:intermediateCatchEvent>'
    '<bpmn:endEvent id="told"/>'
    + flow("c1", "asked", "answered")
    + flow("c2", "answered", "told")
    + "</bpmn:process></bpmn:definitions>"
)
TABLE = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
<decision id="size" name="Size"><variable name="size"/><decisionTable hitPolicy="FIRST">
<input label="n"><inputExpression typeRef="number"><text>n</text></inputExpression></input>
<output name="result"/>
<rule><inputEntry><text>&lt; 10</text></inputEntry><outputEntry><text>"small"</text></outputEntry>
</rule>
<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"large"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
FORM = {
    "type": "default",
    "id": "write",
    "components": [
        {
            "id": "f1",
            "type": "number",
            "key": "n",
            "label": "How many",
            "validate": {"required": True},
        }
    ],
}
FILES = {
    "main.bpmn": MAIN.encode(),
    "child.bpmn": CHILD.encode(),
    "size.dmn": TABLE.encode(),
    "write.form": json.dumps(FORM).encode(),
}
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    """Leave the clock alone: a scenario brings its own."""


def story(steps, *, operations="{}"):
    (scenario,) = parse(
        f"""
- scenario: A story
  process: main
  given:
    at: 2026-01-05T09:00:00Z
    variables: {{to: ann@example.org}}
    operations: {operations}
  steps:
{steps}""".encode(),
        name="main.scenarios.yaml",
    )
    return run(FILES, scenario)


WRITTEN = "    - when: {complete: write, by: hr_officer, with: {n: 3}, at: 2026-01-06T09:00:00Z}\n"
WHOLE = (
    "    - then: {tasks: [write], timers: {reminder: 2026-01-07T09:00:00Z}, ended: null}\n"
    "    - when: {at: 2026-01-08T09:00:00Z}\n"
    "    - then: {operations: [{mail.send: {to: ann@example.org}}]}\n"
    "    - when: {complete: write, by: hr_officer, with: {n: 3}}\n"
    "    - then: {decided: {size: [1]}, operations: [letters.draw_up]}\n"
    "    - when: {receive: answer, with: {reply: {kind: [yes, no]}}}\n"
    "    - then: {ended: done, variables: {reply.kind.1: false, document: d-1}}\n"
)
ANSWERS = "{letters.draw_up: {document: d-1}}"


def test_a_story_is_played_from_start_to_end():
    assert story(WHOLE, operations=ANSWERS).failures == ()


def test_the_time_line_says_what_happened_at_which_instant():
    told = story(WHOLE, operations=ANSWERS).timeline
    assert [(entry.at.strftime("%d %H"), entry.text) for entry in told] == [
        ("05 09", "The case “Main” starts"),
        ("05 09", "Task “Write” opened for hr_officer, due by the end of 2026-01-09"),
        ("07 09", "Time limit “Reminder” reached; it leaves open “Write”"),
        ("07 09", 'Operation mail.send called by “Send” with {"to": "ann@example.org"}'),
        ("08 09", 'Task “Write” completed by hr_officer with {"n": 3}'),
        ("08 09", 'Decision size: "small" by size rule 1'),
        ("08 09", "Operation letters.draw_up called by “Send”"),
        ("08 09", "Stage “Stage” begins"),
        ("08 09", 'Message answer received with {"reply": {"kind": [true, false]}}'),
        ("08 09", "Message “Answered” caught"),
        ("08 09", "Stage “Stage” is over"),
        ("08 09", "The case ended: “Done” with the outcome written (CEOS 84)"),
    ]


def test_the_same_story_gives_the_same_run():
    assert story(WHOLE, operations=ANSWERS) == story(WHOLE, operations=ANSWERS)


@pytest.mark.parametrize("today", ["1999-12-31", "2051-06-01"])
def test_the_clock_on_the_wall_changes_nothing(today):
    with freeze_time(today, ignore=["feel", "engine.timelimits", "engine.decisions"]):
        frozen = story(WHOLE, operations=ANSWERS)
    assert frozen == story(WHOLE, operations=ANSWERS)


def test_an_operation_fails_when_the_next_step_says_so():
    played = story(
        WRITTEN
        + "    - when: {fail: send, code: FULL, message: mailbox full}\n"
        + "    - then: {ended: unsent, operations: [letters.draw_up]}\n"
    )
    assert played.failures == ()
    assert "full" in played.boundaries


def test_operations_answer_in_turn_and_an_element_comes_before_its_operation():
    played = story(
        "    - when: {at: 2026-01-08T00:00:00Z}\n" + WRITTEN.replace("-06T", "-08T"),
        operations="{mail.send: [{first: 1}, {first: 2}], letters.draw_up: {x: 1}, send: {x: 2}}",
    )
    assert (played.variables["first"], played.variables["x"]) == (1, 2)
    assert [call.operation for call in played.calls] == ["mail.send", "letters.draw_up"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            "    - then: {tasks: [send]}",
            "step 1: open tasks send expected, found write",
        ),
        (
            "    - then: {ended: done}",
            "step 1: the end done expected, found the case still runs, open tasks: write",
        ),
        (
            "    - then: {variables: {to: bob, cc.name: eve}}",
            'step 1: to = "bob" expected, found "ann@example.org"',
        ),
        (
            "    - then: {timers: {reminder: 2026-01-07T10:00:00Z}}",
            "step 1: timer reminder at 2026-01-07T11:00+01:00 expected, "
            "found 2026-01-07T10:00+01:00",
        ),
        (
            "    - then: {decided: {size: [1]}}",
            "step 1: decision size expected, found decisions none",
        ),
        (
            WRITTEN + "    - then: {decided: {size: [2]}}",
            "step 2: decision size by the rules [2] expected, found [1]",
        ),
        (
            WRITTEN + "    - then: {operations: [mail.send]}",
            "step 2: operations ['mail.send'] expected, found ['letters.draw_up']",
        ),
        (
            "    - when: {complete: send}",
            "step 1: no task send is open; open: write",
        ),
        (
            "    - when: {complete: write, with: {m: 1}}",
            "step 1: m: This form has no such field. It has n.; n: This is required.",
        ),
        (
            "    - when: {receive: answer}",
            "step 1: answer: the case does not wait for the message answer "
            "(check the name and the correlation key)",
        ),
        (
            "    - when: {fail: send, code: FULL}",
            "step 1: the operation of send is not awaited; awaited: none",
        ),
        (
            "    - when: {at: 2026-01-04T09:00:00Z}",
            "step 1: the clock cannot go back from 2026-01-05T10:00+01:00 "
            "to 2026-01-04T10:00+01:00",
        ),
        (
            "    - when: {complete: write, with: {n: 1}, at: 2026-01-20T09:00:00Z}",
            "step 1: the case has already ended at late",
        ),
    ],
)
def test_a_failure_says_what_was_expected_and_what_was_found(steps, message):
    played = story(steps)
    assert not played.ok
    assert played.failures[0] == f"main.scenarios.yaml, scenario “A story”, {message}"


def test_a_boolean_is_no_number():
    played = story(WRITTEN + "    - then: {variables: {n: true}}")
    assert "n = true expected, found 3" in played.failures[0]


def test_a_rehearsal_shows_what_fires_when_nobody_acts():
    until = datetime(2026, 2, 1, tzinfo=UTC)
    played = rehearse(FILES, "main", {"to": "ann"}, start=START, until=until)
    assert played.failures == ()
    assert [(entry.at.day, entry.text) for entry in played.timeline][2:] == [
        (7, "Time limit “Reminder” reached; it leaves open “Write”"),
        (7, 'Operation mail.send called by “Send” with {"to": "ann"}'),
        (9, "Time limit “Expired” reached; it interrupts “Write”"),
        (9, "Task “Write” withdrawn"),
        (9, "The case ended: “Late”"),
    ]


def test_a_rehearsal_stops_at_its_last_instant():
    played = rehearse(FILES, "main", {}, start=START, until=START.replace(day=8))
    assert played.ended is None
    assert played.boundaries == {"reminder"}


def test_the_coverage_says_in_words_what_nothing_touched():
    definition = load(collect(FILES, "main"))
    coverage = Coverage.of([story(WHOLE)])
    assert coverage.missing([definition]) == (
        "main: boundary error full of send not fired",
        "main: boundary timer expired of write not fired",
        "main: flow from expired to late not taken",
        "main: flow from full to unsent not taken",
        "size: rule 02 not matched",
    )


@pytest.mark.parametrize(
    ("then", "failure"),
    [
        ("{output: small, rules: [1]}", None),
        ("{rules: [2]}", "rules [2] expected to match, found [1]"),
        ("{output: large}", 'output "large" expected, found "small"'),
    ],
)
def test_a_decision_is_a_scenario_too(then, failure):
    text = f"- scenario: Few\n  decision: size\n  given: {{variables: {{n: 3}}}}\n  then: {then}"
    (scenario,) = parse(text.encode(), name="d.scenarios.yaml")
    played = run(FILES, scenario)
    assert played.rules == {("size", 1)}
    wanted = (f"d.scenarios.yaml, scenario “Few”: {failure}",) if failure else ()
    assert played.failures == wanted


def test_a_folder_gives_its_files_and_scenarios(tmp_path):
    (tmp_path / "main.bpmn").write_text(MAIN, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not ours", encoding="utf-8")
    (tmp_path / "size.scenarios.yaml").write_text(
        "- {scenario: Few, decision: size, then: {rules: [1]}}", encoding="utf-8"
    )
    shipped = read(tmp_path)
    assert list(shipped.files) == ["main.bpmn"]
    assert [scenario.id for scenario in shipped.scenarios] == ["size: Few"]
