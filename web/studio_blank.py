"""The first content of a new diagram, decision table or form: small, sound and ready to draw on."""

import json
import re
from xml.sax.saxutils import quoteattr

from engine.errors import Invalid

_STEM = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}", re.ASCII)

_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" \
xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="definitions_{id}" \
targetNamespace="urn:cursus:processes" exporter="Cursus" exporterVersion="1.0" \
modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6.0">
  <bpmn:process id="{id}" name={name} isExecutable="true">
    <bpmn:startEvent id="{id}_begun" name="Begun">
      <bpmn:outgoing>{id}_begun_to_ended</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="{id}_begun_to_ended" sourceRef="{id}_begun" targetRef="{id}_ended" />
    <bpmn:endEvent id="{id}_ended" name="Ended">
      <bpmn:incoming>{id}_begun_to_ended</bpmn:incoming>
    </bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_{id}">
    <bpmndi:BPMNPlane id="plane_{id}" bpmnElement="{id}">
      <bpmndi:BPMNShape id="{id}_begun_di" bpmnElement="{id}_begun">
        <dc:Bounds x="160" y="120" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="161" y="163" width="34" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="{id}_ended_di" bpmnElement="{id}_ended">
        <dc:Bounds x="360" y="120" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="361" y="163" width="34" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="{id}_begun_to_ended_di" bpmnElement="{id}_begun_to_ended">
        <di:waypoint x="196" y="138" />
        <di:waypoint x="360" y="138" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""

_TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" \
xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" \
xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="definitions_{id}" name={name} \
namespace="urn:cursus:{id}" exporter="Cursus" exporterVersion="1.0">
  <decision id="{id}" name={name}>
    <variable id="{id}_variable" name="{id}" />
    <decisionTable id="{id}_table" hitPolicy="UNIQUE">
      <input id="{id}_input" label="Input">
        <inputExpression id="{id}_expression" typeRef="boolean"><text>condition</text>\
</inputExpression>
      </input>
      <output id="{id}_output" name="{id}" typeRef="boolean" />
      <rule id="{id}_rule_1">
        <inputEntry id="{id}_rule_1_input"><text>true</text></inputEntry>
        <outputEntry id="{id}_rule_1_output"><text>true</text></outputEntry>
      </rule>
      <rule id="{id}_rule_2">
        <inputEntry id="{id}_rule_2_input"><text>false</text></inputEntry>
        <outputEntry id="{id}_rule_2_output"><text>false</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="{id}_diagram">
      <dmndi:DMNShape id="{id}_shape" dmnElementRef="{id}">
        <dc:Bounds height="80" width="180" x="160" y="100" />
      </dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
"""


def blank_file(stem: str, kind: str, name: str | None = None) -> bytes:
    """Return the first content of a file; its parts are named after it. Raises Invalid."""
    if _STEM.fullmatch(stem) is None:
        raise Invalid(
            "A new file is named with letters, digits and underscores",
            where="name",
            remedy="begin with a letter, at most 80 characters",
        )
    title = name or stem.replace("_", " ").capitalize()
    if kind == "form":
        form = {"type": "default", "schemaVersion": 18, "id": stem, "components": []}
        return json.dumps(form, indent=2).encode() + b"\n"
    templates = {"bpmn": _DIAGRAM, "dmn": _TABLE}
    if kind not in templates:
        raise Invalid("A new file is a diagram, a decision table or a form", where="kind")
    return templates[kind].format(id=stem, name=quoteattr(title)).encode()
