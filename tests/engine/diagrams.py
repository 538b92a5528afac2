"""Small diagrams for tests of the engine, written as text."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from lxml import etree

from engine.bundle import KINDS

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="t">'
)


def diagram(key: str, body: str, *, variables: str = "", messages: tuple[str, ...] = ()) -> str:
    """A file with one process."""
    declared = "".join(f'<bpmn:message id="Message_{name}" name="{name}" />' for name in messages)
    return (
        f'{HEAD}{declared}<bpmn:process id="{key}" isExecutable="true">{_extension({"variables": variables})}'
        f"{body}</bpmn:process></bpmn:definitions>"
    )


def start(name: str = "Event_Inicio") -> str:
    return f'<bpmn:startEvent id="{name}" />'


def end(name: str = "Event_Fin") -> str:
    return f'<bpmn:endEvent id="{name}" />'


def user(name: str, **properties: str) -> str:
    given = {"form": "nota", "role": "technical_lead", **properties}
    return f'<bpmn:userTask id="{name}" name="{name}">{_extension(given)}</bpmn:userTask>'


def service(name: str, operation: str) -> str:
    extension = f'<spiffworkflow:serviceTaskOperator id="{operation}" resultVariable="" />'
    return (
        f'<bpmn:serviceTask id="{name}" name="{name}"><bpmn:extensionElements>{extension}</bpmn:extensionElements>'
        "</bpmn:serviceTask>"
    )


def choice(name: str, default: str = "") -> str:
    return f'<bpmn:exclusiveGateway id="{name}"' + (f' default="{default}"' if default else "") + " />"


def parallel(name: str) -> str:
    return f'<bpmn:parallelGateway id="{name}" />'


def sub(name: str, body: str) -> str:
    return f'<bpmn:subProcess id="{name}" name="{name}">{body}</bpmn:subProcess>'


def call(name: str, key: str) -> str:
    return f'<bpmn:callActivity id="{name}" name="{name}" calledElement="{key}" />'


def boundary(name: str, host: str, message: str, *, interrupting: bool = True) -> str:
    return (
        f'<bpmn:boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{str(interrupting).lower()}">'
        f'<bpmn:messageEventDefinition id="{name}_d" messageRef="Message_{message}" /></bpmn:boundaryEvent>'
    )


def wait(name: str, term: str) -> str:
    return (
        f'<bpmn:intermediateCatchEvent id="{name}">{_extension({"term": term})}'
        f'<bpmn:timerEventDefinition id="{name}_d"><bpmn:timeDate>"term"</bpmn:timeDate></bpmn:timerEventDefinition>'
        "</bpmn:intermediateCatchEvent>"
    )


def flow(source: str, target: str, condition: str = "", name: str = "") -> str:
    identity = name or f"Flow_{source}_{target}"
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{identity}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def chain(*names: str) -> str:
    return "".join(flow(one, other) for one, other in pairwise(names))


def drawn(text: str, *, but: str = "") -> str:
    """A file of one process with a picture: everything in a row, one after the other. `but` is left out of it."""
    root: Any = etree.fromstring(text.encode())
    process = root.find(f"{{{BPMN}}}process")
    picture = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "Diagram_1"}, nsmap={"di": DI, "dc": DC, "dd": DD})
    plane = etree.SubElement(picture, f"{{{DI}}}BPMNPlane", {"id": "Plane_1", "bpmnElement": process.get("id")})
    for place, node in enumerate(
        node for node in process.iterdescendants() if node.get("id") and node.get("id") != but
    ):
        name, word = node.get("id"), etree.QName(node).localname
        if word == "sequenceFlow":
            edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", {"id": f"{name}_di", "bpmnElement": name})
            for x in ("0", "100"):
                etree.SubElement(edge, f"{{{DD}}}waypoint", {"x": x, "y": "40"})
        elif word in KINDS:
            shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", {"id": f"{name}_di", "bpmnElement": name})
            where = {"x": str(120 * place), "y": "0", "width": "100", "height": "80"}
            etree.SubElement(shape, f"{{{DC}}}Bounds", where)
    return etree.tostring(root, encoding="unicode")


def _extension(properties: Mapping[str, str]) -> str:
    given = "".join(
        f'<spiffworkflow:property name="{name}" value="{value}" />' for name, value in properties.items() if value
    )
    if not given:
        return ""
    return (
        f"<bpmn:extensionElements><spiffworkflow:properties>{given}</spiffworkflow:properties></bpmn:extensionElements>"
    )
