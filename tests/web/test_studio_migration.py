"""Running cases are moved one by one, each shown first and each told its result."""

import pytest

from engine import definitions, drafts
from tests.support import DUE, REVIEW

DIAGRAM = REVIEW["review.bpmn"]
RENAMED = {
    "review.bpmn": DIAGRAM.replace(b'"write_report"', b'"draw_up"')
    .replace(b">write_report<", b">draw_up<")
    .replace(b'formId="draw_up"', b'formId="write_report"'),
    "sign_report.form": REVIEW["sign_report.form"],
    "write_report.form": REVIEW["write_report.form"],
}
NAMED = {**REVIEW, "review.bpmn": DIAGRAM.replace(b'name="Write the report"', b'name="Draw up"')}


@pytest.fixture
def case(office):
    return office.open(variables={"due": DUE})


def _newest(office):
    with office.begin() as uow:
        return definitions.versions(uow, "review")[0]["digest"]


def test_a_ready_case_is_shown_and_moved(site, office, case):
    office.publish("review", NAMED)
    olga = site.as_("olga")
    page = olga.get("/studio/review/migrate").text
    assert "1 of 1 running cases on other versions looked at" in page
    assert f'value="{case}"' in page
    assert "Review of X" not in page, "a process owner may not read cases"
    data = {"to": _newest(office), "case": str(case), f"revision.{case}": "1", "reason": "clearer"}
    done = olga.post("/studio/review/migrate", data=data)
    assert "1 of 1 cases are on version 2 now." in done.text
    assert office.case(case).definition == _newest(office)
    assert office.kinds(case)[-1] == "case:migrated"
    assert "Every running case is on this version." in olga.get("/studio/review/migrate").text


def test_a_case_that_changed_meanwhile_is_told_and_the_others_move(site, office, case):
    other = office.open(title="Another")
    office.publish("review", NAMED)
    data = {
        "to": _newest(office), "reason": "clearer", "case": [str(case), str(other)],
        f"revision.{case}": "9", f"revision.{other}": "1",
    }  # fmt: skip
    done = site.as_("olga").post("/studio/review/migrate", data=data).text
    assert "1 of 2 cases are on version 2 now." in done
    assert "hanna changed this case" in done
    assert office.case(case).definition != office.case(other).definition


def test_all_ready_cases_are_moved_at_once(site, office, case):
    other = office.open(title="Another")
    office.publish("review", NAMED)
    data = {"to": _newest(office), "reason": "clearer", "all": "yes"}
    data |= {f"revision.{case}": "1", f"revision.{other}": "1"}
    done = site.as_("olga").post("/studio/review/migrate", data=data).text
    assert "2 of 2 cases are on version 2 now." in done


def test_an_element_without_a_counterpart_asks_for_a_mapping(site, office, case):
    office.publish("review", RENAMED)
    olga = site.as_("olga")
    page = olga.get("/studio/review/migrate").text
    assert "needs a mapping" in page
    assert 'name="map.write_report"' in page
    mapped = "/studio/review/migrate?map.write_report=draw_up"
    assert f'name="case" value="{case}"' in olga.get(mapped).text
    data = {
        "to": _newest(office), "reason": "renamed", "case": str(case),
        f"revision.{case}": "1", "map.write_report": "draw_up",
    }  # fmt: skip
    assert "1 of 1 cases" in olga.post("/studio/review/migrate", data=data).text
    assert office.task(case).element == "draw_up"


def test_without_a_reason_or_a_case_nothing_moves(site, office, case):
    office.publish("review", NAMED)
    olga, to = site.as_("olga"), _newest(office)
    no_case = {"to": to, "reason": "x"}
    assert olga.post("/studio/review/migrate", data=no_case).status_code == 422
    no_reason = {"to": to, "case": str(case), "reason": " "}
    assert olga.post("/studio/review/migrate", data=no_reason).status_code == 422


@pytest.mark.parametrize("name", ["hanna", "aldo"])
def test_others_may_not_even_look(site, case, name):
    assert site.as_(name).get("/studio/review/migrate").status_code == 403


def test_a_draft_is_run_against_the_running_cases_before_it_is_published(site, office, case):
    draft = office.do("olga", drafts.begin, "review", "Renamed").id
    office.do("olga", drafts.save_file, draft, "review.bpmn", RENAMED["review.bpmn"])
    olga, address = site.as_("olga"), f"/studio/drafts/{draft}/what-if"
    assert address in olga.get(f"/studio/drafts/{draft}").text
    page = olga.get(address).text
    assert "1 of 1 running cases looked at" in page
    assert "write_report is active and has no counterpart in the new version" in page
    office.do("olga", drafts.save_file, draft, "review.bpmn", NAMED["review.bpmn"])
    assert "Every case looked at could go on where it stands." in olga.get(address).text
    assert office.task(case).name == "Write the report"
    assert site.as_("aldo").get(address).status_code == 403
