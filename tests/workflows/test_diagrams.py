"""The diagrams: their ids, properties, pictures, and every way through them, saved and restored at each step."""

import itertools
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine import expressions
from engine import spiff
from engine.bundle import KINDS
from engine.bundle import Bundle
from engine.bundle import Element
from workflows import layout
from workflows.routing import Point
from workflows.routing import Rect

FOLDER = Path(layout.__file__).parent / "bpmn"
KEYS = (
    "accion_correctiva", "activacion", "apoyo_experto", "ciclo_de_vida", "comunicaciones", "diseno", "gobernanza",
    "informe_mensual", "modificacion_protocolo", "prediseno", "procedimiento_att", "reporte_regional", "seguimiento",
)  # fmt: skip
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
PREFIXES = {"startEvent": "Event_", "endEvent": "Event_", "boundaryEvent": "Event_", "intermediateCatchEvent": "Event_",
            "intermediateThrowEvent": "Event_", "exclusiveGateway": "Gateway_", "parallelGateway": "Gateway_",
            "userTask": "Activity_", "serviceTask": "Activity_", "callActivity": "Activity_", "subProcess": "Activity_",
            "sequenceFlow": "Flow_", "lane": "Lane_"}  # fmt: skip
ALLOWED = {"form", "role", "scope", "participant", "outputs", "prefill", "reviews", "against", "reads", "recalls",
           "answers", "separate_from", "term", "batch", "standing", "step", "phva", "gate"}  # fmt: skip
lays_out = pytest.mark.xdist_group("layout")  # each diagram is laid out once
every_diagram = pytest.mark.parametrize("key", KEYS)


def text_of(key: str) -> str:
    return (FOLDER / f"{key}.bpmn").read_text(encoding="utf-8")


def tree_of(key: str) -> Any:
    return etree.fromstring(text_of(key).encode())


@cache
def laid_out(key: str) -> str:
    """The diagram with a picture made anew, which takes seconds."""
    return layout.lay_out(text_of(key))


@cache
def bundle_of(key: str) -> Bundle:
    """The diagram and all those that it calls."""
    files, waiting = dict[str, str](), [key]
    while waiting:
        name = waiting.pop()
        files[f"{name}.bpmn"] = text_of(name)
        waiting += [node.get("calledElement") for node in tree_of(name).iter(f"{BPMN}callActivity")]
    return Bundle(key, files)


def users_of(key: str) -> list[Element]:
    return [one for one in bundle_of(key).elements[key] if one.kind == "user"]


def localname(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def test_there_are_no_other_diagrams() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.bpmn")) == sorted(KEYS)


@every_diagram
def test_the_library_parses_it(key: str) -> None:
    assert spiff.parse(bundle_of(key)).top.name == key


@every_diagram
def test_it_is_executable_and_called_as_its_file(key: str) -> None:
    (process,) = tree_of(key).findall(f"{BPMN}process")
    assert (process.get("id"), process.get("isExecutable")) == (key, "true")


@every_diagram
def test_ids_begin_with_their_kind_and_are_ascii(key: str) -> None:
    for node in tree_of(key).iter(*(BPMN + kind for kind in PREFIXES)):
        assert re.fullmatch(PREFIXES[localname(node)] + r"[A-Za-z0-9_]+", node.get("id"))


@every_diagram
def test_ids_differ_in_more_than_case(key: str) -> None:
    nodes = [node for node in tree_of(key).iter() if isinstance(node.tag, str)]
    ids = [node.get("id").lower() for node in nodes if node.get("id")]
    assert len(ids) == len(set(ids))


@every_diagram
def test_it_has_only_admitted_elements(key: str) -> None:
    refused = {
        "task", "scriptTask", "manualTask", "sendTask", "receiveTask", "businessRuleTask", "eventBasedGateway",
        "inclusiveGateway", "complexGateway", "multiInstanceLoopCharacteristics", "timeDuration",
    }  # fmt: skip
    assert not [node.get("id") for node in tree_of(key).iter() if localname(node) in refused]
    assert "<!" not in text_of(key)


@every_diagram
def test_every_task_says_who_does_what_with_which_form(key: str) -> None:
    for task in users_of(key):
        assert set(task.properties) <= ALLOWED, task.id
        assert {"form", "role", "scope"} <= set(task.properties), task.id
        assert task.instructions.endswith("."), task.id


@every_diagram
def test_properties_name_elements_and_variables_that_exist(key: str) -> None:
    bundle, ids = bundle_of(key), {one.id for one in users_of(key)}
    for task in users_of(key):
        for name in ("reviews", "answers", "separate_from", "prefill"):
            assert {word for word in task.words(name) if not word.startswith("@")} <= ids, (task.id, name)
        assert {pair.partition("=")[0] for pair in task.words("outputs")} <= set(bundle.variables), task.id


@every_diagram
def test_conditions_read_declared_variables(key: str) -> None:
    bundle = bundle_of(key)
    for flow in bundle.flows[key]:
        if flow.condition:
            assert expressions.names(flow.condition) <= set(bundle.variables), flow.id


@every_diagram
def test_no_decision_is_answered_with_the_one_before(key: str) -> None:
    """A choice made in an earlier round, sent again unseen, would turn the process; the consent is read and signed."""
    bundle = bundle_of(key)
    read = {name for flow in bundle.flows[key] if flow.condition for name in expressions.names(flow.condition)}
    for task in users_of(key):
        outputs = {pair.partition("=")[0] for pair in task.words("outputs")}
        if outputs & read and task.id != "Activity_RegistrarConsentimiento":
            assert task.id not in task.words("prefill"), task.id


@every_diagram
def test_every_choice_has_a_default_way(key: str) -> None:
    for gateway in tree_of(key).iter(f"{BPMN}exclusiveGateway"):
        leaving = [node.text for node in gateway.iterfind(f"{BPMN}outgoing")]
        assert len(leaving) == 1 or gateway.get("default") in leaving, gateway.get("id")


@every_diagram
def test_every_named_lane_holds_every_top_node_once(key: str) -> None:
    process = tree_of(key).find(f"{BPMN}process")
    refs = [ref.text for ref in process.iter(f"{BPMN}flowNodeRef")]
    nodes = [node.get("id") for node in process if localname(node) in KINDS]
    assert sorted(refs) == sorted(nodes) or (key == "ciclo_de_vida" and not refs)


@every_diagram
def test_everything_is_drawn(key: str) -> None:
    tree = tree_of(key)
    drawn = {node.get("bpmnElement") for node in tree.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge")}
    meant = {node.get("id") for node in tree.iter(*(BPMN + kind for kind in (*PREFIXES, "participant")))}
    assert drawn == meant


@every_diagram
def test_labels_are_wide_enough_to_read(key: str) -> None:
    for label in tree_of(key).iter(f"{DI}BPMNLabel"):
        assert float(label[0].get("width")) >= 30


@lays_out
@every_diagram
def test_laying_out_touches_the_picture_only(key: str) -> None:
    before, after = text_of(key), laid_out(key)
    assert after.partition("<bpmndi:")[0] == before.partition("<bpmndi:")[0]


@lays_out
def test_the_same_diagram_always_gets_the_same_picture() -> None:
    assert laid_out("accion_correctiva") == text_of("accion_correctiva")


def test_a_diagram_without_picture_gets_one() -> None:
    text = text_of("seguimiento")
    bare = re.sub(r"  <bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>\n", "", text, flags=re.DOTALL)
    assert layout.lay_out(bare) == text


@lays_out
@every_diagram
def test_no_way_crosses_a_shape(key: str) -> None:
    tree = etree.fromstring(laid_out(key).encode())
    areas, ways = shapes_of(tree), ways_of(tree)
    process = tree.find(f"{BPMN}process")
    for container in (process, *process.iter(f"{BPMN}subProcess")):
        inside = [node.get("id") for node in container]
        shapes = [areas[one].grown(-2) for one in inside if one in areas]
        for flow in (one for one in inside if one in ways):
            for one, other in itertools.pairwise(ways[flow]):
                crossed = sum(layout._segment(one, other).overlap(shape) for shape in shapes)
                assert crossed == 0, flow


def shapes_of(tree: Any) -> dict[str, Rect]:
    """Where each shape of a picture stands."""
    bounds = {shape.get("bpmnElement"): shape[0] for shape in tree.iter(f"{DI}BPMNShape")}
    return {key: Rect(*(float(area.get(side)) for side in ("x", "y", "width", "height")))
            for key, area in bounds.items()}  # fmt: skip


def ways_of(tree: Any) -> dict[str, list[Point]]:
    """The waypoints of each arrow of a picture."""
    return {
        edge.get("bpmnElement"): [(float(one.get("x")), float(one.get("y"))) for one in edge if one.get("x")]
        for edge in tree.iter(f"{DI}BPMNEdge")
    }
