"""Draws a plan: what was done is green and ticked, where a case waits is framed and numbered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from engine.archive.picture.plan import Box, Edge, Plan, Shape
from engine.archive.picture.words import lines

_INK, _LINE, _DONE, _HERE = "#26324b", "#6b7080", "#02613c", "#0035bf"
_DONE_FILL, _HERE_FILL = "#e3f3ea", "#dfe7ff"
#: Signs inside events, readable without any font of symbols.
_SIGNS = {
    "timer": "T", "message": "M", "error": "E", "signal": "S", "escalation": "A",
    "terminate": "X", "conditional": "C", "link": "L", "compensate": "R",
}  # fmt: skip
#: Signs of gateways as paths around the middle: no font need know them.
_GATEWAYS = {
    "exclusiveGateway": "M-8-8 8 8M8-8-8 8", "parallelGateway": "M0-10V10M-10 0H10",
    "inclusiveGateway": "M-10 0a10 10 0 1 0 20 0 10 10 0 1 0-20 0",
    "eventBasedGateway": "M-13 0a13 13 0 1 0 26 0 13 13 0 1 0-26 0M0-8 8-2 5 7H-5L-8-2z",
    "complexGateway": "M0-10V10M-10 0H10M-7-7 7 7M7-7-7 7",
}  # fmt: skip
_TASKS = {
    "userTask": "person", "manualTask": "person", "serviceTask": "service", "sendTask": "letter",
    "receiveTask": "message", "scriptTask": "computed", "businessRuleTask": "table",
}  # fmt: skip
_SIZE, _LEADING = 11, 13


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a case did: how often each element was left, each flow taken, and where it waits."""

    done: Mapping[str, int] = field(default_factory=dict)
    flows: Mapping[str, int] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)


def draw(plan: Plan, marks: Marks | None = None, *, title: str = "") -> str:
    """Return the SVG of a plan; every id of the diagram stands in a `data-element`."""
    pen = _Pen(marks or Marks())
    x, y, width, height = plan.box
    nodes = [one for one in plan.shapes if one.kind not in _GROUND]
    ground = [one for one in plan.shapes if one.kind in _GROUND]
    ground.sort(key=lambda one: -one.box[2] * one.box[3])
    parts = [*map(pen.shape, ground), *map(pen.edge, plan.edges), *map(pen.shape, nodes)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:g} {y:g} {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}" role="img" font-family="sans-serif">'
        f"<title>{escape(title)}</title>{_ARROWS}{''.join(parts)}</svg>"
    )


_ARROWS = "<defs>" + "".join(
    f'<marker id="to-{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8"'
    f' markerHeight="8" orient="auto-start-reverse" markerUnits="userSpaceOnUse">'
    f'<path d="M0 0 10 5 0 10z" fill="{colour}"/></marker>'
    for name, colour in (("line", _LINE), ("done", _DONE))
) + "</defs>"  # fmt: skip


class _Pen:
    """Draws with the colours of what a case did."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks

    def shape(self, one: Shape) -> str:
        body = _drawer(one.kind)(one, self._look(one))
        return f"<g data-element={quoteattr(one.id)}>{body}{self._badge(one)}</g>"

    def edge(self, one: Edge) -> str:
        is_taken = bool(self.marks.flows.get(one.id))
        colour, name = (_DONE, "done") if is_taken else (_LINE, "line")
        path = " ".join(f"{x:g},{y:g}" for x, y in one.points)
        arrow = f' marker-end="url(#to-{name})"' if one.kind != "association" else ""
        dashes = ' stroke-dasharray="4 4"' if one.kind != "sequenceFlow" else ""
        label = _label(one.name, one.label, bold=is_taken) if one.label else ""
        width = 3 if is_taken else 1.2
        return (
            f'<g data-element={quoteattr(one.id)}><polyline points="{path}" fill="none"'
            f' stroke="{colour}" stroke-width="{width}"{arrow}{dashes}/>{label}</g>'
        )

    def _look(self, one: Shape) -> str:
        if self.marks.tokens.get(one.id):
            return f'fill="{_HERE_FILL}" stroke="{_HERE}" stroke-width="3.5"'
        if self.marks.done.get(one.id):
            return f'fill="{_DONE_FILL}" stroke="{_DONE}" stroke-width="2"'
        return f'fill="#ffffff" stroke="{_INK}" stroke-width="1.4"'

    def _badge(self, one: Shape) -> str:
        x, y, width, _height = one.box
        waits, times = self.marks.tokens.get(one.id), self.marks.done.get(one.id)
        if one.kind in _GROUND and not waits:
            return ""
        if waits:
            return _disc(x + width, y, str(waits), _HERE)
        return _disc(x + width, y, "" if times == 1 else str(times), _DONE) if times else ""


def _disc(x: float, y: float, text: str, colour: str) -> str:
    """Draw a number, or a tick where there is none to say."""
    if not text:
        tick = _sign(x, y, "M-4 0-1 3 4-3", "#ffffff")
        return f'<circle cx="{x:g}" cy="{y:g}" r="8" fill="{colour}"/>{tick}'
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="8" fill="{colour}"/>'
        f'<text x="{x:g}" y="{y + 4:g}" font-size="11" fill="#ffffff" text-anchor="middle">'
        f"{text}</text>"
    )


def _sign(x: float, y: float, path: str, colour: str) -> str:
    return (
        f'<path d="{path}" transform="translate({x:g} {y:g})" fill="none" stroke="{colour}"'
        f' stroke-width="2"/>'
    )


def _event(one: Shape, look: str) -> str:
    x, y, width, height = one.box
    cx, cy, radius = x + width / 2, y + height / 2, width / 2
    dashes = ' stroke-dasharray="3 2"' if one.is_dashed else ""
    is_end, is_start = one.kind == "endEvent", one.kind == "startEvent"
    rings = [radius] if is_end or is_start else [radius, radius - 3]
    thick = ' stroke-width="4"' if is_end else ""
    look = look.replace('stroke-width="1.4"', thick.strip()) if is_end else look
    circles = "".join(
        f'<circle cx="{cx:g}" cy="{cy:g}" r="{ring:g}" {look}{dashes}/>' for ring in rings
    )
    sign = _SIGNS.get(one.event or "", "")
    return circles + (_middle(cx, cy + 5, sign, 13) if sign else "") + _name_below(one)


def _gateway(one: Shape, look: str) -> str:
    x, y, width, height = one.box
    cx, cy = x + width / 2, y + height / 2
    corners = f"{cx:g},{y:g} {x + width:g},{cy:g} {cx:g},{y + height:g} {x:g},{cy:g}"
    sign = _sign(cx, cy, _GATEWAYS.get(one.kind, ""), _INK)
    return f'<polygon points="{corners}" {look}/>{sign}{_name_below(one)}'


def _task(one: Shape, look: str) -> str:
    x, y, width, height = one.box
    thick = look if one.kind != "callActivity" else look.replace('"1.4"', '"4"')
    box = f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="10" {thick}/>'
    kind = _TASKS.get(one.kind, "")
    small = f'<text x="{x + 7:g}" y="{y + 12:g}" font-size="8" fill="{_LINE}">{kind}</text>'
    return box + (small if kind else "") + _block(one.name, one.box)


def _holder(one: Shape, look: str) -> str:
    if not one.is_expanded:
        return _task(one, look)
    x, y, width, height = one.box
    open_look = look.replace("#ffffff", "none").replace(_DONE_FILL, "none")
    box = f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="10" {open_look}/>'
    return box + _text(x + 10, y + 18, one.name, anchor="start", size=12)


def _band(one: Shape, _look: str) -> str:
    x, y, width, height = one.box
    box = (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none"'
        f' stroke="{_LINE}" stroke-width="1"/>'
    )
    cx, cy = x + 15, y + height / 2
    return box + (
        f'<text x="{cx:g}" y="{cy:g}" font-size="12" fill="{_INK}" text-anchor="middle"'
        f' transform="rotate(-90 {cx:g} {cy:g})">{escape(one.name)}</text>'
    )


def _note(one: Shape, _look: str) -> str:
    x, y, _width, height = one.box
    bracket = f"{x + 10:g},{y:g} {x:g},{y:g} {x:g},{y + height:g} {x + 10:g},{y + height:g}"
    line = f'<polyline points="{bracket}" fill="none" stroke="{_LINE}"/>'
    return line + _block(one.name, one.box)


#: What lies under everything else.
_GROUND = frozenset({"participant", "lane", "subProcess", "transaction", "adHocSubProcess"})
_DRAWERS: Mapping[str, Callable[[Shape, str], str]] = {
    "participant": _band,
    "lane": _band,
    "subProcess": _holder,
    "transaction": _holder,
    "adHocSubProcess": _holder,
    "textAnnotation": _note,
}


def _drawer(kind: str) -> Callable[[Shape, str], str]:
    if kind.endswith("Event"):
        return _event
    if kind.endswith("Gateway"):
        return _gateway
    return _DRAWERS.get(kind, _task)


def _name_below(one: Shape) -> str:
    x, y, width, height = one.box
    return _label(one.name, one.label or (x - 30, y + height + 4, width + 60, 14))


def _label(name: str, box: Box | None, *, bold: bool = False) -> str:
    if not name or box is None:
        return ""
    x, y, width, _height = box
    rows = lines(name, max(width, 60), size=_SIZE)
    return "".join(_rows(rows, x + width / 2, y + _SIZE, bold=bold))


def _block(name: str, box: Box) -> str:
    x, y, width, height = box
    rows = lines(name, width - 10, size=_SIZE)
    top = y + height / 2 - (len(rows) - 1) * _LEADING / 2 + 4
    return "".join(_rows(rows, x + width / 2, top))


def _rows(rows: list[str], x: float, y: float, *, bold: bool = False) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield _text(x, y + number * _LEADING, row, bold=bold)


def _middle(x: float, y: float, sign: str, size: int) -> str:
    return _text(x, y, sign, size=size)


def _text(  # noqa: PLR0913  # a text has these parts
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "middle",
    size: int = _SIZE,
    bold: bool = False,
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{_INK}"'
        f' text-anchor="{anchor}"{weight}>{escape(text)}</text>'
    )
