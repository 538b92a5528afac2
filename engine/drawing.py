"""A diagram as plain SVG, from its own coordinates: small, without script or inline style, coloured by class.

States come as element → `done`, `now` or `next`, or, where two versions are compared, `added`, `changed` or `removed`.
They change classes only, so one style sheet serves screen and print, and each state is also told by a mark (✓, ➜, +, …)
and by the title of its element: never by colour alone.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape
from xml.sax.saxutils import quoteattr

from lxml import etree

from db.errors import DefinitionError

NO_STATES: Mapping[str, str] = MappingProxyType({})
STATE_WORDS = {
    "done": "terminado", "now": "en curso", "next": "por venir", "added": "se agrega", "changed": "cambia",
    "removed": "se retira",
}  # fmt: skip
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_DD = "{http://www.omg.org/spec/DD/20100524/DI}"
_SPACE = 12  # around the picture
_LETTER, _LINE = 6.1, 14  # of a label, in pixels

KINDS = {
    "startEvent": "Inicio",
    "endEvent": "Fin",
    "intermediateCatchEvent": "Espera",
    "intermediateThrowEvent": "Aviso",
    "boundaryEvent": "Interrupción",
    "userTask": "Tarea",
    "serviceTask": "Acción del sistema",
    "callActivity": "Proceso",
    "subProcess": "Subproceso",
    "exclusiveGateway": "Decisión",
    "parallelGateway": "En paralelo",
}

_MARKERS = {
    "userTask": '<path class="bpmn-icon" d="M{x} {y}m-6 7c0-9 12-9 12 0zm6-8a3.2 3.2 0 1 0-.1 0z"/>',
    "serviceTask": (
        '<path class="bpmn-icon" d="M{x} {y}m-7 0h3m8 0h3m-7-7v3m0 8v3m-5-12 2 2m6 6 2 2'
        'm0-10-2 2m-6 6-2 2m1-5a4 4 0 1 0 8 0a4 4 0 1 0-8 0"/>'
    ),
}
_SIGNS = {
    "exclusiveGateway": '<path class="bpmn-sign" d="M{x} {y}m-7-8 14 16m0-16-14 16"/>',
    "parallelGateway": '<path class="bpmn-sign" d="M{x} {y}m-10 0h20m-10-10v20"/>',
    "message": '<path class="bpmn-symbol" d="M{x} {y}m-8-5h16v11h-16zl8 6 8-6"/>',
    "signal": '<path class="bpmn-symbol" d="M{x} {y}m0-8 8 13h-16z"/>',
    "timer": '<path class="bpmn-symbol" d="M{x} {y}m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0m8-5v5l4 2"/>',
}
_MARKS = {
    "done": '<g class="bpmn-mark"><circle cx="{x}" cy="{y}" r="10"/><path d="M{x} {y}m-5 0 4 4 6-7"/></g>',
    "now": '<g class="bpmn-mark"><circle cx="{x}" cy="{y}" r="10"/><path d="M{x} {y}m-5 0h9m-4-4 4 4-4 4"/></g>',
    "added": '<g class="bpmn-mark"><circle cx="{x}" cy="{y}" r="10"/><path d="M{x} {y}m-5 0h10m-5-5v10"/></g>',
    "changed": '<g class="bpmn-mark"><circle cx="{x}" cy="{y}" r="10"/><path d="M{x} {y}m-5-3h10m-10 6h10"/></g>',
    "removed": '<g class="bpmn-mark"><circle cx="{x}" cy="{y}" r="10"/><path d="M{x} {y}m-5 0h10"/></g>',
}


HERE = "paso-actual"
"""The id, in the drawing, of the element where the case stands: an address can point at it."""


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class _Shape:
    """An element with its place."""

    node: Any
    kind: str
    box: _Box
    label: _Box | None

    @property
    def id(self) -> str:
        return str(self.node.get("id"))

    @property
    def name(self) -> str:
        return str(self.node.get("name", ""))


def svg(bpmn: bytes, states: Mapping[str, str] = NO_STATES) -> str:
    """The diagram of a file as an SVG element; `states` is element, or arrow, → its state.

    Raises DefinitionError for what is no diagram.
    """
    root = _read(bpmn)
    process = root.find(f"{_BPMN}process")
    if process is None:
        raise DefinitionError("El archivo no contiene ningún proceso.", code="unreadable")
    shapes = list(_shapes(root))
    left, top, width, height = _extent(shapes)
    here = _here(shapes, states)
    title = escape(process.get("name", ""))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" viewBox="{left:g} {top:g} {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}"><title>{title}</title>',
        '<defs><marker id="bpmn-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        'orient="auto">'
        '<path class="bpmn-head" d="M0 0 10 5 0 10z"/></marker></defs>',
        *(_strip(one) for one in shapes if one.kind in ("participant", "lane")),
        *(_element(one, states.get(one.id, ""), here) for one in shapes if one.kind == "subProcess"),
        *_edges(root, states),
        *(
            _element(one, states.get(one.id, ""), here)
            for one in shapes
            if one.kind in KINDS and one.kind != "subProcess"
        ),
        "</svg>",
    ]
    return "".join(parts)


def elements(bpmn: bytes) -> list[tuple[str, str, str]]:
    """(id, name, kind in Spanish) of everything named in the diagram, in reading order, for the list beside it."""
    found = []
    for process in _read(bpmn).iter(f"{_BPMN}process"):
        for node in process.iter():
            kind = etree.QName(node).localname if isinstance(node.tag, str) else ""
            if kind in KINDS and node.get("name"):
                found.append((node.get("id"), node.get("name"), KINDS[kind]))
    return found


def drawn(bpmn: bytes) -> set[str]:
    """The ids of everything that the drawing has a place for: shapes with their bounds, arrows with their points."""
    root = _read(bpmn)
    arrows = (edge for edge in root.iter(f"{_DI}BPMNEdge") if len(edge.findall(f"{_DD}waypoint")) > 1)
    return {one.id for one in _shapes(root)} | {str(edge.get("bpmnElement")) for edge in arrows}


def _read(bpmn: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root: Any = etree.fromstring(bpmn, parser)
    except etree.XMLSyntaxError as error:
        raise DefinitionError("El archivo no es XML bien formado.", line=error.lineno or 0, code="xml") from error
    if root.getroottree().docinfo.doctype:
        raise DefinitionError("El archivo declara un DOCTYPE.", code="doctype")
    return root


def _shapes(root: Any) -> Iterator[_Shape]:
    by_id = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
    for shape in root.iter(f"{_DI}BPMNShape"):
        node = by_id.get(shape.get("bpmnElement"))
        place, label = shape.find(f"{_DC}Bounds"), shape.find(f"{_DI}BPMNLabel/{_DC}Bounds")
        if node is not None and place is not None:
            yield _Shape(node, etree.QName(node).localname, _box(place), None if label is None else _box(label))


def _box(bounds: Any) -> _Box:
    return _Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _extent(shapes: list[_Shape]) -> tuple[float, float, float, float]:
    boxes = [box for one in shapes for box in (one.box, one.label) if box is not None] or [_Box(0, 0, 0, 0)]
    left, top = min(box.x for box in boxes) - _SPACE, min(box.y for box in boxes) - _SPACE
    right, bottom = max(box.x + box.width for box in boxes) + _SPACE, max(box.y + box.height for box in boxes) + _SPACE
    return left, top, right - left, bottom - top


def _strip(shape: _Shape) -> str:
    """The pool or a lane, with its name written upwards along the left side."""
    box = shape.box
    x, y = box.x + 15, box.y + box.height / 2
    lines = wrap(shape.name, max(int((box.height - 16) / 7.5), 8))
    spans = "".join(
        f'<tspan x="0" y="{_line_y(0, number, len(lines)):g}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return (
        f'<g class="bpmn-{shape.kind}" data-element={quoteattr(shape.id)}><title>{escape(shape.name)}</title>'
        f'{_rect(box, 0)}<path d="M{box.x + 30:g} {box.y:g}v{box.height:g}"/>'
        f'<text transform="translate({x:g} {y:g}) rotate(-90)">{spans}</text></g>'
    )


def _edges(root: Any, states: Mapping[str, str]) -> Iterator[str]:
    flows = {flow.get("id"): flow for flow in root.iter(f"{_BPMN}sequenceFlow")}
    for edge in root.iter(f"{_DI}BPMNEdge"):
        flow = flows.get(edge.get("bpmnElement"))
        if flow is None:
            continue
        points = " ".join(
            f"{float(point.get('x')):g} {float(point.get('y')):g}" for point in edge.iter(f"{_DD}waypoint")
        )
        label = edge.find(f"{_DI}BPMNLabel/{_DC}Bounds")
        name = flow.get("name", "")
        text = _text(name, _box(label), "bpmn-label") if name and label is not None else ""
        state = states.get(flow.get("id"), "")
        title = f"<title>Camino ({STATE_WORDS[state]})</title>" if state in STATE_WORDS else ""
        yield (
            f'<g class="bpmn-flow{f" is-{state}" if title else ""}" data-element={quoteattr(flow.get("id"))}>{title}'
            f'<path d="M{points}" marker-end="url(#bpmn-arrow)"/>{text}</g>'
        )


def _here(shapes: list[_Shape], states: Mapping[str, str]) -> str:
    """The id of the element where the case stands: of several the first, of those inside one another the innermost."""
    present = [one for one in shapes if one.kind in KINDS and states.get(one.id) == "now"]
    return min(present, key=lambda one: one.kind == "subProcess").id if present else ""


def _element(shape: _Shape, state: str, here: str) -> str:
    kind = "event" if shape.kind.endswith("Event") else "gateway" if shape.kind.endswith("Gateway") else "task"
    body = {"event": _event, "gateway": _gateway, "task": _task}[kind](shape)
    mark = _MARKS.get(state, "").format(x=f"{shape.box.x + shape.box.width - 6:g}", y=f"{shape.box.y + 2:g}")
    title = f"{KINDS[shape.kind]}: {shape.name}" if shape.name else KINDS[shape.kind]
    if state in STATE_WORDS:
        title += f" ({STATE_WORDS[state]})"
    classes = f"bpmn-{kind} bpmn-{shape.kind}" + (f" is-{state}" if state in STATE_WORDS else "")
    anchor = f' id="{HERE}"' if shape.id == here else ""
    head = f'<g class="{classes}" data-element={quoteattr(shape.id)}{anchor}><title>{escape(title)}</title>'
    return f"{head}{body}{mark}</g>"


def _task(shape: _Shape) -> str:
    box = shape.box
    marker = _MARKERS.get(shape.kind, "").format(x=f"{box.x + 14:g}", y=f"{box.y + 13:g}")
    if shape.kind == "subProcess":
        head = _Box(box.x, box.y + 4, box.width, 20)
        return _rect(box, 10) + _text(shape.name, head, "bpmn-name")
    room = _Box(box.x + 6, box.y + (12 if marker else 4), box.width - 12, box.height - (14 if marker else 8))
    return _rect(box, 8) + marker + _text(shape.name, room, "bpmn-name")


def _gateway(shape: _Shape) -> str:
    box, (x, y) = shape.box, shape.box.centre
    half = box.width / 2
    diamond = (
        f'<path class="bpmn-body" d="M{x:g} {box.y:g}l{half:g} {half:g} -{half:g} {half:g} -{half:g} -{half:g}z"/>'
    )
    return diamond + _SIGNS.get(shape.kind, "").format(x=f"{x:g}", y=f"{y:g}") + _outside(shape)


def _event(shape: _Shape) -> str:
    (x, y), radius = shape.box.centre, shape.box.width / 2
    circle = f'<circle class="bpmn-body" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'
    if shape.kind in ("boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"):
        circle += f'<circle class="bpmn-ring" cx="{x:g}" cy="{y:g}" r="{radius - 4:g}"/>'
    for symbol in ("message", "signal", "timer"):
        if shape.node.find(f"{_BPMN}{symbol}EventDefinition") is not None:
            circle += _SIGNS[symbol].format(x=f"{x:g}", y=f"{y:g}")
    return circle + _outside(shape)


def _outside(shape: _Shape) -> str:
    return _text(shape.name, shape.label, "bpmn-label") if shape.name and shape.label is not None else ""


def _rect(box: _Box, corner: int) -> str:
    rounded = f' rx="{corner}"' if corner else ""
    return (
        f'<rect class="bpmn-body" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"{rounded}/>'
    )


def _text(text: str, box: _Box, kind: str) -> str:
    """`text` wrapped and centred in `box`, a tspan for each line."""
    lines = wrap(text, max(int(box.width / _LETTER), 4), break_long_words=False)
    x, middle = box.centre
    spans = "".join(
        f'<tspan x="{x:g}" y="{_line_y(middle, number, len(lines)):g}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return f'<text class="{kind}">{spans}</text>'


def _line_y(middle: float, number: int, lines: int) -> float:
    return middle + (number - (lines - 1) / 2) * _LINE
