"""The files of one process: its diagram and those of everything it calls, decides or asks."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from engine.decisions import Model, parse, required_ids
from engine.errors import CursusError, DefinitionRefused
from engine.kernel.graph import Graph, Node
from engine.kernel.xml.reader import read_graph


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """The .bpmn, .dmn and .form files that one root process needs, by file name."""

    root: str
    files: Mapping[str, bytes]

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of root and files: the version of the definition."""
        total = hashlib.sha256(self.root.encode())
        for name in sorted(self.files):
            total.update(name.encode() + b"\0")
            total.update(hashlib.sha256(self.files[name]).digest())
        return total.hexdigest()


def collect(files: Mapping[str, bytes], root: str) -> Bundle:
    """Return the bundle of a process: its closure over calls, decisions and forms.

    What a diagram names but nobody drew is left out; the gate reports it. Raises DefinitionRefused
    when there is no such process.
    """
    graph = read_graph(files)
    if root not in graph.processes:
        raise DefinitionRefused(
            f"there is no process {root}", where=root, remedy="draw it or choose another root"
        )
    processes = called_from(graph, root)
    nodes = [node for node in graph.nodes.values() if node.element.process in processes]
    names = {graph.processes[process][1] for process in processes}
    names |= set(_decision_files(files, nodes))
    names |= {name for node in nodes for name in files if is_form(name, node.element.form)}
    return Bundle(root=root, files={name: files[name] for name in sorted(names)})


def called_from(graph: Graph, root: str) -> frozenset[str]:
    """Return a process and all that it calls, directly or not, as far as they are drawn."""
    found: set[str] = set()
    todo = [root]
    while todo:
        process = todo.pop()
        if process in found or process not in graph.processes:
            continue
        found.add(process)
        todo.extend(
            node.element.calls
            for node in graph.nodes.values()
            if node.element.process == process and node.element.calls
        )
    return frozenset(found)


def is_form(name: str, form: str | None) -> bool:
    """Tell whether a file holds the form of that id."""
    path = PurePosixPath(name)
    return form is not None and path.suffix == ".form" and path.stem == form


def read_models(files: Mapping[str, bytes]) -> Mapping[str, Model]:
    """Return the readable decision models by file name; the gate reports the others."""
    models = {}
    for name in sorted(files):
        if not name.endswith(".dmn"):
            continue
        try:
            models[name] = parse(files[name], name=name)
        except CursusError:
            continue
    return models


def _decision_files(files: Mapping[str, bytes], nodes: list[Node]) -> Iterator[str]:
    models = read_models(files)
    wanted = {node.element.decision for node in nodes} - {None}
    ids: set[str] = set()
    for decision in wanted:
        try:
            ids.update({str(decision)}, required_ids(tuple(models.values()), str(decision)))
        except CursusError:
            continue
    for name, model in models.items():
        if ids & set(model.decisions):
            yield name
