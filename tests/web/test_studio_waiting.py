"""Where the cases of a version wait: on its page, in numbers, in working days."""

import json
import re

import pytest

from engine import definitions
from engine.store import waiting
from tests.support import REPORT

WEEK = 7 * 24 * 3600


@pytest.fixture
def digest(office):
    with office.begin() as uow:
        return definitions.latest(uow, "review")["digest"]


def marks(page):
    island = re.search(r'id="waiting-marks">(.*?)</script>', page, re.DOTALL)
    return {one["id"]: one for one in json.loads(island.group(1))}


def test_cases_are_counted_where_they_wait_with_the_median_in_working_days(
    site, office, clock, digest
):
    office.open()
    clock.tick(2 * WEEK)
    office.open()
    clock.tick(WEEK)
    office.open()
    page = site.as_("olga").get(f"/studio/versions/{digest}").text
    (mark,) = marks(page).values()
    assert mark["id"] == "write_report"
    assert mark["text"] == "3"
    assert mark["title"] == "3 cases wait here, median 5 working days"
    assert mark["style"] == "heat-1"
    assert 'class="number">3</td>' in page
    assert "up to 5 working days" in page


def test_ended_cases_and_closed_tasks_are_not_counted(site, office, digest):
    case = office.open()
    office.open()
    office.complete("lara", case, REPORT)
    found = marks(site.as_("olga").get("/studio/review").text)
    assert {key: one["text"] for key, one in found.items()} == {
        "write_report": "1", "sign_report": "1",
    }  # fmt: skip


def test_a_version_without_cases_says_so(site, digest):
    page = site.as_("olga").get(f"/studio/versions/{digest}").text
    assert "No case of this version is running." in page
    assert "data-bpmn" not in page


def test_it_is_two_statements_however_many_cases_there_are(office, digest):
    from tests.support import watched  # noqa: PLC0415  # only here

    for _ in range(3):
        office.open()
    seen = []
    with office.begin() as uow, watched(seen.append):
        found = waiting.by_element(uow, digest, ["nothing"])
    assert len(seen) == 2
    assert found["write_report"].cases == 3
