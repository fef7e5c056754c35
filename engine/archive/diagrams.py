"""The diagrams of a case with the path that it took, one for each level where it was."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from engine import definitions, kernel
from engine.archive import picture
from engine.archive.entries import Entry
from engine.kernel import Definition, View
from engine.store.cases import Case
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """One level of a case as SVG."""

    process: str
    title: str
    svg: str
    width: float
    height: float
    #: the path is left out, as it would tell what is confidential to another service
    is_withheld: bool


def diagrams(uow: UnitOfWork, case: Case, found: Sequence[Entry]) -> list[Diagram]:
    """Draw every level that the case has been on, under the version that it runs on."""
    definition = definitions.find(uow, case.definition)
    files = definitions.files(uow, case.definition)
    view = kernel.inspect(definition, case.state)
    secret = _secret(definition, found)
    drawn = (
        _diagram(definition, files[definition.processes[name].file], name, view, name in secret)
        for name in _visited(definition, view)
    )
    return [one for one in drawn if one]


def _diagram(
    definition: Definition, data: bytes, process: str, view: View, is_withheld: bool
) -> Diagram | None:
    plan = picture.read(data)
    if not plan.shapes:
        # a program may publish a process that was never drawn
        return None
    title = definition.processes[process].name or process
    marks = picture.Marks() if is_withheld else _marks(view)
    _left, _top, width, height = plan.box
    svg = picture.draw(plan, marks, title=title)
    return Diagram(
        process=process, title=title, svg=svg, width=width, height=height, is_withheld=is_withheld
    )


def _marks(view: View) -> picture.Marks:
    tokens = Counter(one.element for one in view.tokens if one.kind != "boundaryEvent")
    return picture.Marks(done=view.completed, flows=view.flows, tokens=tokens)


def _visited(definition: Definition, view: View) -> list[str]:
    """Return the processes where something was done or waits, the root first."""
    names = [*view.completed, *(one.element for one in view.tokens)]
    there = {definition.elements[name].process for name in names if name in definition.elements}
    order = [name for name in definition.processes if name in there]
    return sorted(order, key=lambda name: name != definition.root)


def _secret(definition: Definition, found: Sequence[Entry]) -> frozenset[str]:
    elements = (one.event.fields.element for one in found if one.is_withheld)
    known = (definition.elements.get(name or "") for name in elements)
    return frozenset(one.process for one in known if one)
