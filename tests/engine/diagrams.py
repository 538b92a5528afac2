"""Small diagrams for tests of the engine, written as text."""

from collections.abc import Mapping
from itertools import pairwise

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


def _extension(properties: Mapping[str, str]) -> str:
    given = "".join(
        f'<spiffworkflow:property name="{name}" value="{value}" />' for name, value in properties.items() if value
    )
    if not given:
        return ""
    return (
        f"<bpmn:extensionElements><spiffworkflow:properties>{given}</spiffworkflow:properties></bpmn:extensionElements>"
    )
