"""What a set of files offers by name, and which of its parts differ from another set."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, cast

from lxml import etree

from engine.decisions.xml import read_xml
from engine.errors import CursusError
from engine.kernel.bundle import read_models
from engine.kernel.gate.names import field_keys
from engine.kernel.graph import Graph, Node
from engine.kernel.xml.reader import read_graph


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something that a diagram can refer to."""

    id: str
    name: str
    file: str


@dataclass(frozen=True, kw_only=True)
class Outline:
    """Everything in the files that has a name."""

    processes: tuple[Named, ...]
    decisions: tuple[Named, ...]
    forms: tuple[Named, ...]
    #: elements of the diagrams by id
    elements: Mapping[str, Named]
    variables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PartChange:
    """One part that was added, removed or changed in what it does."""

    file: str
    id: str
    name: str
    #: its BPMN tag, "decision" or the kind of a form's field
    kind: str
    what: Literal["added", "removed", "changed"]
    #: what of it changed: "name", "form", "leaving", ...; empty unless it was changed
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Part:
    name: str
    kind: str
    #: everything that counts, by aspect
    behaviour: Mapping[str, object]


def outline(files: Mapping[str, bytes]) -> Outline:
    """Return what can be referred to; files that cannot be read are left out."""
    graph = _graph(files)
    used_by = {node.element.form: node.element.name for node in graph.nodes.values()}
    forms = [
        Named(id=stem, name=used_by.get(stem) or stem, file=name)
        for name in sorted(files)
        if name.endswith(".form") and (stem := PurePosixPath(name).stem)
    ]
    decisions = [
        Named(id=one.id, name=one.name or one.id, file=file)
        for file, model in sorted(read_models(files).items())
        for one in model.decisions.values()
    ]
    return Outline(
        processes=tuple(
            Named(id=key, name=name or key, file=file)
            for key, (name, file, _) in sorted(graph.processes.items())
        ),
        decisions=tuple(decisions),
        forms=tuple(forms),
        elements={key: _named(node) for key, node in graph.nodes.items()},
        variables=tuple(sorted(set(_variables(graph, files)) - {""})),
    )


def differences(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[PartChange, ...]:
    """Return the parts that do something else, by file; layout and wording do not count."""
    # a part lies in one file: what stands in equal files is equal
    names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    before = _parts({name: data for name, data in old.items() if name in names})
    after = _parts({name: data for name, data in new.items() if name in names})
    found = (
        _change(place, before.get(place), after.get(place))
        for place in sorted(before.keys() | after.keys())
    )
    return tuple(one for one in found if one is not None)


def _change(place: tuple[str, str], before: _Part | None, after: _Part | None) -> PartChange | None:
    file, key = place
    if before is not None and after is not None:
        aspects = _aspects(before, after)
        if not aspects:
            return None
        return PartChange(
            file=file, id=key, name=after.name, kind=after.kind, what="changed", aspects=aspects
        )
    part = after or before
    assert part is not None  # noqa: S101  # it stands in one of the two
    what: Literal["added", "removed"] = "added" if after else "removed"
    return PartChange(file=file, id=key, name=part.name, kind=part.kind, what=what)


def _aspects(before: _Part, after: _Part) -> tuple[str, ...]:
    names = {"kind": None, **before.behaviour, **after.behaviour}
    old, new = {**before.behaviour, "kind": before.kind}, {**after.behaviour, "kind": after.kind}
    return tuple(name for name in names if old.get(name) != new.get(name))


def _parts(files: Mapping[str, bytes]) -> dict[tuple[str, str], _Part]:
    found = dict(_of_diagrams(_graph(files)))
    for name in files:
        if name.endswith(".dmn"):
            found.update(_of_table(name, files[name]))
        elif name.endswith(".form"):
            found.update(_of_form(name, files[name]))
    return found


def _of_diagrams(graph: Graph) -> Iterator[tuple[tuple[str, str], _Part]]:
    for key, node in graph.nodes.items():
        leaving = sorted(
            (flow.target, flow.condition or "", flow.is_default)
            for flow in (graph.flows[one] for one in node.outgoing if one in graph.flows)
        )
        part = _Part(
            name=node.element.name or key,
            kind=node.kind,
            behaviour={**_of_node(node), "leaving": leaving},
        )
        yield (node.element.file or "", key), part


def _of_node(node: Node) -> dict[str, object]:
    one, duty = node.element, node.duty
    return {
        "name": one.name,
        "who": (one.lane, duty.assignee, duty.candidate_groups, duty.candidate_users),
        "when": (duty.due_at, duty.follow_up_at, duty.priority),
        "event": (node.event, one.interrupting, one.attached_to, node.link_target),
        "form": one.form,
        "operation": (one.operation, node.retries),
        "decision": one.decision,
        "calls": one.calls,
        "inputs": node.inputs,
        "outputs": (node.outputs, node.result),
        "script": node.script,
        "loop": node.loop,
        "place": (one.process, node.scope),
        "law": (one.legal_basis, one.outcome, one.milestone),
        "four_eyes": (one.differs_from, one.in_person, one.confidential),
    }


def _of_table(name: str, data: bytes) -> Iterator[tuple[tuple[str, str], _Part]]:
    try:
        root = read_xml(data, name=name)
    except CursusError:
        return
    for one in root.iter("{*}decision", "{*}inputData"):
        key = one.get("id") or one.get("name") or ""
        kind = etree.QName(one).localname
        behaviour: dict[str, object] = {"name": one.get("name")}
        for child in one.iter():
            if isinstance(child.tag, str) and child.getparent() is one:
                _add_table_parts(behaviour, child)
        yield (name, key), _Part(name=one.get("name") or key, kind=kind, behaviour=behaviour)


def _add_table_parts(behaviour: dict[str, object], child: etree._Element) -> None:
    """Tell rules and columns of a table apart; anything else counts as one."""
    tag = etree.QName(child).localname
    if tag != "decisionTable":
        behaviour[tag] = (*cast("tuple[object, ...]", behaviour.get(tag, ())), _text(child))
        return
    behaviour["hit_policy"] = (child.get("hitPolicy"), child.get("aggregation"))
    for part in child:
        if isinstance(part.tag, str):
            name = {"rule": "rules", "input": "columns", "output": "columns"}.get(
                etree.QName(part).localname, "columns"
            )
            behaviour[name] = (*cast("tuple[object, ...]", behaviour.get(name, ())), _text(part))


def _text(element: etree._Element) -> tuple[object, ...]:
    inner = tuple(_text(one) for one in element if isinstance(one.tag, str))
    said = (element.text or "").strip()
    return (element.tag, tuple(sorted(element.attrib.items())), said, inner)


def _of_form(name: str, data: bytes) -> Iterator[tuple[tuple[str, str], _Part]]:
    try:
        form = json.loads(data)
    except ValueError:
        return
    for one in _components(form):
        key = str(one.get("id") or one.get("key") or "")
        label = one.get("label") or one.get("key") or one.get("text") or key
        behaviour = {
            name: json.dumps(value, sort_keys=True)
            for name, value in one.items()
            if name not in ("components", "layout", "type", "id")
        }
        kind = str(one.get("type") or "field")
        yield (name, key), _Part(name=str(label)[:80], kind=kind, behaviour=behaviour)


def _components(form: object) -> Iterator[Mapping[str, object]]:
    inner = form.get("components") if isinstance(form, Mapping) else None
    for one in inner if isinstance(inner, list) else []:
        if isinstance(one, Mapping):
            yield one
            yield from _components(one)


def _graph(files: Mapping[str, bytes]) -> Graph:
    try:
        return read_graph(files)
    except CursusError:
        return Graph(nodes={}, flows={}, scopes={}, processes={}, problems=())


def _named(node: Node) -> Named:
    return Named(id=node.id, name=node.element.name or node.id, file=node.element.file or "")


def _variables(graph: Graph, files: Mapping[str, bytes]) -> Iterator[str]:
    for node in graph.nodes.values():
        yield from (row.target.partition(".")[0] for row in (*node.inputs, *node.outputs))
        yield node.result or ""
        yield (node.loop.element or "") if node.loop else ""
    for name, data in files.items():
        if name.endswith(".form"):
            try:
                yield from field_keys(json.loads(data))
            except ValueError:
                continue
