"""Each element by itself: its form, role, term and words, its service, its event, and the lane it stands in."""

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from db.errors import DefinitionError
from directory.roles import ROLES
from engine import registry
from engine import terms
from engine.bundle import BPMN
from engine.bundle import SPIFF
from engine.bundle import Bundle
from engine.bundle import Element
from engine.gate.refusal import refusal
from engine.gate.refusal import refuse_for
from engine.registry import Process
from forms.declaration import Form
from forms.declaration import Kind
from notifications import calendar

TASK_PROPERTIES = frozenset({
    "form", "role", "scope", "participant", "outputs", "prefill", "reviews", "against", "reads", "recalls",
    "answers", "separate_from", "term", "batch", "standing", "step", "phva", "gate",
})  # fmt: skip
PROPERTIES: Mapping[str, frozenset[str]] = {"user": TASK_PROPERTIES, "catch": frozenset({"term"})}
"""The words that an element may carry, by its kind; others carry none."""

_REFERENCES = ("separate_from", "reviews", "answers", "reads", "recalls")
_SCOPES = frozenset({"", "unit", "national", "entity", "region", "department"})
_MARKS = frozenset({"", "true", "false"})
_EVENTS = {"catch": ("message", "timer"), "throw": ("signal",), "boundary": ("message", "signal"), "start": ("",),
           "end": ("",)}  # fmt: skip
_KINDS = {bool: (Kind.BOOLEAN,), int: (Kind.INTEGER, Kind.YEAR)}
_TEXTS = (Kind.CHOICE, Kind.TEXT, Kind.DATE, Kind.MONTH)


def check(bundle: Bundle, process: Process) -> None:
    """Raise DefinitionError for the elements that mean something unknown, all of them told at once."""
    _check_variables(bundle)
    refuse_for(list(_refusals(bundle, process)))
    for file, tree in bundle.trees.items():
        _check_lanes(bundle, file, tree)
        _check_parameters(file, tree)
    _check_services(bundle, process)


def _refusals(bundle: Bundle, process: Process) -> Iterator[DefinitionError]:
    for elements in bundle.elements.values():
        ids = {one.id for one in elements}
        for element in elements:
            for message, code in _problems(bundle, element, process, ids):
                yield refusal(bundle, element, message, code)


def _check_variables(bundle: Bundle) -> None:
    for name in bundle.variables:
        if not name.isidentifier() or name.startswith("_") or name != name.lower() or not name.isascii():
            raise DefinitionError(f"La variable «{name}» no tiene un nombre admitido.", code="variable")


def _problems(bundle: Bundle, element: Element, process: Process, ids: set[str]) -> Iterator[tuple[str, str]]:
    unknown = sorted(set(element.properties) - PROPERTIES.get(element.kind, frozenset()))
    if unknown:
        yield f"La propiedad «{unknown[0]}» no se conoce.", "property"
    if element.kind == "user":
        yield from _user_problems(bundle, element, process, ids)
    if element.kind == "service" and registry.handler(element.operation) is None:
        yield f"El servicio «{element.operation}» no existe.", "service"
    if element.kind in _EVENTS:
        yield from _event_problems(bundle, element, process)


def _user_problems(bundle: Bundle, element: Element, process: Process, ids: set[str]) -> Iterator[tuple[str, str]]:
    if terms.default_of(element.properties.get("role", "")) not in ROLES:
        yield f"El rol «{element.properties.get('role', '')}» no existe.", "role"
    if element.properties.get("scope", "") not in _SCOPES:
        yield f"El ámbito «{element.properties['scope']}» no existe.", "scope"
    for name in ("batch", "standing"):
        if element.properties.get(name, "") not in _MARKS:
            yield f"La propiedad «{name}» es «true» o «false».", "mark"
    form = process.forms.get(element.properties.get("form", ""))
    if form is None:
        yield f"El formulario «{element.properties.get('form', '')}» no existe.", "form"
    else:
        yield from _output_problems(bundle, element, form)
    yield from _word_problems(element, ids)
    yield from _term_problems(bundle, terms.default_of(element.properties.get("term", "")))


def _word_problems(element: Element, ids: set[str]) -> Iterator[tuple[str, str]]:
    """What a step reads must be there: an answer of another step, or a prefill with a name."""
    for name in (*_REFERENCES, "prefill", "against"):
        for word in element.words(name):
            if word.startswith("@") and name in ("prefill", "against"):
                if registry.prefill(word[1:]) is None:
                    yield f"El prediligenciamiento «{word}» no existe.", "prefill"
            elif word not in ids:
                yield f"El paso «{word}», que nombra «{name}», no existe.", "reference"
            elif word == element.id and name == "separate_from":
                yield "Un paso no puede apartarse de sí mismo.", "separation"


def _term_problems(bundle: Bundle, term: str) -> Iterator[tuple[str, str]]:
    variable = terms.variable_of(term)
    if variable and not isinstance(bundle.variables.get(variable), str):
        yield f"El término «{term}» no nombra una variable de texto.", "term"
    if term and not variable and not calendar.known(term):
        yield f"El término «{term}» no se conoce.", "term"


def _output_problems(bundle: Bundle, element: Element, form: Form) -> Iterator[tuple[str, str]]:
    fields = {field.name: field for field in form.fields()}
    for pair in element.words("outputs"):
        variable, _, name = pair.partition("=")
        if variable not in bundle.variables:
            yield f"La variable «{variable}» no está declarada.", "output"
        elif name not in fields:
            yield f"El campo «{name}» no está en el formulario.", "output"
        elif fields[name].kind not in _KINDS.get(type(bundle.variables[variable]), _TEXTS):
            yield f"El campo «{name}» no cabe en la variable «{variable}».", "output-kind"


def _event_problems(bundle: Bundle, element: Element, process: Process) -> Iterator[tuple[str, str]]:
    if element.event not in _EVENTS[element.kind]:
        yield "El evento es de una clase que no se admite.", "event"
    elif element.event in ("message", "signal") and not element.event_name:
        yield "El evento no dice qué mensaje o señal espera.", "event-name"
    elif element.event == "message" and element.event_name not in process.messages:
        yield f"Nadie envía el mensaje «{element.event_name}».", "message"
    elif element.event == "timer" and not element.properties.get("term"):
        yield "El evento no dice su término.", "term"
    elif element.event == "timer":
        yield from _term_problems(bundle, terms.default_of(element.properties["term"]))
    if element.kind == "boundary":
        host = bundle.find(element.process_key, element.attached_to)
        if host is None or host.scope != element.scope or host.kind not in ("user", "call", "sub_process"):
            yield "El evento de borde no está en un paso que lo admita.", "host"


def _check_lanes(bundle: Bundle, file: str, tree: Any) -> None:
    """Every lane names elements of its process, and none stands in two."""
    for process in tree.iter(f"{BPMN}process"):
        known = {one.id for one in bundle.elements[process.get("id")]}
        seen: set[str] = set()
        for node in process.iter(f"{BPMN}flowNodeRef"):
            name = (node.text or "").strip()
            if name not in known or name in seen:
                message = f"El carril nombra «{name}», que no existe o está en otro."
                raise DefinitionError(message, file=file, element=name, line=node.sourceline or 0, code="lane")
            seen.add(name)


def _check_services(bundle: Bundle, process: Process) -> None:
    """What the process does by its declaration stands in its diagrams."""
    there = {element.operation for elements in bundle.elements.values() for element in elements}
    for name in sorted(set(process.handlers) - there):
        message = f"Falta el servicio «{name}»."
        raise DefinitionError(message, file=bundle.file_of(bundle.key), element=bundle.key, code="service-missing")


def _check_parameters(file: str, tree: Any) -> None:
    """A service stands in a service task and takes nothing from the diagram; an edge event interrupts."""
    kinds = (f"{SPIFF}parameters", f"{SPIFF}serviceTaskOperator", f"{BPMN}boundaryEvent")
    for node in tree.iter(*kinds):
        message = ""
        if len(node) and node.tag == f"{SPIFF}parameters":
            message, code = "Un servicio no recibe parámetros del diagrama.", "parameters"
        elif node.tag == f"{SPIFF}serviceTaskOperator" and node.getparent().getparent().tag != f"{BPMN}serviceTask":
            message, code = "El servicio no está en una tarea de servicio.", "operator"
        elif node.get("cancelActivity", "true") != "true":
            message, code = "Un evento de borde que no interrumpe no se admite.", "interrupting"
        if message:
            raise DefinitionError(message, file=file, element=node.get("id", ""), line=node.sourceline or 0, code=code)
