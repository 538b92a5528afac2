"""Draws a diagram anew: `python -m workflows.layout workflows/bpmn/x.bpmn` rewrites its picture and nothing else.

The meaning of the file stays as it is, byte for byte; only the `bpmndi` part is replaced. Columns follow the flow from
left to right, rows stand in lanes, and edges find their way around shapes by a shortest path search in which bends,
crossings and shared segments cost extra. The same file always gives the same picture.
"""

import heapq
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

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
TASK, GATEWAY, EVENT = (124, 80), (50, 50), (36, 36)
STRIP = 30  # the title strips of the pool and of a lane
COLUMN_GAP, ROW_GAP, TRACK = 58, 64, 12
STUB, CLEARANCE = 16, 8
LABEL_WIDTH, LINE_HEIGHT, LETTER = 104, 14, 6.1
BEND, CROSSING, SHARED = 45, 90, 900
DIRECTIONS = {"right": (1, 0), "left": (-1, 0), "bottom": (0, 1), "top": (0, -1)}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def grown(self, by: float) -> "Rect":
        """The rectangle with a margin of `by` around it."""
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, dx: float, dy: float) -> "Rect":
        """The rectangle somewhere else."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def overlap(self, other: "Rect") -> float:
        """The area that both cover."""
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(wide, 0) * max(high, 0)


@dataclass(slots=True)
class Node:
    """A shape to be placed."""

    id: str
    kind: str
    name: str
    lane: str
    host: str
    inner: "Sheet | None"
    rank: int = 0
    row: int = 0
    x: float = 0
    y: float = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        if self.inner is not None:
            return self.inner.width, self.inner.height
        return GATEWAY if self.kind.endswith("Gateway") else EVENT if self.kind.endswith("Event") else TASK

    @property
    def rect(self) -> Rect:
        """Where it stands; `x` and `y` are its centre."""
        width, height = self.size
        return Rect(self.x - width / 2, self.y - height / 2, width, height)

    def port(self, side: str, away: float = 0) -> Point:
        """The middle of one side, or a point `away` from it."""
        (dx, dy), (width, height) = DIRECTIONS[side], self.size
        return round(self.x + dx * (width / 2 + away)), round(self.y + dy * (height / 2 + away))


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow to be routed."""

    id: str
    source: str
    target: str
    name: str


@dataclass(slots=True)
class Sheet:
    """A finished piece of drawing: a process or the inside of a sub-process, from its own upper left corner."""

    width: float = 0
    height: float = 0
    nodes: dict[str, Node] = field(default_factory=dict)
    lanes: dict[str, Rect] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Rect] = field(default_factory=dict)


def lay_out(text: str) -> str:
    """The BPMN file `text` with a new picture. Raises ValueError when it has no pool around its process."""
    root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    process, participant = root.find(f"{BPMN}process"), root.find(f".//{BPMN}participant")
    if process is None or participant is None:
        raise ValueError("a collaboration with one participant is needed for lanes to show")
    sheet = arrange(process, _lanes(process))
    key, plane = process.get("id"), root.find(f"{BPMN}collaboration").get("id")
    picture = "\n".join(_interchange(key, plane, participant.get("id"), sheet))
    return re.sub(r"  <bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", lambda _match: picture, text, flags=re.DOTALL)


def arrange(container: Any, lanes: dict[str, str]) -> Sheet:
    """Place what stands directly in `container`; `lanes` is node → lane, in the order of the lanes."""
    nodes, flows = _read(container, lanes)
    backward = _rank(nodes, flows)
    _choose_rows(nodes, flows, backward)
    sheet = Sheet(nodes=nodes)
    _set_coordinates(sheet, list(dict.fromkeys(lanes.values())) or [""], inside=container.tag == f"{BPMN}subProcess")
    sheet.edges = _Router(nodes).route(flows, backward)
    sheet.labels = _place_labels(sheet, flows)
    return sheet


def _lanes(process: Any) -> dict[str, str]:
    return {ref.text.strip(): lane.get("id") for lane in process.iter(f"{BPMN}lane") for ref in lane.iter(f"{BPMN}flowNodeRef")}


def _read(container: Any, lanes: dict[str, str]) -> tuple[dict[str, Node], list[Flow]]:
    nodes, flows = {}, []
    for item in container:
        kind = etree.QName(item).localname if isinstance(item.tag, str) else ""
        key = item.get("id", "")
        if kind == "sequenceFlow":
            flows.append(Flow(key, item.get("sourceRef"), item.get("targetRef"), item.get("name", "")))
        elif re.search(r"(Event|Task|Gateway|Activity|subProcess)$", kind):
            inner = arrange(item, {}) if kind == "subProcess" else None
            nodes[key] = Node(key, kind, item.get("name", ""), lanes.get(key, ""), item.get("attachedToRef", ""), inner)
    return nodes, flows


def _rank(nodes: dict[str, Node], flows: list[Flow]) -> set[str]:
    """Give every node its column, the longest way from the start; returns the flows that lead back."""
    leaving = defaultdict(list)
    for flow in flows:
        leaving[nodes[flow.source].host or flow.source].append(flow)
    backward, done, open_now = set[str](), list[str](), set[str]()

    def visit(key: str) -> None:
        open_now.add(key)
        for flow in leaving[key]:
            if flow.target in open_now:
                backward.add(flow.id)
            elif flow.target not in done:
                visit(flow.target)
        open_now.discard(key)
        done.append(key)

    for key, node in nodes.items():
        if key not in done and not node.host:
            visit(key)
    for key in reversed(done):
        for flow in leaving[key]:
            if flow.id not in backward:
                nodes[flow.target].rank = max(nodes[flow.target].rank, nodes[key].rank + 1)
    return backward


def _choose_rows(nodes: dict[str, Node], flows: list[Flow], backward: set[str]) -> None:
    """The first way on stays in its row, every other way opens one below; ways that meet meet in the upper row."""
    taken = set[tuple[str, int, int]]()
    first_of = {flow.source: flow for flow in reversed([one for one in flows if one.id not in backward])}
    placed = set[str]()
    for node in sorted((one for one in nodes.values() if not one.host), key=lambda one: one.rank):
        wishes = []
        for flow in flows:
            source = nodes[nodes[flow.source].host or flow.source]
            if flow.target == node.id and source.id in placed and source.lane == node.lane:
                wishes.append(source.row + (nodes[flow.source].host != "" or first_of.get(flow.source) is not flow))
        node.row = min(wishes, default=0)
        while (node.lane, node.row, node.rank) in taken:
            node.row += 1
        taken.add((node.lane, node.row, node.rank))
        placed.add(node.id)


def _set_coordinates(sheet: Sheet, lanes: list[str], *, inside: bool) -> None:
    shown = [node for node in sheet.nodes.values() if not node.host]
    x: float = 34 if inside else STRIP + (STRIP if lanes != [""] else 0) + 34
    for rank in range(max(node.rank for node in shown) + 1):
        width = max((node.size[0] for node in shown if node.rank == rank), default=0)
        for node in shown:
            if node.rank == rank:
                node.x = round(x + width / 2)
        x += width + COLUMN_GAP
    sheet.width = x - COLUMN_GAP + 34
    y: float = 26 if inside else 0
    for lane in lanes:
        top = y
        rows = max((node.row for node in shown if node.lane == lane), default=0) + 1
        y += ROW_GAP / 2 - (10 if inside else 0)
        for row in range(rows):
            height = max((node.size[1] for node in shown if (node.lane, node.row) == (lane, row)), default=0)
            for node in shown:
                if (node.lane, node.row) == (lane, row):
                    node.y = round(y + height / 2)
            y += height + ROW_GAP
        y -= ROW_GAP / 2 - 14
        sheet.lanes[lane] = Rect(STRIP, top, sheet.width - STRIP, y - top)
    sheet.height = y
    for node in sheet.nodes.values():
        if node.host:
            host = sheet.nodes[node.host].rect
            node.x, node.y = round(host.x + host.width - 40), round(host.y + host.height)


class _Router:
    """Finds ways for edges on a grid made of the shapes' ports and of tracks between them."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        self.nodes = nodes
        self.used = dict[tuple[Point, Point], str]()
        self.passed = dict[Point, set[str]]()
        self.ports = dict[tuple[str, str], str]()
        self.xs = self._lines(0, [node.rect.x for node in nodes.values()], [node.rect.x + node.rect.width for node in nodes.values()])
        self.ys = self._lines(1, [node.rect.y for node in nodes.values()], [node.rect.y + node.rect.height for node in nodes.values()])
        self.blocked = {self._cell(x, y) for x in self.xs for y in self.ys if self._is_inside(x, y)}

    def route(self, flows: list[Flow], backward: set[str]) -> dict[str, list[Point]]:
        """The waypoints of every flow: short straight ones first, those that lead back last."""
        ways = {}
        for flow in sorted(flows, key=lambda one: (one.id in backward, *self._distance(one))):
            ways[flow.id] = self._find(flow)
        return {flow.id: ways[flow.id] for flow in flows}

    def _distance(self, flow: Flow) -> tuple[bool, float]:
        one, other = self.nodes[flow.source], self.nodes[flow.target]
        return one.y != other.y, abs(one.x - other.x) + abs(one.y - other.y)

    def _lines(self, axis: int, starts: list[float], ends: list[float]) -> list[float]:
        lines = {node.port(side, away)[axis] for node in self.nodes.values() for side in DIRECTIONS for away in (0, STUB)}
        for edge in starts:
            lines |= {round(edge - STUB - TRACK * step) for step in range(3)}
        for edge in ends:
            lines |= {round(edge + STUB + TRACK * step) for step in range(3)}
        return sorted(lines)

    def _is_inside(self, x: float, y: float) -> bool:
        for node in self.nodes.values():
            box = node.rect.grown(CLEARANCE)
            if box.x < x < box.x + box.width and box.y < y < box.y + box.height:
                return True
        return False

    def _cell(self, x: float, y: float) -> Point:
        return self.xs.index(x), self.ys.index(y)

    def _find(self, flow: Flow) -> list[Point]:
        source, target = self.nodes[flow.source], self.nodes[flow.target]
        goals = {self._cell(*target.port(side, STUB)): side for side in self._sides(target)}
        queue: list[tuple[float, Point, str, tuple[Point, ...]]] = []
        for side in self._sides(source):
            cell = self._cell(*source.port(side, STUB))
            heapq.heappush(queue, (self._toll(source, side, "out"), cell, side, (cell,)))
        best = dict[tuple[Point, str], float]()
        while queue:
            cost, cell, heading, way = heapq.heappop(queue)
            if heading.startswith("arrived-"):
                return self._take(source, target, heading.removeprefix("arrived-"), way)
            if best.get((cell, heading), float("inf")) <= cost:
                continue
            best[cell, heading] = cost
            if cell in goals:
                side = goals[cell]
                arrival = cost + self._toll(target, side, "in") + BEND * (_opposite(side) != heading)
                if heading != side:
                    heapq.heappush(queue, (arrival, cell, f"arrived-{side}", way))
            for price, after, turned in self._steps(cell, heading):
                heapq.heappush(queue, (cost + price, after, turned, (*way, after)))
        raise ValueError(f"no way for {flow.id}")

    def _sides(self, node: Node) -> list[str]:
        return ["bottom"] if node.host else list(DIRECTIONS)

    def _steps(self, cell: Point, heading: str) -> Iterator[tuple[float, Point, str]]:
        for turned, (dx, dy) in DIRECTIONS.items():
            after = (cell[0] + dx, cell[1] + dy)
            inside = 0 <= after[0] < len(self.xs) and 0 <= after[1] < len(self.ys)
            if not inside or after in self.blocked or turned == _opposite(heading):
                continue
            length = abs(self.xs[int(after[0])] - self.xs[int(cell[0])]) + abs(self.ys[int(after[1])] - self.ys[int(cell[1])])
            price = length + BEND * (turned != heading)
            price += SHARED * ((min(cell, after), max(cell, after)) in self.used)
            across = "v" if dx else "h"
            yield price + CROSSING * (across in self.passed.get(after, ())), after, turned

    def _toll(self, node: Node, side: str, way: str) -> float:
        wanted, odd = ("right", "left") if way == "out" else ("left", "right")
        toll = 0 if side == wanted else 220 if side == odd else 30 if node.kind.endswith("Gateway") else 75
        before = self.ports.get((node.id, side))
        return toll + (0 if before is None else 60 if before == way == "in" else 400)

    def _take(self, source: Node, target: Node, side: str, way: tuple[Point, ...]) -> list[Point]:
        points = [(self.xs[int(i)], self.ys[int(j)]) for i, j in way]
        leaving = next(one for one in self._sides(source) if source.port(one, STUB) == points[0])
        self.ports[source.id, leaving] = "out"
        self.ports[target.id, side] = "in"
        for one, other in zip(way, way[1:], strict=False):
            self.used[min(one, other), max(one, other)] = ""
            for cell in (one, other):
                self.passed.setdefault(cell, set()).add("h" if one[1] == other[1] else "v")
        return _corners([source.port(leaving), *points, target.port(side)])


def _opposite(side: str) -> str:
    return {"right": "left", "left": "right", "top": "bottom", "bottom": "top"}[side]


def _corners(points: list[Point]) -> list[Point]:
    kept = points[:1]
    for here, after in zip(points[1:-1], points[2:], strict=True):
        before = kept[-1]
        if not (before[0] == here[0] == after[0] or before[1] == here[1] == after[1]):
            kept.append(here)
    return [*kept, points[-1]]


def _label_size(text: str, width: int = LABEL_WIDTH) -> tuple[float, float]:
    lines = wrap(text, int(width / LETTER))
    return max(30, round(max(len(line) for line in lines) * LETTER) + 6), LINE_HEIGHT * len(lines)


def _place_labels(sheet: Sheet, flows: list[Flow]) -> dict[str, Rect]:
    """Each label goes where it covers least of what is already drawn; earlier places in the list win ties."""
    bodies = [node.rect for node in sheet.nodes.values()]
    lines = [_segment(*pair) for way in sheet.edges.values() for pair in zip(way, way[1:], strict=False)]
    labels = dict[str, Rect]()

    def put(key: str, places: Iterable[Rect]) -> None:
        def cost(place: Rect) -> float:
            cut = sum(place.overlap(one) for one in (*bodies, *labels.values())) + 3 * sum(place.overlap(one) for one in lines)
            return cut + (1e6 if place.y < 2 or place.y + place.height > sheet.height else 0)

        labels[key] = min(places, key=cost)

    for flow in flows:
        if flow.name:
            put(flow.id, _beside_way(sheet.edges[flow.id], *_label_size(flow.name)))
    for node in sheet.nodes.values():
        if node.name and node.kind.endswith(("Event", "Gateway")):
            places = [place for width in (LABEL_WIDTH, 80, 140) for place in _around(node, *_label_size(node.name, width))]
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
    for y in (above + 12, below - 12):
        yield Rect(node.x + 20, y, width, height)
        yield Rect(node.x - 20 - width, y, width, height)


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
        extra = ' isExpanded="true"' if node.inner else ' isMarkerVisible="true"' if node.kind == "exclusiveGateway" else ""
        yield from _shape(node.id, node.rect, extra, dx, dy, sheet.labels.get(node.id))
        if node.inner is not None:
            yield from _pieces(node.inner, dx + node.rect.x, dy + node.rect.y)
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
