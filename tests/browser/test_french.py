"""In French, the form, the drawing and a refusal by the server speak French in the browser."""

import json
import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

#: Nobody else of the walk works as this officer, so his language is his own.
READER = "henri"


@pytest.fixture
def reader(people):
    """A page of an officer who reads French."""
    page = people.at(READER)
    page.context.add_cookies(
        [{"name": "cursus_language", "value": "fr", "url": people.product.address}]
    )
    yield page
    people.forget(READER)


def _task(people):
    found = people.at("hanna").request.get("/api/v1/tasks/mine?element=check_format&limit=1")
    return found.json()[0]


def _change(officer, task, verb):
    fresh = officer.get(f"/api/v1/tasks/{task}").json()
    answer = officer.post(
        f"/api/v1/tasks/{task}/{verb}",
        headers={
            "If-Match": f'"r{fresh["revision"]}"',
            "Idempotency-Key": str(uuid4()),
            "Sec-Fetch-Site": "same-origin",
        },
        data={},
    )
    assert answer.ok, answer.text()


def test_form_js_asks_for_answers_in_french(people, reader):
    reader.goto(f"/tasks/{_task(people)['id']}")
    reader.locator("html[data-form=ready]").wait_for()
    reader.locator("#complete").click()
    expect(reader.locator("#fault-list")).to_contain_text("Ce champ est obligatoire.")
    expect(reader.locator("#form")).to_contain_text("Ce champ est obligatoire.")
    expect(reader.locator("body")).not_to_contain_text("Field is required")


def test_a_refusal_by_the_server_is_french(people, reader):
    task = _task(people)["id"]
    reader.goto(f"/tasks/{task}")
    reader.locator("html[data-form=ready]").wait_for()
    officer = people.at("hanna").request
    _change(officer, task, "claim")
    try:
        reader.get_by_label("Accepter en l\u2019état").check()
        reader.locator("#complete").click()
        faults = reader.locator("#fault-list")
        expect(faults).to_contain_text(re.compile("revient à|a modifié ce"))
    finally:
        _change(officer, task, "unclaim")


def test_the_drawing_is_labelled_in_french(people, reader):
    reader.goto(f"/cases/{_task(people)['case']}?tab=diagram")
    reader.locator("html[data-diagram=ready]").wait_for()
    words = json.loads(reader.locator("#case-marks").text_content())["words"]
    # the lines of a label stand beside each other
    drawn = {_joined(one) for one in reader.locator("#canvas svg text").all_text_contents()}
    french = {_joined(one) for one in words.values()}
    assert "Enregistrée" in drawn
    assert not drawn & ({_joined(one) for one in words} - french)


def _joined(text):
    return re.sub(r"\s", "", text)
