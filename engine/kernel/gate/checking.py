"""Run every check over a set of files."""

import json
from collections.abc import Callable, Iterator, Mapping

from engine import decisions
from engine.decisions.findings import Finding
from engine.errors import CursusError
from engine.kernel.gate import events, expressions, law, references, structure, timers
from engine.kernel.gate.subject import Subject
from engine.kernel.model import Catalogue
from engine.kernel.xml.reader import read_graph

CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    structure.check,
    events.check,
    references.check,
    expressions.check,
    timers.check,
    law.check,
)


def check(files: Mapping[str, bytes], catalogue: Catalogue) -> tuple[Finding, ...]:
    """Return all findings about the .bpmn, .dmn and .form files; never raises for their content."""
    try:
        return tuple(_check(files, catalogue))
    except Exception as problem:  # whatever strangers upload is a finding, not a crash
        return (_crash(sorted(files)[0] if files else "", problem),)


def _check(files: Mapping[str, bytes], catalogue: Catalogue) -> Iterator[Finding]:
    graph = read_graph(files)
    yield from graph.problems
    forms, broken = _forms(files)
    yield from broken
    models, unreadable = _models(files)
    yield from unreadable
    yield from decisions.check(models)
    subject = Subject(graph=graph, catalogue=catalogue, forms=forms, models=models)
    for part in CHECKS:
        yield from part(subject)


def _forms(files: Mapping[str, bytes]) -> tuple[dict[str, object], list[Finding]]:
    forms: dict[str, object] = {}
    broken = []
    for name, data in files.items():
        if not name.endswith(".form"):
            continue
        stem = name.rpartition("/")[2].removesuffix(".form")
        try:
            forms[stem] = json.loads(data)
        except ValueError as problem:
            forms[stem] = None
            broken.append(_refused("form-unreadable", name, f"the form is not JSON: {problem}"))
    return forms, broken


def _models(
    files: Mapping[str, bytes],
) -> tuple[tuple[decisions.Model, ...], list[Finding]]:
    models, broken = [], []
    for name, data in files.items():
        if not name.endswith(".dmn"):
            continue
        try:
            models.append(decisions.parse(data, name=name))
        except CursusError as refusal:
            broken.append(_refused("decision-unreadable", name, str(refusal)))
    return tuple(models), broken


def _refused(code: str, file: str, message: str) -> Finding:
    return Finding(
        code=code,
        severity="error",
        message=message,
        remedy="open the file in its editor and save it again",
        file=file,
    )


def _crash(file: str, problem: Exception) -> Finding:
    return _refused("file-unusable", file, f"the files cannot be read: {problem!r}")
