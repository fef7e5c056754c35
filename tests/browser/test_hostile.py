"""Names, titles, labels and diagrams that hold markup are shown as the text that they are."""

import json
from xml.sax.saxutils import escape, quoteattr

import pytest

from tests.browser.addresses import Ids, addresses

IMAGE = "<img src=x onerror=\"document.title='caught'\">"
SCRIPT = "<script>document.title='caught'</script>"
NAME = f"Eve {IMAGE}"
TITLE = f"Call {SCRIPT}"
LABEL = f"Look {IMAGE}"


@pytest.fixture(scope="module")
def planted(everybody, product):
    """A person, a call, an application, a process with its form: all with markup in them."""
    origin = {"Origin": product.address}

    def send(name, address, body):
        request = everybody.at(name).request
        answer = request.post(f"/api/v1/{address}", data=body, headers=origin)
        assert answer.ok, f"{address}: {answer.status} {answer.text()}"
        return answer.json()

    call = {
        "id": "hostile", "reference": f"EC/2026/{IMAGE}", "title": TITLE, "unit": SCRIPT,
        "deadline": "2030-05-26T12:00:00+02:00", "site": "LUX", "function_group": "IV",
        "contract_type": "3b", "criteria": [{"criterion": IMAGE, "kind": "essential"}],
    }  # fmt: skip
    send("hanna", "calls/", call)
    application = {
        "candidate": {"name": NAME, "email": "eve@mail.example"},
        "received_at": "2026-01-05T09:00:00+01:00",
        "message_id": f"<{IMAGE}@mail.example>", "subject": SCRIPT,
    }  # fmt: skip
    case = send("hanna", "calls/hostile/applications", application)
    person = {
        "name": "eve", "full_name": NAME, "email": "eve@cursus.example",
        "roles": ["hr_officer"], "password": "a-day-at-the-office",
    }  # fmt: skip
    send("oscar", "users/", person)
    return {"case": case["id"]}


def test_markup_is_shown_as_text_on_every_page(people, planted):
    page = people.at("hanna")
    shown = set()
    for address in [
        "/work", "/cases", "/calls", "/calls/hostile", "/calls/hostile/about",
        "/calls/hostile/table", f"/cases/{planted['case']}",
        *(f"/cases/{planted['case']}?tab={tab}" for tab in ("timeline", "data", "comments")),
        "/find?q=Eve", "/administration/users", "/administration/users/eve",
    ]:  # fmt: skip
        page.goto(address)
        page.locator("html[data-ready]").wait_for()
        _assert_harmless(page, address)
        text = page.locator("body").inner_text()
        shown |= {one for one in (NAME, TITLE) if one in text}
    assert shown == {NAME, TITLE}


def test_markup_is_shown_as_text_to_every_role(people, planted):
    ids, looked_at = Planted(people, planted["case"]), set()
    for name in ("anton", "oscar", "olga"):
        page = people.at(name)
        for _, address in addresses(ids)[0]:
            if address not in looked_at and _shows_markup(page.request.get(address)):
                looked_at.add(address)
                page.goto(address, wait_until="domcontentloaded")
                page.locator("html[data-ready]").wait_for()
                _assert_harmless(page, address)


class Planted(Ids):
    """Ids of what was planted; what has nothing to do with it has none."""

    def __init__(self, people, case):
        super().__init__(people)
        self.case = case

    def key(self):
        return ["hostile"]

    call_id = call_key = call = key

    def case_id(self):
        return [self.case]

    def calls_application(self):
        found = self._ask(self.officer, "calls/hostile/applications")
        return self._of("hostile", found)

    def nothing(self):
        return []

    papers_document = calls_sha256 = calls_task = calls_task_id = nothing
    scores_task_id = deliberation_task_id = nothing
    # drafts and rehearsals are of other processes than the planted one
    studio_draft_id = studio_new = studio_rehearsal_id = nothing


def _shows_markup(answer):
    """Say whether it is a whole page, and speaks of what was planted."""
    text = answer.text() if answer.headers["content-type"].startswith("text/html") else ""
    return text.lstrip().startswith("<!doctype") and "onerror" in text


def test_markup_in_a_diagram_and_its_form_is_shown_as_text(people, planted):
    page = people.at("olga")
    files = _process()
    answer = page.request.post(
        "/api/v1/definitions/",
        data={"process": "hostile", "files": files, "comment": SCRIPT},
        headers={"Origin": people.product.address},
    )
    assert answer.ok, answer.text()
    digest = answer.json()["digest"]
    for address in ("/studio", "/studio/hostile", f"/studio/versions/{digest}"):
        page.goto(address)
        page.locator("html[data-ready]").wait_for()
        _assert_harmless(page, address)
        page.get_by_text("Look <img").first.wait_for(state="attached")
    officer = people.at("hanna")
    case = officer.request.post(
        "/api/v1/cases/",
        data={"process": "hostile", "title": TITLE, "variables": {}},
        headers={"Origin": people.product.address},
    )
    assert case.ok, case.text()
    officer.goto(f"/cases/{case.json()['id']}?tab=diagram")
    officer.locator("html[data-ready]").wait_for()
    _assert_harmless(officer, "the diagram of a case")
    officer.goto("/work")
    officer.get_by_role("link", name=LABEL).first.click()
    officer.locator("html[data-form=ready]").wait_for()
    officer.get_by_text(f"Say {SCRIPT}").first.wait_for()
    _assert_harmless(officer, "a task's form")


def _assert_harmless(page, where):
    made = page.locator('img[src="x"], [onerror], main script:not([type="application/json"])')
    assert made.count() == 0, where
    assert page.title() != "caught", where


DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="urn:cursus:test">
  <process id="hostile" name={label} isExecutable="true">
    <startEvent id="begin"><outgoing>f1</outgoing></startEvent>
    <userTask id="look" name={label}>
      <documentation>{text}</documentation>
      <extensionElements>
        <zeebe:userTask /><zeebe:formDefinition formId="look" />
        <zeebe:assignmentDefinition candidateGroups="hr_officer" />
        <zeebe:properties><zeebe:property name="legalBasis" value={label} /></zeebe:properties>
      </extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing>
    </userTask>
    <endEvent id="over" name={label}><incoming>f2</incoming></endEvent>
    <sequenceFlow id="f1" sourceRef="begin" targetRef="look" />
    <sequenceFlow id="f2" sourceRef="look" targetRef="over" name={label} />
  </process>
  <bpmndi:BPMNDiagram id="drawn"><bpmndi:BPMNPlane id="plane" bpmnElement="hostile">
    <bpmndi:BPMNShape id="s1" bpmnElement="begin">
      <dc:Bounds x="100" y="100" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="look">
      <dc:Bounds x="200" y="78" width="100" height="80" /></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s3" bpmnElement="over">
      <dc:Bounds x="400" y="100" width="36" height="36" /></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="f1">
      <di:waypoint x="136" y="118" /><di:waypoint x="200" y="118" /></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e2" bpmnElement="f2">
      <di:waypoint x="300" y="118" /><di:waypoint x="400" y="118" /></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>"""


def _process():
    form = {
        "type": "default", "id": "look", "schemaVersion": 18,
        "components": [
            {"type": "textfield", "id": "Field_say", "key": "say", "label": f"Say {SCRIPT}"},
        ],
    }  # fmt: skip
    diagram = DIAGRAM.format(label=quoteattr(LABEL), text=escape(SCRIPT))
    return {"hostile.bpmn": diagram, "look.form": json.dumps(form)}
