"""A bundle made ready to run; read once per digest and never changed by a run (trap E1)."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from engine.decisions import Model
from engine.errors import DefinitionRefused
from engine.kernel.bundle import Bundle, read_models
from engine.kernel.graph import Graph, Node
from engine.kernel.model import Element, Flow, Process, TimerRule
from engine.kernel.specs.build import build_specs
from engine.kernel.xml.reader import read_graph

#: About 1 MB each; old versions stay in use while their cases run.
CACHED = 128

_lock = threading.Lock()
_cache: "OrderedDict[str, Definition]" = OrderedDict()


@dataclass(frozen=True, kw_only=True)
class Definition:
    """Everything known about one version of a process and what it calls."""

    root: str
    digest: str
    processes: Mapping[str, Process]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    #: form id -> file content
    forms: Mapping[str, bytes]
    timers: Mapping[str, TimerRule]
    graph: Graph = field(repr=False)
    models: tuple[Model, ...] = field(repr=False)
    specs: Mapping[str, Any] = field(repr=False)


def load(bundle: Bundle) -> Definition:
    """Return the definition of a bundle, from the cache if it was read before.

    Raises DefinitionRefused naming element, file and line when the diagrams cannot run at all;
    `check` says everything that is wrong.
    """
    found = cached(bundle.digest)
    if found is not None:
        return found
    definition = _read(bundle)
    with _lock:
        _cache[bundle.digest] = definition
        while len(_cache) > CACHED:
            _cache.popitem(last=False)
    return definition


def cached(digest: str) -> Definition | None:
    """Return the definition of this digest if it was read before; its files are not needed then."""
    with _lock:
        if digest not in _cache:
            return None
        _cache.move_to_end(digest)
        return _cache[digest]


def _read(bundle: Bundle) -> Definition:
    graph = read_graph(bundle.files)
    for problem in graph.problems:
        if problem.severity == "error":
            place = problem.element or problem.file
            raise DefinitionRefused(str(problem), where=place, remedy=problem.remedy)
    if bundle.root not in graph.scopes:
        raise DefinitionRefused(f"there is no process {bundle.root}", where=bundle.root)
    return Definition(
        root=bundle.root,
        digest=bundle.digest,
        processes=_processes(graph),
        elements={name: node.element for name, node in graph.nodes.items()},
        flows=graph.flows,
        forms={
            PurePosixPath(name).stem: data
            for name, data in bundle.files.items()
            if name.endswith(".form")
        },
        timers={node.id: rule for node in graph.nodes.values() if (rule := _timer(node))},
        graph=graph,
        models=tuple(read_models(bundle.files).values()),
        specs=build_specs(graph),
    )


def _processes(graph: Graph) -> Mapping[str, Process]:
    calls: dict[str, list[str]] = {name: [] for name in graph.processes}
    for node in graph.nodes.values():
        if node.element.calls:
            calls[node.element.process].append(node.element.calls)
    return {
        name: Process(id=name, name=title, file=file, documentation=text, calls=tuple(calls[name]))
        for name, (title, file, text) in graph.processes.items()
    }


def _timer(node: Node) -> TimerRule | None:
    event = node.event
    if event is None or event.timer is None:
        return None
    return TimerRule(
        element=node.id,
        kind=event.timer,
        text=event.text,
        attached_to=node.element.attached_to,
        legal_basis=node.element.legal_basis,
    )
