"""Finds ways for the edges of a diagram around its shapes: the pencil of `workflows.layout`.

A shortest path search over a grid of port and track lines, in which bends, crossings and shared segments cost extra.
"""

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

TASK, GATEWAY, EVENT = (116, 80), (50, 50), (36, 36)
STUB, CLEARANCE, TRACK = 14, 12, 10
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
    inner: tuple[float, float] | None  # width and height of an expanded sub-process
    rank: int = 0
    row: int = 0
    x: float = 0
    y: float = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        if self.inner is not None:
            return self.inner
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


class Router:
    """Finds ways for edges on a grid made of the shapes' ports and of tracks between them."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        self.nodes = nodes
        self.used = dict[tuple[Point, Point], str]()
        self.passed = dict[Point, set[str]]()
        self.ports = dict[tuple[str, str], str]()
        self.xs = self._lines(
            0, [node.rect.x for node in nodes.values()], [node.rect.x + node.rect.width for node in nodes.values()]
        )
        self.ys = self._lines(
            1, [node.rect.y for node in nodes.values()], [node.rect.y + node.rect.height for node in nodes.values()]
        )
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
        lines = {
            node.port(side, away)[axis] for node in self.nodes.values() for side in DIRECTIONS for away in (0, STUB)
        }
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
            for price, after, turned in self._steps(cell, heading, target.id):
                heapq.heappush(queue, (cost + price, after, turned, (*way, after)))
        raise ValueError(f"no way for {flow.id}")

    def _sides(self, node: Node) -> list[str]:
        return ["bottom"] if node.host else list(DIRECTIONS)

    def _steps(self, cell: Point, heading: str, target: str) -> Iterator[tuple[float, Point, str]]:
        for turned, (dx, dy) in DIRECTIONS.items():
            after = (cell[0] + dx, cell[1] + dy)
            inside = 0 <= after[0] < len(self.xs) and 0 <= after[1] < len(self.ys)
            if not inside or after in self.blocked or turned == _opposite(heading):
                continue
            length = abs(self.xs[int(after[0])] - self.xs[int(cell[0])]) + abs(
                self.ys[int(after[1])] - self.ys[int(cell[1])]
            )
            price = length + BEND * (turned != heading)
            price += SHARED * (self.used.get((min(cell, after), max(cell, after)), target) != target)
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
        for one, other in itertools.pairwise(way):
            self.used[min(one, other), max(one, other)] = target.id
            for cell in (one, other):
                self.passed.setdefault(cell, set()).add("h" if one[1] == other[1] else "v")
        return _corners([source.port(leaving), *points, target.port(side)])


def _opposite(side: str) -> str:
    return {"right": "left", "left": "right", "top": "bottom", "bottom": "top"}[side]


def _corners(points: list[Point]) -> list[Point]:
    kept = points[:1]
    for here, after in itertools.pairwise(points):
        before = kept[-1]
        if not (before[0] == here[0] == after[0] or before[1] == here[1] == after[1]):
            kept.append(here)
    return [*kept, points[-1]]
