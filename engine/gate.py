"""What a bundle must be before it is deployed: refuse by default, naming file, element and line."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping

from lxml import etree

from db.errors import DefinitionError
from directory.roles import ROLES
from engine import expressions
from engine import registry
from engine.bundle import BPMN
from engine.bundle import KINDS
from engine.bundle import Bundle
from engine.bundle import Element
from forms.declaration import Form
from notifications import calendar

MAX_NODES = 150
RESERVED = frozenset({"start", "end", "root"})
TASK_PROPERTIES = frozenset({
    "form", "role", "scope", "participant", "outputs", "prefill", "reviews", "reads", "answers", "separate_from",
    "term", "batch", "step", "phva", "gate",
})  # fmt: skip
_NODES = frozenset({*KINDS, "task", "scriptTask", "manualTask", "sendTask", "receiveTask", "businessRuleTask",
                    "inclusiveGateway", "complexGateway", "eventBasedGateway", "adHocSubProcess",
                    "transaction"})  # fmt: skip


def check(bundle: Bundle, forms: Mapping[str, Form]) -> None:
    """Raise DefinitionError for the first thing in `bundle` that is not allowed."""
    for name, tree in bundle.trees.items():
        _check_nodes(name, tree)
    for key, elements in bundle.elements.items():
        file = bundle.file_of(key)
        _check_ids(file, elements)
        for element in elements:
            for problem in _problems(bundle, element, forms):
                raise DefinitionError(problem, file=file, element=element.id, line=element.line, code="element")
        _check_flows(bundle, key, file)
        _check_loops(bundle, key, file)


def _check_nodes(file: str, tree: object) -> None:
    count = 0
    for node in tree.iter():  # type: ignore[attr-defined]
        if not isinstance(node.tag, str) or not node.tag.startswith(BPMN):
            continue
        kind = etree.QName(node).localname
        count += kind in KINDS
        problem = ""
        if kind in _NODES and kind not in KINDS:
            problem = f"El elemento «{kind}» no se admite."
        elif kind in ("timeDuration", "timeCycle"):
            problem = "Los plazos van en la propiedad «term», no en el evento."
        elif kind in ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"):
            problem = "Las repeticiones dentro de un elemento no se admiten."
        elif count > MAX_NODES:
            problem = f"El diagrama pasa de {MAX_NODES} elementos."
        if problem:
            raise DefinitionError(problem, file=file, element=node.get("id", ""), line=node.sourceline or 0, code=kind)


def _check_ids(file: str, elements: list[Element]) -> None:
    seen = Counter(element.id.lower() for element in elements)
    for element in elements:
        folded = element.id.lower()
        if seen[folded] > 1 or folded in RESERVED or folded.endswith(".endjoin"):
            raise DefinitionError(
                "El identificador no se admite o se repite.",
                file=file,
                element=element.id,
                line=element.line,
                code="id",
            )


def _problems(bundle: Bundle, element: Element, forms: Mapping[str, Form]) -> Iterator[str]:
    if element.kind == "user":
        yield from _user_problems(bundle, element, forms)
    if element.kind == "service" and registry.handler(element.operation) is None:
        yield f"El servicio «{element.operation}» no existe."
    if element.kind == "call" and element.called not in bundle.elements:
        yield f"El proceso llamado «{element.called}» no está en el paquete."


def _user_problems(bundle: Bundle, element: Element, forms: Mapping[str, Form]) -> Iterator[str]:
    unknown = set(element.properties) - TASK_PROPERTIES
    if unknown:
        yield f"La propiedad «{min(unknown)}» no se conoce."
    form = forms.get(element.properties.get("form", ""))
    if form is None:
        yield f"El formulario «{element.properties.get('form', '')}» no existe."
        return
    if _default(element.properties.get("role", "")) not in ROLES:
        yield f"El rol «{element.properties.get('role', '')}» no existe."
    yield from _output_problems(bundle, element, form)
    for word in element.words("prefill"):
        if word.startswith("@") and registry.prefill(word[1:]) is None:
            yield f"El prediligenciamiento «{word}» no existe."
    term = _default(element.properties.get("term", ""))
    if term and not calendar.known(term):
        yield f"El término «{term}» no se conoce."


def _output_problems(bundle: Bundle, element: Element, form: Form) -> Iterator[str]:
    names = {field.name for field in form.fields()}
    for pair in element.words("outputs"):
        variable, _, field_name = pair.partition("=")
        if variable not in bundle.variables:
            yield f"La variable «{variable}» no está declarada."
        if field_name not in names:
            yield f"El campo «{field_name}» no está en el formulario."


def _default(word: str) -> str:
    """What `setting:key=default` stands for until somebody changes the setting."""
    return word.partition("=")[2] if word.startswith("setting:") else word


def _check_flows(bundle: Bundle, key: str, file: str) -> None:
    defaults = {
        node.get("default")
        for tree in bundle.trees.values()
        for node in tree.iter(f"{BPMN}exclusiveGateway")
        if node.get("default")
    }
    leaving = Counter(flow.source for flow in bundle.flows[key])
    for flow in bundle.flows[key]:
        source = bundle.find(key, flow.source)
        if flow.condition:
            unknown = expressions.names(flow.condition) - set(bundle.variables)
            if unknown:
                raise DefinitionError(
                    f"La condición lee «{min(unknown)}», que no está declarada.",
                    file=file,
                    element=flow.id,
                    line=flow.line,
                    code="condition",
                )
        elif source is not None and source.kind == "choice" and leaving[flow.source] > 1 and flow.id not in defaults:
            raise DefinitionError(
                "Un camino sin condición debe ser el camino por defecto.",
                file=file,
                element=flow.id,
                line=flow.line,
                code="default",
            )
    for element in bundle.elements[key]:
        outgoing = [flow.id for flow in bundle.flows[key] if flow.source == element.id]
        if element.kind == "choice" and len(outgoing) > 1 and not defaults & set(outgoing):
            raise DefinitionError(
                "La decisión no tiene camino por defecto.",
                file=file,
                element=element.id,
                line=element.line,
                code="default",
            )


def _check_loops(bundle: Bundle, key: str, file: str) -> None:
    """Refuse a loop in which nobody acts: it would never wait."""
    automatic = {one.id for one in bundle.elements[key] if one.kind in ("choice", "parallel", "service", "throw")}
    arrows = {node: [flow.target for flow in bundle.flows[key] if flow.source == node] for node in automatic}
    for start in sorted(automatic):
        reached, waiting = set[str](), [start]
        while waiting:
            for target in arrows.get(waiting.pop(), ()):
                if target == start:
                    found = bundle.find(key, start)
                    raise DefinitionError(
                        "El diagrama tiene una vuelta en la que nadie actúa.",
                        file=file,
                        element=start,
                        line=found.line if found else 0,
                        code="loop",
                    )
                if target in automatic and target not in reached:
                    reached.add(target)
                    waiting.append(target)
