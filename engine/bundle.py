"""A bundle of diagrams as we read it: elements with their properties, in reading order."""

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from typing import Any

from lxml import etree

from db.errors import DefinitionError
from db.types import dumps

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
MAX_BYTES = 1_000_000

KINDS = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "user",
    "serviceTask": "service",
    "callActivity": "call",
    "subProcess": "sub_process",
    "exclusiveGateway": "choice",
    "parallelGateway": "parallel",
    "boundaryEvent": "boundary",
    "intermediateCatchEvent": "catch",
    "intermediateThrowEvent": "throw",
}
EVENTS = frozenset({"start", "end", "boundary", "catch", "throw"})


@dataclass(frozen=True, slots=True)
class Element:
    """A node of a diagram."""

    id: str
    name: str
    kind: str
    process_key: str  # the process in whose file it stands
    scope: str  # the process or sub-process that holds it directly
    line: int
    properties: Mapping[str, str]
    operation: str = ""  # handler of a service task
    instructions: str = ""
    called: str = ""  # process called by a call activity
    attached_to: str = ""  # host of a boundary event
    event: str = ""  # what an event waits for or throws: message, signal or timer
    event_name: str = ""  # the message or signal, as programs call it

    def words(self, name: str) -> list[str]:
        """The property `name` as a list of words; empty when it is not given."""
        return self.properties.get(name, "").split()


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow of a diagram."""

    id: str
    process_key: str
    source: str
    target: str
    condition: str
    line: int


@dataclass(frozen=True)
class Bundle:
    """The diagrams that one process needs: its own and those it calls."""

    key: str
    files: Mapping[str, str]  # file name → XML text
    forms: Mapping[str, str] = field(default_factory=dict)  # form name → hash of its declaration

    @cached_property
    def hash(self) -> str:
        """The identity of the bundle: everything it says."""
        return hashlib.sha256(
            dumps([self.key, sorted(self.files.items()), sorted(self.forms.items())]).encode()
        ).hexdigest()

    @cached_property
    def trees(self) -> dict[str, Any]:
        """Parsed files. Raises DefinitionError naming file and line."""
        return {name: read(name, text) for name, text in self.files.items()}

    @cached_property
    def elements(self) -> dict[str, list[Element]]:
        """The nodes of every process, in reading order: process key → elements."""
        return {
            process.get("id"): list(_elements(process, process.get("id"), process.get("id")))
            for tree in self.trees.values()
            for process in tree.iter(f"{BPMN}process")
        }

    @cached_property
    def flows(self) -> dict[str, list[Flow]]:
        """The arrows of every process."""
        return {
            process.get("id"): [_flow(node, process.get("id")) for node in process.iter(f"{BPMN}sequenceFlow")]
            for tree in self.trees.values()
            for process in tree.iter(f"{BPMN}process")
        }

    @cached_property
    def has_timers(self) -> bool:
        """Whether anything in the bundle can wait for a time."""
        return any(True for tree in self.trees.values() for _ in tree.iter(f"{BPMN}timerEventDefinition"))

    @cached_property
    def variables(self) -> dict[str, str | bool | int]:
        """The variables of all processes with their first values."""
        found: dict[str, str | bool | int] = {}
        for name, tree in self.trees.items():
            for process in tree.iter(f"{BPMN}process"):
                for word in _properties(process).get("variables", "").split():
                    variable, value = _variable(word, name, process)
                    found[variable] = value
        return found

    def element(self, scope: str, element_id: str) -> Element | None:
        """The node `element_id` of the process or sub-process `scope`; None for the library's own nodes."""
        return self._by_scope.get((scope, element_id))

    def find(self, process_key: str, element_id: str) -> Element | None:
        """The node `element_id` anywhere in the process `process_key`."""
        return self._by_process.get((process_key, element_id))

    def named(self, element_id: str) -> str:
        """What the diagrams call the node `element_id`, in whichever process it stands; empty when none has it."""
        return next((one.name for (_, key), one in self._by_process.items() if key == element_id), "")

    def event_name(self, message: str) -> str:
        """What the diagrams call the event that waits for `message` («Retiro solicitado»); empty when none says it."""
        for tree in self.trees.values():
            ids = {one.get("id") for one in tree.iter(f"{BPMN}message") if one.get("name") == message}
            for definition in tree.iter(f"{BPMN}messageEventDefinition"):
                if definition.get("messageRef") in ids and definition.getparent().get("name"):
                    return str(definition.getparent().get("name"))
        return ""

    def file_of(self, process_key: str) -> str:
        """The name of the file in which a process stands. Raises KeyError."""
        for name, tree in self.trees.items():
            if any(process.get("id") == process_key for process in tree.iter(f"{BPMN}process")):
                return name
        raise KeyError(process_key)

    def reviewing(self, element: str) -> frozenset[str]:
        """The steps at which what is sent at `element` is reviewed."""
        return frozenset(
            one.id for found in self.elements.values() for one in found if one.properties.get("reviews") == element
        )

    @cached_property
    def _by_scope(self) -> dict[tuple[str, str], Element]:
        return {(one.scope, one.id): one for elements in self.elements.values() for one in elements}

    @cached_property
    def _by_process(self) -> dict[tuple[str, str], Element]:
        return {(one.process_key, one.id): one for elements in self.elements.values() for one in elements}


def read(name: str, text: str) -> Any:
    """The tree of a file, parsed without entities, DTD or network. Raises DefinitionError."""
    content = text.encode()
    if len(content) > MAX_BYTES:
        raise DefinitionError("El archivo pesa más de 1 MB.", file=name, code="too-large")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DefinitionError("El archivo declara un DOCTYPE.", file=name, code="doctype")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DefinitionError(
            "El archivo no es XML bien formado.", file=name, line=error.lineno or 0, code="xml"
        ) from error


def _elements(container: Any, process_key: str, scope: str) -> Iterator[Element]:
    for node in container:
        kind = KINDS.get(etree.QName(node).localname) if isinstance(node.tag, str) else None
        if kind is None:
            continue
        yield _element(node, kind, process_key, scope)
        if kind == "sub_process":
            yield from _elements(node, process_key, node.get("id"))


def _element(node: Any, kind: str, process_key: str, scope: str) -> Element:
    operator = node.find(f".//{SPIFF}serviceTaskOperator") if kind == "service" else None
    instructions = node.find(f"{BPMN}extensionElements/{SPIFF}instructionsForEndUser")
    event, event_name = _event(node) if kind in EVENTS else ("", "")
    return Element(
        id=node.get("id"),
        name=node.get("name", ""),
        kind=kind,
        process_key=process_key,
        scope=scope,
        line=node.sourceline or 0,
        properties=_properties(node),
        operation=operator.get("id", "") if operator is not None else "",
        instructions=(instructions.text or "").strip() if instructions is not None else "",
        called=node.get("calledElement", ""),
        attached_to=node.get("attachedToRef", ""),
        event=event,
        event_name=event_name,
    )


def _event(node: Any) -> tuple[str, str]:
    """The kind of an event, and the name of the message or signal that it means."""
    for kind in ("message", "signal", "timer"):
        definition = node.find(f"{BPMN}{kind}EventDefinition")
        if definition is not None:
            meant = definition.get(f"{kind}Ref", "")
            declared = node.getroottree().getroot().iterfind(f"{BPMN}{kind}") if meant else ()
            return kind, next((one.get("name", "") for one in declared if one.get("id") == meant), "")
    return "", ""


def _flow(node: Any, process_key: str) -> Flow:
    condition = node.find(f"{BPMN}conditionExpression")
    text = (condition.text or "").strip() if condition is not None else ""
    return Flow(node.get("id"), process_key, node.get("sourceRef"), node.get("targetRef"), text, node.sourceline or 0)


def _properties(node: Any) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"
    return {item.get("name"): item.get("value", "") for item in node.iterfind(path)}


def _variable(word: str, file: str, process: Any) -> tuple[str, str | bool | int]:
    """`name:type=first value` → name and first value."""
    name, _, rest = word.partition(":")
    kind, _, first = rest.partition("=")
    if kind == "text":
        return name, first
    if kind == "yes_no":
        return name, first == "true"
    if kind == "number":
        return name, int(first or 0)
    raise DefinitionError(
        f"La variable «{word}» no tiene un tipo conocido.", file=file, element=process.get("id"), code="variable"
    )
