"""Where each shape and flow of a diagram stands (BPMN 2.0.2, chapter 12, Diagram Interchange)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from engine.errors import DocumentRefused

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_DD = "{http://www.omg.org/spec/DD/20100524/DI}"
#: No entity is resolved and nothing is fetched.
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A node, pool or lane: `box` and `label` are x, y, width, height."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None
    #: timer, message, error, ...; None for a plain event or anything else
    event: str | None
    #: a boundary event that leaves its activity running
    is_dashed: bool
    #: a sub-process whose inside is drawn
    is_expanded: bool


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A flow, along its points."""

    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that one diagram draws."""

    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]

    @property
    def box(self) -> Box:
        """The rectangle around everything, with a margin."""
        corners = [corner for box in self._boxes() for corner in _corners(box)]
        corners += [point for edge in self.edges for point in edge.points]
        xs, ys = [x for x, _ in corners] or [0], [y for _, y in corners] or [0]
        left, top = min(xs) - 10, min(ys) - 10
        return left, top, max(xs) - left + 10, max(ys) - top + 10

    def _boxes(self) -> Iterator[Box]:
        for one in self.shapes:
            yield one.box
            if one.label:
                yield one.label


@lru_cache(maxsize=64)
def read(diagram: bytes) -> Plan:
    """Read a BPMN file; raise DocumentRefused when it is none."""
    try:
        root = etree.fromstring(diagram, _PARSER)
    except etree.XMLSyntaxError as error:
        raise DocumentRefused("This is no BPMN file", where=f"line {error.lineno}") from error
    said = {str(one.get("id")): one for one in root.iter() if one.get("id") and _is_model(one)}
    return Plan(
        shapes=tuple(_shape(one, said) for one in root.iter(f"{_DI}BPMNShape")),
        edges=tuple(_edge(one, said) for one in root.iter(f"{_DI}BPMNEdge")),
    )


def _is_model(one: etree._Element) -> bool:
    return isinstance(one.tag, str) and one.tag.startswith(_BPMN)


def _shape(drawn: etree._Element, said: Mapping[str, etree._Element]) -> Shape:
    name = str(drawn.get("bpmnElement"))
    element = said.get(name)
    return Shape(
        id=name,
        kind=_kind(element),
        name=_name(element),
        box=_bounds(drawn.find(f"{_DC}Bounds")) or (0, 0, 0, 0),
        label=_label(drawn),
        event=_event(element),
        is_dashed=element is not None and element.get("cancelActivity") == "false",
        is_expanded=drawn.get("isExpanded", "true") != "false",
    )


def _edge(drawn: etree._Element, said: Mapping[str, etree._Element]) -> Edge:
    name = str(drawn.get("bpmnElement"))
    points = [(_number(one, "x"), _number(one, "y")) for one in drawn.iter(f"{_DD}waypoint")]
    return Edge(
        id=name,
        kind=_kind(said.get(name)),
        name=_name(said.get(name)),
        points=tuple(points),
        label=_label(drawn),
    )


def _kind(element: etree._Element | None) -> str:
    return "" if element is None else etree.QName(element).localname


def _name(element: etree._Element | None) -> str:
    if element is None:
        return ""
    text = element.find(f"{_BPMN}text")
    return str(element.get("name") or (text.text if text is not None else "") or "")


def _event(element: etree._Element | None) -> str | None:
    if element is None:
        return None
    kinds = [etree.QName(one).localname for one in element if _is_model(one)]
    found = [one for one in kinds if one.endswith("EventDefinition")]
    return found[0].removesuffix("EventDefinition") if found else None


def _label(drawn: etree._Element) -> Box | None:
    label = drawn.find(f"{_DI}BPMNLabel")
    return None if label is None else _bounds(label.find(f"{_DC}Bounds"))


def _bounds(found: etree._Element | None) -> Box | None:
    if found is None:
        return None
    return (
        _number(found, "x"),
        _number(found, "y"),
        _number(found, "width"),
        _number(found, "height"),
    )


def _number(found: etree._Element, name: str) -> float:
    return float(found.get(name) or 0)


def _corners(box: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    x, y, width, height = box
    return (x, y), (x + width, y + height)
