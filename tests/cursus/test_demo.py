"""The demonstration: the real call with sixty candidates, from publication to the last renewal."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from cursus import wiring
from cursus.demo import director, people, today
from cursus.demo.candidates import CAST, plans
from engine import archive, clock, definitions, kernel, worklist
from engine.access import Actor
from engine.store import begin, cases, queue
from engine.store.cases import CaseFilter
from recruitment.store import records


@pytest.fixture(autouse=True, name="clock")
def own_clock():
    """Leave the clock to the play."""


def test_sixty_candidates_show_every_kind_of_ending():
    assert len(list(plans())) == 60
    assert {plan.kind for plan in plans()} == set(CAST)


def test_the_play_reaches_the_ceiling_and_every_case_ends(database):
    told = []
    shell = wiring.shell()
    with clock.pretending(director.OPENING):
        wiring.publish_shipped(database, say=told.append)
        people.load(database, shell.roles, say=told.append)
    stage = director.play(
        database, shell, until=datetime(2036, 12, 31, tzinfo=UTC), say=told.append
    )
    with begin(database, now=stage.now) as uow:
        every = cases.search(uow, CaseFilter(), sort="opened_at", after=None, limit=1000)
        completed = Counter()
        for one in every:
            completed.update(_completed(uow, one.id))
        assert queue.incidents(uow) == []
        assert archive.verify_everything(uow).ok
        assert len(records.applications(uow, "digit-b1-456893")) == 60
    assert all(one.ended_at for one in every)
    assert completed["confirm_late"] == CAST["late"]
    assert completed["confirm_inadmissible"] == CAST["malformed"]
    assert completed["confirm_withdrawal"] == CAST["withdrawn"]
    assert completed["confirm_cast_refusal"] == CAST["failed_test"] + CAST["unregistered"]
    assert completed["record_committee_opinion"] == 1
    assert completed["decide_probation_extension"] == 1
    assert completed["sign_amendment"] == 6
    assert any("Ceiling reached" in line for line in told)
    assert any("Declined" in line for line in told)
    assert any("Unfit" in line or "Not fit" in line for line in told)


#: The step that is each role's main job in the calls of today.
MAIN = {
    "hanna": {"check_format", "register_application", "schedule_interview"},
    "luisa": {"shortlist_candidate"},
    "pavel": {"declare_member_conflict", "score_candidate", "record_consensus"},
    "petra": {"declare_member_conflict", "score_candidate"},
    "carla": {"confirm_panel_result"},
    "maria": {"give_medical_opinion"},
}


def test_everybody_finds_their_main_job_waiting_today_and_not_overdue(database):
    now, shell = datetime(2026, 3, 18, 10, tzinfo=UTC), wiring.shell()
    with clock.pretending(now):
        wiring.publish_shipped(database, say=lambda _text: None)
        people.load(database, shell.roles, say=lambda _text: None)
    for _ in range(2):
        today.begin_today(database, shell, now=now)
    with begin(database, now=now) as uow:
        waiting = {name: _inbox(uow, name) for name in MAIN}
        calls = [one["id"] for one in records.calls(uow)]
        assert queue.incidents(uow) == []
        assert archive.verify_everything(uow).ok
    assert {name: MAIN[name] - {one.element for one in waiting[name]} for name in MAIN} == {
        name: set() for name in MAIN
    }
    late = [one for some in waiting.values() for one in some if one.due_at and one.due_at < now]
    assert late == []
    assert len(calls) == len(today.SCENES) + 2


def _inbox(uow, name):
    person = next(one for one in people.PEOPLE if one.name == name)
    return worklist.mine(uow, Actor(name=name, roles=frozenset(person.roles)), limit=200)


def _completed(uow, case_id):
    found = cases.get(uow, case_id)
    definition = definitions.find(uow, found.definition)
    return kernel.inspect(definition, found.state).completed


def test_the_clock_of_the_product_is_left_as_it_was():
    assert clock._pretended is None
