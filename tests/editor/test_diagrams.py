"""The diagrams open in an ordinary BPMN editor as they were drawn, and come out of it meaning the same."""

import itertools
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Page

from engine.bundle import KINDS
from engine.bundle import Bundle
from tests.workflows.test_diagrams import BPMN
from tests.workflows.test_diagrams import every_diagram
from tests.workflows.test_diagrams import text_of
from tests.workflows.test_diagrams import tree_of
from workflows.routing import Point
from workflows.routing import Rect

# What stands on the paper, where the editor itself puts it: shapes, arrows, and words as they come out in its letters.
OPEN = """async xml => {
  const canvas = document.getElementById('canvas');
  canvas.replaceChildren();
  const editor = new BpmnJS({ container: canvas });
  const { warnings } = await editor.importXML(xml);
  const registry = editor.get('elementRegistry');
  const view = editor.get('canvas').viewbox();
  const words = (element) => [...registry.getGraphics(element).querySelectorAll(':scope > .djs-visual text')]
    .map(text => text.getBoundingClientRect()).filter(box => box.width > 0)
    .map(box => [view.x + box.x / view.scale, view.y + box.y / view.scale,
                 box.width / view.scale, box.height / view.scale]);
  const pieces = registry.filter(element => element.parent).map(element => ({
    id: element.id, type: element.type.replace('bpmn:', ''), parent: element.parent.id,
    host: element.host ? element.host.id : '', label: element.labelTarget ? element.labelTarget.id : '',
    box: element.waypoints ? null : [element.x, element.y, element.width, element.height],
    way: (element.waypoints || []).map(point => [point.x, point.y]),
    drawn: registry.getGraphics(element).querySelectorAll(':scope > .djs-visual > *').length,
    words: words(element),
  }));
  const saved = { xml: (await editor.saveXML({ format: true })).xml, svg: (await editor.saveSVG()).svg };
  editor.destroy();
  return { warnings: warnings.map(warning => warning.message), pieces, ...saved };
}"""
FRAMES = {"Participant", "Lane", "SubProcess"}
UPRIGHT = {"Participant", "Lane"}  # their words stand on end, in a strip of their own


@dataclass(frozen=True)
class Piece:
    """Something that the editor drew."""

    id: str
    type: str
    parent: str
    host: str
    label: str  # what it is the label of
    box: Rect | None
    way: tuple[Point, ...]
    drawn: int
    words: tuple[Rect, ...]

    @property
    def is_shape(self) -> bool:
        return self.box is not None and not self.label

    @property
    def owner(self) -> str:
        return self.label or self.id


@dataclass(frozen=True)
class Opened:
    """A diagram in the editor, and what it saves."""

    warnings: list[str]
    pieces: list[Piece]
    xml: str
    svg: str

    @property
    def shapes(self) -> list[tuple[Piece, Rect]]:
        """Everything but arrows, frames and words."""
        return [(one, one.box) for one in self.pieces if one.is_shape and one.box and one.type not in FRAMES]

    @property
    def words(self) -> list[tuple[Piece, Rect]]:
        return [(one, box) for one in self.pieces for box in one.words if one.type not in UPRIGHT]


Open = Callable[[str], Opened]


@pytest.fixture(scope="module")
def opened(editor: Page) -> Open:
    """`opened(key)` is the diagram of a process in the editor; each is opened once."""
    known = dict[str, Opened]()

    def look(key: str) -> Opened:
        if key not in known:
            told = editor.evaluate(OPEN, text_of(key))
            known[key] = Opened(**{**told, "pieces": [_piece(one) for one in told["pieces"]]})
        return known[key]

    return look


def _piece(told: dict[str, Any]) -> Piece:
    box = Rect(*told["box"]) if told["box"] else None
    way = tuple((x, y) for x, y in told["way"])
    return Piece(**{**told, "box": box, "way": way, "words": tuple(Rect(*one) for one in told["words"])})


@every_diagram
def test_it_opens_without_a_warning_and_everything_is_drawn(opened: Open, key: str) -> None:
    diagram = opened(key)
    assert diagram.warnings == []
    drawn = {one.id for one in diagram.pieces if one.drawn}
    kinds = (*KINDS, "sequenceFlow", "participant", "lane")
    assert {node.get("id") for node in tree_of(key).iter(*(BPMN + kind for kind in kinds))} <= drawn


@every_diagram
def test_every_name_can_be_read(opened: Open, key: str) -> None:
    written = {one.owner for one in opened(key).pieces if one.words}
    kinds = (*KINDS, "sequenceFlow", "participant", "lane")
    named = {node.get("id") for node in tree_of(key).iter(*(BPMN + kind for kind in kinds)) if node.get("name")}
    assert named <= written


@every_diagram
def test_no_shape_stands_on_another(opened: Open, key: str) -> None:
    for (one, area), (other, place) in itertools.combinations(opened(key).shapes, 2):
        assert other.id in (one.host,) or one.id in (other.host,) or not area.overlap(place), (one.id, other.id)


@every_diagram
def test_every_shape_stands_within_its_frame(opened: Open, key: str) -> None:
    frames = {one.id: one.box for one in opened(key).pieces if one.type in FRAMES}
    for one in opened(key).pieces:
        frame = frames.get(one.parent)
        if one.box and frame and not one.host and not one.label:
            assert one.box.overlap(frame) == one.box.width * one.box.height, one.id


@every_diagram
def test_words_within_a_shape_fit_into_it(opened: Open, key: str) -> None:
    for one, area in opened(key).words:
        if one.is_shape and one.box:
            assert area.overlap(one.box) >= 0.99 * area.width * area.height, one.id


@every_diagram
def test_words_cover_neither_shapes_nor_other_words(opened: Open, key: str) -> None:
    diagram = opened(key)
    for one, area in diagram.words:
        for other, place in diagram.shapes:
            assert other.id == one.owner or not area.grown(-1).overlap(place), (one.owner, other.id)
    for (one, area), (other, place) in itertools.combinations(diagram.words, 2):
        assert one.id == other.id or not area.grown(-1).overlap(place), (one.owner, other.owner)


@every_diagram
def test_no_arrow_runs_through_words_or_shapes(opened: Open, key: str) -> None:
    diagram = opened(key)
    for flow, stroke in strokes(diagram):
        for one, area in diagram.words:
            assert not stroke.overlap(area.grown(-2)), (flow.id, one.owner)
        for one, area in diagram.shapes:
            assert not stroke.overlap(area.grown(-3)), (flow.id, one.id)


@every_diagram
def test_arrows_go_straight_and_turn_at_right_angles(opened: Open, key: str) -> None:
    for flow in opened(key).pieces:
        for (x, y), (after_x, after_y) in itertools.pairwise(flow.way):
            assert x == after_x or y == after_y, flow.id


@every_diagram
def test_what_the_editor_saves_means_the_same_to_us(opened: Open, key: str) -> None:
    before, after = Bundle(key, {"it.bpmn": text_of(key)}), Bundle(key, {"it.bpmn": opened(key).xml})
    assert meaning(after) == meaning(before)
    assert pictured(after.trees["it.bpmn"]) == pictured(before.trees["it.bpmn"])


@every_diagram
def test_it_can_be_saved_as_a_picture(opened: Open, key: str) -> None:
    picture = etree.fromstring(opened(key).svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    there = {node.get("data-element-id") for node in picture.iter() if node.get("data-element-id")}
    assert {node.get("id") for node in tree_of(key).iter(*(BPMN + kind for kind in KINDS))} <= there


def strokes(diagram: Opened) -> Iterator[tuple[Piece, Rect]]:
    """The straight pieces of every arrow."""
    for flow in diagram.pieces:
        for (x, y), (after_x, after_y) in itertools.pairwise(flow.way):
            yield flow, Rect(min(x, after_x), min(y, after_y), abs(x - after_x) or 1, abs(y - after_y) or 1)


def meaning(bundle: Bundle) -> dict[str, Any]:
    """All that the engine reads of a diagram; where in the file it stood does not matter, nor does the order."""
    return {
        "variables": bundle.variables,
        "elements": {key: sorted(map(_without_line, found), key=_id) for key, found in bundle.elements.items()},
        "flows": {key: sorted(map(_without_line, found), key=_id) for key, found in bundle.flows.items()},
    }


def pictured(tree: Any) -> set[tuple[str, ...]]:
    """The places of shapes and the corners of arrows."""
    places = tree.iter(
        "{http://www.omg.org/spec/DD/20100524/DC}Bounds", "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
    )
    return {
        (place.getparent().get("bpmnElement") or place.getparent().getparent().get("bpmnElement"),
         *(str(float(value)) for _, value in sorted(place.attrib.items())))
        for place in places
    }  # fmt: skip


def _without_line(one: Any) -> Any:
    return replace(one, line=0)


def _id(one: Any) -> str:
    return str(one.id)
