"""The owner's words for what stands in a diagram, a table or a form."""

from web.language import _, words


def part_kind(kind: str) -> str:
    """Return what a part is, in words."""
    known = {
        "userTask": _("task of a person"),
        "manualTask": _("task of a person"),
        "serviceTask": _("operation"),
        "sendTask": _("message sent"),
        "receiveTask": _("message awaited"),
        "businessRuleTask": _("decision"),
        "scriptTask": _("calculation"),
        "callActivity": _("process called"),
        "subProcess": _("part of the process"),
        "startEvent": _("beginning"),
        "endEvent": _("end"),
        "boundaryEvent": _("deadline or event at a task"),
        "intermediateCatchEvent": _("waiting"),
        "intermediateThrowEvent": _("announcement"),
        "exclusiveGateway": _("choice"),
        "inclusiveGateway": _("choice of several"),
        "parallelGateway": _("side by side"),
        "eventBasedGateway": _("whatever happens first"),
        "decision": _("decision table"),
        "inputData": _("input of a table"),
    }
    return known.get(kind) or _("field: %(kind)s", kind=words(kind).lower())


def aspects(names: tuple[str, ...]) -> str:
    """Return what of a part changed, in words."""
    known = {
        "kind": _("kind"),
        "name": _("name"),
        "who": _("who does it"),
        "when": _("due date or priority"),
        "event": _("what it waits for"),
        "form": _("form"),
        "operation": _("operation"),
        "decision": _("decision table"),
        "calls": _("process called"),
        "inputs": _("what it takes"),
        "outputs": _("what it keeps"),
        "script": _("calculation"),
        "loop": _("repetition"),
        "place": _("place"),
        "law": _("legal basis or outcome"),
        "four_eyes": _("four eyes or confidentiality"),
        "leaving": _("where it leads"),
        "rules": _("rules"),
        "columns": _("columns"),
        "hit_policy": _("how rules are chosen"),
        "label": _("label"),
        "validate": _("what is accepted"),
        "conditional": _("when it is shown"),
        "values": _("choices"),
        "text": _("text"),
        "description": _("description"),
    }
    return ", ".join(known.get(one, words(one).lower()) for one in names)
