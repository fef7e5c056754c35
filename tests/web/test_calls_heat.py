"""The diagram of a call's applications with heat, and what several cards have in common."""

import json
import re

from engine import cases
from tests.web.test_calls import apply, call, calls, page, tasks_of  # noqa: F401  # the same fixtures


def _text(whole):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", whole))


def _marks(whole):
    found = re.search(r'id="heat-marks">(.*?)</script>', whole, re.DOTALL)
    return json.loads(found.group(1))


def _rows(whole):
    table = whole[whole.index("heat-table") :]
    rows = re.findall(r"<tr>(.*?)</tr>", table[table.index("<tbody>") :], re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in rows]


def test_a_call_without_applications_says_so_instead_of_a_diagram(call):  # noqa: F811
    text = page(call.as_("hanna").get("/calls/c1/diagram"))
    assert "No application yet." in text
    assert "heat-marks" not in text


def test_the_drawing_and_the_table_count_the_same(call):  # noqa: F811
    for name in ("Ana Berg", "Bram Conti", "Cleo Diaz"):
        apply(call, name)
    whole = page(call.as_("hanna").get("/calls/c1/diagram"))
    assert "3 applications are under way" in whole
    (row,) = _rows(whole)
    assert row.startswith("Check the format defects task of a person Expression of interest 3 most")
    # on the whole diagram they stand in their stage, on that of the stage at their task
    assert _marks(whole)["heat"]["stage_expression"] == {"heat": 5, "cases": 3, "overdue": 0}
    whole = page(call.as_("hanna").get("/calls/c1/diagram?process=expression_of_interest"))
    assert _marks(whole)["heat"]["check_format"] == {"heat": 5, "cases": 3, "overdue": 0}


def test_the_drawing_is_worded_in_the_language_of_the_reader(call):  # noqa: F811
    apply(call, "Ana Berg")
    address = "/calls/c1/diagram?process=expression_of_interest"
    french = call.as_("hanna").get(address, headers={"Accept-Language": "fr"})
    assert _marks(page(french))["words"]["Check the format defects"] != "Check the format defects"
    assert _marks(page(call.as_("hanna").get(address)))["words"] == {}


def test_heat_tells_overdue_days_and_what_was_done_before(call, clock):  # noqa: F811
    apply(call, "Ana Berg")
    apply(call, "Bram Conti")
    clock.move_to("2026-01-25T10:00:00+01:00")
    (row,) = _rows(page(call.as_("hanna").get("/calls/c1/diagram")))
    assert row.startswith(
        "Check the format defects task of a person Expression of interest 2 most 2 20.0"
    )


def test_a_diagram_with_confidential_steps_is_not_opened(call):  # noqa: F811
    apply(call, "Ana Berg")
    whole = page(call.as_("hanna").get("/calls/c1/diagram?process=medical_check"))
    assert "Medical check" in _text(whole[whole.index("Not opened here") :])
    assert _marks(whole)["address"].endswith("/recruitment_case.bpmn")


def test_heat_is_for_those_who_may_read_calls(call):  # noqa: F811
    assert call.as_("petra").get("/calls/c1/diagram").status_code == 403


# --- several cards -----------------------------------------------------------------------------


def test_only_those_that_a_colleague_has_not_finished_are_tried_again(call):  # noqa: F811
    for name in ("Ana Berg", "Bram Conti", "Cleo Diaz"):
        apply(call, name)
    ana, bram, cleo = sorted(tasks_of(call), key=lambda one: one.case_title)
    call.office.do(
        "hanna", cases.complete_task, ana.id,
        {"decision": "refuse", "reason": "It is not one PDF."},
    )  # fmt: skip
    chosen = [f"{one.id}:{one.revision}" for one in (ana, bram)] + [
        f"{cleo.id}:{cleo.revision + 9}"
    ]
    given = {"verb": "claim", "task": chosen}
    whole = page(call.as_("hanna").post("/calls/c1/together", data=given))
    text = _text(whole)
    assert "1 of 3 done, 2 not" in text
    assert "Hanna finished this just now." in text
    assert "It is not one PDF." in text
    assert "Propose: inadmissible" in text
    assert "Try this one again" in text
    again = whole[whole.index('value="claim"') : whole.index("Try this one again")]
    assert f"{cleo.id}:{cleo.revision}" in again
    assert str(ana.id) not in again


def test_an_assignment_of_several_is_undone(call):  # noqa: F811
    apply(call, "Ana Berg")
    (task,) = tasks_of(call)
    given = {"verb": "assign", "to": "hanna", "task": f"{task.id}:{task.revision}"}
    whole = page(call.as_("hanna").post("/calls/c1/together", data=given))
    assert "Undo: give it back" in whole
    (held,) = tasks_of(call)
    undo = {"verb": "unclaim", "task": f"{held.id}:{held.revision}"}
    assert "Done." in page(call.as_("hanna").post("/calls/c1/together", data=undo))
    assert tasks_of(call)[0].assignee is None
