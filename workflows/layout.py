"""Draws a diagram anew: `python -m workflows.layout workflows/bpmn/x.bpmn` rewrites its picture and nothing else.

The meaning of the file stays as it is, byte for byte; only the `bpmndi` part is replaced. Columns follow the flow from
left to right, rows stand in lanes, and edges find their way around shapes by a shortest path search in which bends,
crossings and shared segments cost extra. The same file always gives the same picture.
"""

import itertools
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from textwrap import wrap
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from workflows.routing import Flow
from workflows.routing import Node
from workflows.routing import Point
from workflows.routing import Rect
from workflows.routing import Router

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
STRIP = 30  # the title strips of the pool and of a lane
COLUMN_GAP, ROW_GAP, ROW_HEIGHT = 48, 64, 66
LABEL_WIDTH, LINE_HEIGHT, LETTER = 104, 14, 6.1


@dataclass(slots=True)
class Sheet:
    """A finished piece of drawing: a process or the inside of a sub-process, from its own upper left corner."""

    width: float = 0
    height: float = 0
    nodes: dict[str, Node] = field(default_factory=dict)
    lanes: dict[str, Rect] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Rect] = field(default_factory=dict)
    inner: dict[str, "Sheet"] = field(default_factory=dict)  # what expanded sub-processes hold


def lay_out(text: str) -> str:
    """The BPMN file `text` with a new picture. Raises ValueError when it has no pool around its process."""
    root: Any = etree.fromstring(
        text.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    )
    process, participant = root.find(f"{BPMN}process"), root.find(f".//{BPMN}participant")
    if process is None or participant is None:
        raise ValueError("a collaboration with one participant is needed for lanes to show")
    sheet = arrange(process, _lanes(process))
    key, plane = process.get("id"), root.find(f"{BPMN}collaboration").get("id")
    picture = "\n".join(_interchange(key, plane, participant.get("id"), sheet))
    before, found, rest = text.partition("<bpmndi:BPMNDiagram ")
    after = rest.rpartition("</bpmndi:BPMNDiagram>")[2] if found else "\n</bpmn:definitions>\n"
    return before.removesuffix("</bpmn:definitions>\n").rstrip() + "\n" + picture + after


def arrange(container: Any, lanes: dict[str, str]) -> Sheet:
    """Place what stands directly in `container`; `lanes` is node → lane, in the order of the lanes."""
    inner = {item.get("id"): arrange(item, {}) for item in container.iterfind(f"{BPMN}subProcess")}
    nodes, flows = _read(container, lanes, inner)
    backward = _rank(nodes, flows)
    _choose_rows(nodes, flows, backward)
    sheet = Sheet(nodes=nodes, inner=inner)
    _set_coordinates(sheet, list(dict.fromkeys(lanes.values())) or [""], inside=container.tag == f"{BPMN}subProcess")
    sheet.edges = Router(nodes).route(flows, backward)
    sheet.labels = _place_labels(sheet, flows)
    return sheet


def _lanes(process: Any) -> dict[str, str]:
    return {
        ref.text.strip(): lane.get("id")
        for lane in process.iter(f"{BPMN}lane")
        for ref in lane.iter(f"{BPMN}flowNodeRef")
    }


def _read(container: Any, lanes: dict[str, str], inner: dict[str, Sheet]) -> tuple[dict[str, Node], list[Flow]]:
    nodes, flows = {}, []
    for item in container:
        kind = etree.QName(item).localname if isinstance(item.tag, str) else ""
        key = item.get("id", "")
        if kind == "sequenceFlow":
            flows.append(Flow(key, item.get("sourceRef"), item.get("targetRef"), item.get("name", "")))
        elif re.search(r"(Event|Task|Gateway|Activity|subProcess)$", kind):
            size = (inner[key].width, inner[key].height) if key in inner else None
            nodes[key] = Node(key, kind, item.get("name", ""), lanes.get(key, ""), item.get("attachedToRef", ""), size)
    return nodes, flows


def _rank(nodes: dict[str, Node], flows: list[Flow]) -> set[str]:
    """Give every node its column, the longest way from the start; returns the flows that lead back."""
    leaving = defaultdict[str, list[Flow]](list)
    for flow in flows:
        leaving[nodes[flow.source].host or flow.source].append(flow)
    backward, done = set[str](), dict[str, None]()
    for key, node in nodes.items():
        if not node.host:
            _visit(key, leaving, backward, done, open_now=set())
    for key in reversed(done):
        for flow in leaving[key]:
            if flow.id not in backward:
                nodes[flow.target].rank = max(nodes[flow.target].rank, nodes[key].rank + 1)
    return backward


def _visit(
    key: str, leaving: dict[str, list[Flow]], backward: set[str], done: dict[str, None], open_now: set[str]
) -> None:
    """Walk on from `key`, depth first: a flow to where the walk still is leads back."""
    if key in done:
        return
    open_now.add(key)
    for flow in leaving[key]:
        if flow.target in open_now:
            backward.add(flow.id)
        else:
            _visit(flow.target, leaving, backward, done, open_now)
    open_now.discard(key)
    done[key] = None


def _choose_rows(nodes: dict[str, Node], flows: list[Flow], backward: set[str]) -> None:
    """The first way on stays in its row, every other way opens one below; ways that meet meet in the upper row.

    The place below a host with boundary events is kept for what they lead to.
    """
    onward = [flow for flow in reversed(flows) if flow.id not in backward]
    same_lane = [flow for flow in onward if nodes[flow.source].lane == nodes[flow.target].lane]
    first_of = {flow.source: flow for flow in (*onward, *same_lane)}
    hosts = {node.host for node in nodes.values() if node.host}
    taken, placed = set[tuple[str, int, int]](), set[str]()
    for node in sorted(
        (one for one in nodes.values() if not one.host), key=lambda one: (one.rank, one.id not in hosts)
    ):
        wishes = []
        for flow in flows:
            source = nodes[nodes[flow.source].host or flow.source]
            if flow.target == node.id and source.id in placed and source.lane == node.lane:
                wishes.append(source.row + (nodes[flow.source].host != "" or first_of.get(flow.source) is not flow))
        node.row = min(wishes, default=0)
        while (node.lane, node.row, node.rank) in taken:
            node.row += 1
        taken |= {(node.lane, node.row + below, node.rank) for below in range(2 if node.id in hosts else 1)}
        placed.add(node.id)


def _set_coordinates(sheet: Sheet, lanes: list[str], *, inside: bool) -> None:
    _set_columns(sheet, 34 if inside else STRIP + (STRIP if lanes != [""] else 0) + 34)
    y: float = 26 if inside else 0
    for lane in lanes:
        top = y
        y = _set_rows(sheet, lane, y + ROW_GAP / 2 - (10 if inside else 0)) - ROW_GAP / 2 + 14
        sheet.lanes[lane] = Rect(STRIP, top, sheet.width - STRIP, y - top)
    sheet.height = y
    for node in sheet.nodes.values():
        if node.host:
            host = sheet.nodes[node.host].rect
            node.x, node.y = round(host.x + host.width - 40), round(host.y + host.height)


def _set_columns(sheet: Sheet, x: float) -> None:
    by_rank = defaultdict[int, list[Node]](list)
    for node in sheet.nodes.values():
        if not node.host:
            by_rank[node.rank].append(node)
    for _rank_number, column in sorted(by_rank.items()):
        width = max(node.size[0] for node in column)
        for node in column:
            node.x = round(x + width / 2)
        x += width + COLUMN_GAP
    sheet.width = x - COLUMN_GAP + 34


def _set_rows(sheet: Sheet, lane: str, y: float) -> float:
    by_row = defaultdict[int, list[Node]](list)
    for node in sheet.nodes.values():
        if not node.host and node.lane == lane:
            by_row[node.row].append(node)
    for _row_number, row in sorted(by_row.items()):
        height = max(ROW_HEIGHT, *(node.size[1] for node in row))
        for node in row:
            node.y = round(y + height / 2)
        y += height + ROW_GAP
    return y


def _label_size(text: str, width: int = LABEL_WIDTH) -> tuple[float, float]:
    lines = wrap(text, int(width / LETTER), break_long_words=False)
    return max(30, round(max(len(line) for line in lines) * LETTER) + 6), LINE_HEIGHT * len(lines)


def _place_labels(sheet: Sheet, flows: list[Flow]) -> dict[str, Rect]:
    """Each label goes where it covers least of what is already drawn; earlier places in the list win ties."""
    bodies = [node.rect for node in sheet.nodes.values()]
    lines = [_segment(*pair) for way in sheet.edges.values() for pair in itertools.pairwise(way)]
    labels = dict[str, Rect]()
    paper = Rect(2, 2, sheet.width - 4, sheet.height - 4)

    def put(key: str, places: Iterable[Rect]) -> None:
        def cost(place: Rect) -> float:
            cut: float = (
                sum(place.overlap(one) for one in bodies)
                + sum(place.overlap(one.grown(4)) for one in labels.values())
                + 3 * sum(place.overlap(one) for one in lines)
            )
            return cut + 9 * (place.width * place.height - place.overlap(paper))

        labels[key] = min(places, key=cost)

    for flow in flows:
        if flow.name:
            put(flow.id, _beside_way(sheet.edges[flow.id], *_label_size(flow.name)))
    for node in sheet.nodes.values():
        if node.name and node.kind.endswith(("Event", "Gateway")):
            places = [
                place for width in (LABEL_WIDTH, 80, 140) for place in _around(node, *_label_size(node.name, width))
            ]
            put(node.id, places)
    return labels


def _segment(one: Point, other: Point) -> Rect:
    x, y = min(one[0], other[0]), min(one[1], other[1])
    return Rect(x - 1, y - 1, abs(one[0] - other[0]) + 2, abs(one[1] - other[1]) + 2)


def _beside_way(way: list[Point], width: float, height: float) -> Iterator[Rect]:
    (x, y), (after_x, after_y) = way[0], way[1]
    if y == after_y:
        start = x + 4 if after_x > x else x - 4 - width
        yield Rect(start, y - height - 3, width, height)
        yield Rect(start, y + 3, width, height)
        return
    start = y + 4 if after_y > y else y - 4 - height
    yield Rect(x + 4, start, width, height)
    yield Rect(x - 4 - width, start, width, height)


def _around(node: Node, width: float, height: float) -> Iterator[Rect]:
    box, above_first = node.rect, node.kind.endswith("Gateway")
    above, below = box.y - height - 5, box.y + box.height + 5
    for y in (above, below) if above_first else (below, above):
        yield Rect(node.x - width / 2, y, width, height)
    yield Rect(box.x + box.width + 6, node.y - height / 2, width, height)
    for y in (above + 12, below - 12):
        for away in (20, 38):
            yield Rect(node.x + away, y, width, height)
            yield Rect(node.x - away - width, y, width, height)


def _interchange(key: str, plane: str, participant: str, sheet: Sheet) -> Iterator[str]:
    yield f"  <bpmndi:BPMNDiagram id={quoteattr('Diagram_' + key)}>"
    yield f"    <bpmndi:BPMNPlane id={quoteattr('Plane_' + key)} bpmnElement={quoteattr(plane)}>"
    yield from _shape(participant, Rect(0, 0, sheet.width, sheet.height), ' isHorizontal="true"', 160, 80)
    for lane, area in sheet.lanes.items():
        if lane:
            yield from _shape(lane, area, ' isHorizontal="true"', 160, 80)
    yield from _pieces(sheet, 160, 80)
    yield "    </bpmndi:BPMNPlane>"
    yield "  </bpmndi:BPMNDiagram>"


def _pieces(sheet: Sheet, dx: float, dy: float) -> Iterator[str]:
    for node in sheet.nodes.values():
        extra = (
            ' isExpanded="true"' if node.inner else ' isMarkerVisible="true"' if node.kind == "exclusiveGateway" else ""
        )
        yield from _shape(node.id, node.rect, extra, dx, dy, sheet.labels.get(node.id))
        if node.id in sheet.inner:
            yield from _pieces(sheet.inner[node.id], dx + node.rect.x, dy + node.rect.y)
    for flow, way in sheet.edges.items():
        yield f"      <bpmndi:BPMNEdge id={quoteattr(flow + '_di')} bpmnElement={quoteattr(flow)}>"
        for x, y in way:
            yield f'        <di:waypoint x="{x + dx:g}" y="{y + dy:g}" />'
        yield from _label(sheet.labels.get(flow), dx, dy)
        yield "      </bpmndi:BPMNEdge>"


def _shape(key: str, area: Rect, extra: str, dx: float, dy: float, label: Rect | None = None) -> Iterator[str]:
    yield f"      <bpmndi:BPMNShape id={quoteattr(key + '_di')} bpmnElement={quoteattr(key)}{extra}>"
    yield f"        {_bounds(area.moved(dx, dy))}"
    yield from _label(label, dx, dy)
    yield "      </bpmndi:BPMNShape>"


def _label(area: Rect | None, dx: float, dy: float) -> Iterator[str]:
    if area is not None:
        yield "        <bpmndi:BPMNLabel>"
        yield f"          {_bounds(area.moved(dx, dy))}"
        yield "        </bpmndi:BPMNLabel>"


def _bounds(area: Rect) -> str:
    return f'<dc:Bounds x="{area.x:g}" y="{area.y:g}" width="{area.width:g}" height="{area.height:g}" />'


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        file = Path(argument)
        file.write_text(lay_out(file.read_text(encoding="utf-8")), encoding="utf-8")
