"""Which variables a process writes, as far as its diagram tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.kernel.gate.subject import Subject
from engine.kernel.graph import Node

#: Bring variables that no diagram names unless they are mapped.
OUTSIDE = frozenset({"message", "signal"})


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names written in a process."""

    written: frozenset[str]
    #: nothing can bring a name that is not among them
    is_complete: bool


def names_of(process: str, subject: Subject) -> Names:
    """Return what a process writes, and whether that is all there can be."""
    nodes = [node for node in subject.nodes if node.element.process == process]
    callers = subject.callers(process)
    written = {name for node in nodes for name in _written(node, subject)}
    written |= {_head(row.target) for node in callers for row in node.inputs}
    return Names(
        written=frozenset(written - {""}),
        is_complete=bool(callers)
        and not any(brings(node, subject) and not node.outputs for node in nodes),
    )


def _written(node: Node, subject: Subject) -> Iterator[str]:
    yield from (_head(row.target) for row in (*node.inputs, *node.outputs))
    if node.result:
        yield node.result
    elif node.kind == "businessRuleTask":
        yield node.id
    if node.loop:
        yield node.loop.element or ""
        yield node.loop.output_collection or ""
    # the outputs of a task read the fields of its form
    yield from field_keys(subject.forms.get(node.element.form or ""))


def field_keys(form: object) -> Iterator[str]:
    """Yield the first segment of the key of each field of a form."""
    if isinstance(form, Mapping):
        key = form.get("key") or form.get("path")
        if isinstance(key, str):
            yield _head(key)
        for part in form.values():
            yield from field_keys(part)
    elif isinstance(form, list):
        for part in form:
            yield from field_keys(part)


def brings(node: Node, subject: Subject) -> bool:
    """Tell whether the results of a node are not shown by the diagram."""
    waits = node.event is not None and node.event.kind in OUTSIDE
    is_form_lost = node.element.form is not None and node.element.form not in subject.forms
    return bool(node.element.operation or node.kind == "callActivity" or waits or is_form_lost)


def _head(target: str) -> str:
    return target.split(".", maxsplit=1)[0].strip()
