"""The seal of a case file: every forgery is said on every part, its first bad event named."""

import re

import pytest
from sqlalchemy import text

from tests.support import REPORT

FORGERIES = {
    "an actor": (
        "UPDATE event SET actor = 'petra' WHERE stream = :stream AND seq = 2",
        "Event 2 is the first that does not hold: Petra completed “Write the report”",
    ),
    "a content": (
        "UPDATE event_payload SET payload = '{}' WHERE stream = :stream AND seq = 2",
        "Event 2 is the first that does not hold: Lara completed “Write the report”",
    ),
    "a content that is no JSON": (
        r"UPDATE event_payload SET payload = '\x00' WHERE stream = :stream AND seq = 2",
        "Event 2 is the first that does not hold: Lara completed “Write the report”",
    ),
    "the first event is gone": (
        "DELETE FROM event WHERE stream = :stream AND seq = 1",
        "Event 1 is missing.",
    ),
    "the last event is gone": (
        "DELETE FROM event WHERE stream = :stream AND seq = 2",
        "Event 2 is missing.",
    ),
}
PARTS = ("overview", "diagram", "timeline", "papers", "comments", "data", "as-of")


def _text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def _forge(office, statement, **given):
    with office.database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), given)


@pytest.fixture
def case(office):
    """A case of two events."""
    case = office.open(title="Review of Ana")
    office.complete("lara", case, REPORT)
    return case


def test_a_whole_seal_says_nothing(site, case):
    for part in PARTS:
        assert "is broken" not in _text(site.as_("hanna").get(f"/cases/{case}?tab={part}"))


@pytest.mark.tampers
@pytest.mark.parametrize("forgery", FORGERIES)
def test_every_forgery_is_said_on_every_part_and_the_event_named(site, office, case, forgery):
    statement, said = FORGERIES[forgery]
    _forge(office, statement, stream=f"case:{case}")
    for part in PARTS:
        answer = site.as_("aldo").get(f"/cases/{case}?tab={part}")
        assert answer.status_code == 200
        page = _text(answer)
        assert "The seal of this case is broken" in page, part
        assert said in page, part
    page = _text(site.as_("aldo").get(f"/cases/{case}?tab=timeline"))
    assert "first bad event" in page or "missing" in said
    assert _text(site.as_("aldo").get(f"/history/cases/{case}")).count("The seal is broken") == 1


@pytest.mark.tampers
def test_a_state_that_no_event_gives_is_found_without_playing_it_again(site, office, case):
    other = office.open(title="Review of Bram")
    _forge(
        office,
        'UPDATE "case" SET state = (SELECT state FROM "case" WHERE id = :other) WHERE id = :case',
        case=case,
        other=other,
    )
    page = _text(site.as_("hanna").get(f"/cases/{case}"))
    assert "the stored state is not what the history gives" in page


@pytest.mark.tampers
def test_a_past_that_cannot_be_computed_is_refused_in_words(site, office, case):
    statement, _said = FORGERIES["a content that is no JSON"]
    _forge(office, statement, stream=f"case:{case}")
    answer = site.as_("aldo").get(f"/cases/{case}?tab=as-of&at=2026-01-06T10:00:00")
    assert answer.status_code == 500
    assert "The content of event 2 cannot be read: it was damaged" in _text(answer)


def test_the_main_action_is_the_next_task_of_the_reader(site, office, case):
    def main(name):
        whole = site.as_(name).get(f"/cases/{case}").get_data(as_text=True)
        return re.findall(r'<a class="button button--main"[^>]*>([^<]+)<', whole)

    # lara wrote the report: four eyes keep her from signing it
    assert main("luc") == ["Open: Sign the report"]
    assert main("lara") == []
    assert main("hanna") == []
    assert "The next step is not yours" in _text(site.as_("hanna").get(f"/cases/{case}"))
    assert main("aldo") == ["Export the dossier"]
