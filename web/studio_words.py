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
