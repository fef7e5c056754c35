"""The diagram as text: complete, each part once, in reading order."""

from functools import lru_cache

import pytest

from cursus import wiring
from engine import kernel
from engine.kernel.textual import ahead, flattened, outline, phases

FILES = wiring.shipped_files()
ROOTS = wiring.roots(FILES)


@lru_cache
def _definition(root):
    return kernel.load(kernel.collect(FILES, root))


@pytest.mark.parametrize("root", ROOTS)
def test_every_element_and_every_flow_stands_in_it_once(root):
    definition = _definition(root)
    for process in definition.processes:
        entries = list(flattened(outline(definition, process)))
        elements = sorted(one.id for one in definition.elements.values() if one.process == process)
        flows = sorted(one.id for one in definition.flows.values() if one.process == process)
        assert sorted(one.element.id for one in entries) == elements
        assert sorted(flow.id for one in entries for flow in one.flows) == flows


def test_what_comes_first_is_read_first():
    entries = flattened(outline(_definition("recruitment_case"), "expression_of_interest"))
    names = [one.element.name for one in entries if one.element.kind == "userTask"]
    assert names == [
        "Check the format defects", "Confirm: too late", "Confirm: inadmissible",
        "Register CV and form",
    ]  # fmt: skip


def test_a_boundary_event_and_what_it_starts_are_beside_the_ordinary_course():
    definition = _definition("recruitment_case")
    entries = {one.element.id: one for one in flattened(outline(definition, definition.root))}
    assert entries["candidate_withdrew"].is_exceptional
    assert not entries["stage_offer"].is_exceptional
    assert entries["candidate_withdrew"].element.attached_to == "recruitment"


def test_the_stages_are_the_called_processes_and_milestones():
    names = [one.name for one in phases(_definition("recruitment_case")) if not one.is_exceptional]
    assert names[:4] == [
        "Expression of interest", "Database screening", "Interview", "Documentary evidence",
    ]  # fmt: skip
    assert names[-4:] == [
        "Renewal cycle", "End of service", "Close the application", "Erase the personal data",
    ]  # fmt: skip
    assert [one.name for one in phases(_definition("call_for_interest"))] == [
        "Publish", "Freeze the long list", "Confirm the ranking",
    ]  # fmt: skip
    assert phases(_definition("data_subject_request"))[0].name == "Register the request"


@pytest.mark.parametrize(
    ("tokens", "may_follow"),
    [
        (["case_life", "service", "stage_renewal"], {"stage_departure"}),
        (["case_life", "recruitment", "stage_entry"], {"stage_departure", "close_application"}),
        (["stage_departure"], {"stage_departure"}),
        ([], set()),
    ],
)
def test_what_may_still_follow_depends_on_where_the_case_is(tokens, may_follow):
    found = ahead(_definition("recruitment_case"), tokens)
    assert found & {"stage_departure", "close_application"} == may_follow
