"""Elements that are not admitted, or mean what nobody knows."""

import re
from collections.abc import Iterator
from dataclasses import replace

from tests.engine import diagrams as d
from tests.engine.gate.cases import MESSAGE
from tests.engine.gate.cases import SERVICE
from tests.engine.gate.cases import VARIABLES
from tests.engine.gate.cases import Case
from tests.engine.gate.cases import body
from tests.engine.gate.cases import spoiled
from tests.engine.gate.cases import whole

KINDS = [
    "task",
    "scriptTask",
    "manualTask",
    "sendTask",
    "receiveTask",
    "businessRuleTask",
    "inclusiveGateway",
    "complexGateway",
    "eventBasedGateway",
    "adHocSubProcess",
    "transaction",
    "callChoreography",
    "choreographyTask",
    "subChoreography",
    "callConversation",
    "conversation",
    "subConversation",
    "dataObject",
    "dataObjectReference",
    "dataStore",
    "dataStoreReference",
    "dataInput",
    "dataOutput",
    "ioSpecification",
    "inputSet",
    "outputSet",
    "ioBinding",
    "property",
    "resourceRole",
    "performer",
    "humanPerformer",
    "potentialOwner",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "loopCardinality",
    "completionCondition",
    "loopCondition",
    "script",
    "text",
    "textAnnotation",
    "association",
    "group",
    "category",
    "categoryValue",
    "timeDuration",
    "timeCycle",
    "errorEventDefinition",
    "escalationEventDefinition",
    "compensateEventDefinition",
    "conditionalEventDefinition",
    "linkEventDefinition",
    "terminateEventDefinition",
    "cancelEventDefinition",
    "condition",
    "error",
    "escalation",
    "resource",
    "itemDefinition",
    "interface",
    "operation",
    "import",
    "extension",
    "messageFlow",
    "correlationKey",
    "correlationProperty",
    "correlationSubscription",
    "globalUserTask",
    "globalTask",
    "globalScriptTask",
    "globalBusinessRuleTask",
    "partnerEntity",
    "partnerRole",
    "endPoint",
    "assignment",
    "dataInputAssociation",
    "dataOutputAssociation",
    "rendering",
    "auditing",
    "monitoring",
    "relationship",
    "event",
]

USER = "Activity_Uno"
REPLACED = (
    ("form", 'name="form" value="nota"', ("otra", "", "../nota")),
    ("role", 'value="technical_lead"', ("king", "", "administrador ", "setting:role=king", "Der_Reviewer")),
    ("property", 'name="gate"', ("rol", "script", "preScript", "FORM", "gate ", "assignee")),
)
WRONG = (
    ("scope", "scope", ("galaxy", "National", "setting:scope")),
    ("mark", "batch", ("maybe",)),
    ("mark", "standing", ("yes",)),
    ("output", "outputs", ("other=text", "again=nobody", "again", "=text", "os=text")),
    ("output-kind", "outputs",
     ("again=text", "verdict=again", "count=text", "verdict=files", "again=verdict", "count=day")),
    ("prefill", "prefill", ("@nobody", "@", f"{USER} @nobody")),
    *(("reference", name, ("Activity_Nadie",))
      for name in ("separate_from", "reviews", "answers", "reads", "recalls", "prefill", "against")),
    ("separation", "separate_from", (USER,)),
    ("term", "term", ("P1D", "R/P1M", "PT0S", "1", "working_days:x", "on:2026-12-15", "variable:nobody",
                      "variable:again", "setting:term=P1D", "__import__('os')")),
)  # fmt: skip
EVENTS = {
    "message": f'<bpmn:messageEventDefinition id="x_d" messageRef="Message_{MESSAGE}" />',
    "timer": '<bpmn:timerEventDefinition id="x_d"><bpmn:timeDate>"x"</bpmn:timeDate></bpmn:timerEventDefinition>',
    "signal": '<bpmn:signalEventDefinition id="x_d" signalRef="Signal_fin" />',
}


def cases() -> Iterator[Case]:
    """Every element that must not be there as it is."""
    for kind in KINDS:
        case = spoiled(f"kind {kind}", "kind", d.end(), f'{d.end()}<bpmn:{kind} id="x" />')
        yield replace(case, says=f"«{kind}»")
    yield from _users()
    yield from _events()
    yield from _others()


def _one(name: str, code: str, **properties: str) -> Case:
    return body(name, code, _line(d.user(USER, **properties), USER))


def _line(*elements: str) -> str:
    """Elements between a start and an end; the last word is the name of the only one with arrows."""
    return d.start() + "".join(elements[:-1]) + d.end() + d.chain("Event_Inicio", elements[-1], "Event_Fin")


def _users() -> Iterator[Case]:
    for code, old, values in REPLACED:
        for value in values:
            yield spoiled(f"{code} {value!r}", code, old, re.sub('"[^"]*"$', f'"{value}"', old))
    for code, name, values in WRONG:
        for value in values:
            yield _one(f"{name} {value}", code, **{name: value})


def _events() -> Iterator[Case]:
    def catch(definition: str, **properties: str) -> str:
        inner = d._extension(properties) + definition
        return _line(f'<bpmn:intermediateCatchEvent id="Event_X">{inner}</bpmn:intermediateCatchEvent>', "Event_X")

    def edge(definition: str, host: str = USER, extra: str = "") -> str:
        event = f'<bpmn:boundaryEvent id="Event_X" attachedToRef="{host}"{extra}>{definition}</bpmn:boundaryEvent>'
        return _line(d.user(USER) + event + d.end("Event_Y") + d.chain("Event_X", "Event_Y"), USER)

    yield body("catch nothing", "event", catch(""))
    yield body("catch a signal", "event", catch(EVENTS["signal"]))
    yield body("a time without term", "term", catch(EVENTS["timer"]))
    for term in ("P1D", "variable:again", "2026-01-01"):
        yield body(f"a time with term {term}", "term", catch(EVENTS["timer"], term=term))
    yield body("a message not declared", "event-name", catch(EVENTS["message"].replace(MESSAGE, "otro")))
    yield body("edge of nothing", "event", edge(""))
    yield body("edge with a time", "event", edge(EVENTS["timer"]))
    yield body("edge of an end", "host", edge(EVENTS["message"], "Event_Fin"))
    yield body("edge of nobody", "host", edge(EVENTS["message"], "Activity_Nadie"))
    yield body("edge that does not interrupt", "interrupting", edge(EVENTS["message"], extra=' cancelActivity="false"'))
    yield body(
        "throw a message",
        "event",
        _line(
            f'<bpmn:intermediateThrowEvent id="Event_X">{EVENTS["message"]}</bpmn:intermediateThrowEvent>', "Event_X"
        ),
    )
    yield body("throw nothing", "event", _line('<bpmn:intermediateThrowEvent id="Event_X" />', "Event_X"))
    yield body(
        "start at a message",
        "event",
        _line(d.user(USER), USER).replace(
            d.start(), f'<bpmn:startEvent id="Event_Inicio">{EVENTS["message"]}</bpmn:startEvent>'
        ),
    )
    yield body(
        "end with a signal",
        "event",
        _line(d.user(USER), USER).replace(d.end(), f'<bpmn:endEvent id="Event_Fin">{EVENTS["signal"]}</bpmn:endEvent>'),
    )
    unknown = d.diagram("caso", catch(EVENTS["message"].replace(MESSAGE, "otro")), messages=("otro",))
    yield Case("a message that nobody sends", "message", {"caso.bpmn": unknown})


def _others() -> Iterator[Case]:
    for name in ("no.such", "", "os.system", "tracking.publish_product ", "__import__"):
        yield spoiled(f"service {name!r}", "service", f'id="{SERVICE}"', f'id="{name}"')
    yield spoiled("service with parameters", "parameters", 'resultVariable="" />',
                  'resultVariable=""><spiffworkflow:parameters><spiffworkflow:parameters /></spiffworkflow:parameters>'
                  "</spiffworkflow:serviceTaskOperator>")  # fmt: skip
    yield spoiled("service that is a fork", "operator", "bpmn:serviceTask", "bpmn:parallelGateway", times=2)
    yield spoiled(
        "property on a decision",
        "property",
        d.choice("Gateway_Union"),
        d.choice("Gateway_Union").replace(
            " />", ">" + d._extension({"role": "technical_lead"}) + "</bpmn:exclusiveGateway>"
        ),
    )
    lane = '<bpmn:laneSet id="l">{}</bpmn:laneSet>'
    inner = '<bpmn:lane id="a"><bpmn:flowNodeRef>{}</bpmn:flowNodeRef></bpmn:lane>'
    yield spoiled("lane of nobody", "lane", d.start(), lane.format(inner.format("Activity_Nadie")) + d.start())
    twice = inner.format("Event_Fin") + inner.format("Event_Fin").replace('id="a"', 'id="b"')
    yield spoiled("two lanes for one", "lane", d.start(), lane.format(twice) + d.start())
    for word in ("again:bool", "again", "again:yes_no:", "Again:yes_no", "_again:yes_no", "1a:text", "a-b:text",
                 "ñu:text", "x:script"):  # fmt: skip
        text = whole().replace(VARIABLES, f"{VARIABLES} {word}")
        yield Case(f"variable {word}", "variable", {"caso.bpmn": text})
