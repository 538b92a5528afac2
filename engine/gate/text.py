"""The files of a bundle as text: their names, sizes, encoding, and the words of XML that they may use."""

import re
from collections.abc import Mapping
from typing import Any
from typing import TypedDict

from lxml import etree

from db.errors import DefinitionError
from engine.bundle import BPMN
from engine.bundle import SPIFF
from engine.bundle import Bundle


class Place(TypedDict):
    """Where something stands."""

    file: str
    element: str
    line: int


MAX_FILES = 20
MAX_TEXT = 5_000  # letters of one text or attribute

_FILE = re.compile(r"[a-z][a-z0-9_]{0,60}\.bpmn")
_ENCODING = re.compile(r"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_PICTURE = "{http://www.omg.org/spec/DD/20100524/DI}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

_NAMED = frozenset({"id", "name"})
ALLOWED: Mapping[str, frozenset[str]] = {
    f"{BPMN}boundaryEvent": _NAMED | {"attachedToRef", "cancelActivity"},
    f"{BPMN}callActivity": _NAMED | {"calledElement"},
    f"{BPMN}collaboration": _NAMED,
    f"{BPMN}conditionExpression": frozenset({_TYPE, "id"}),
    f"{BPMN}definitions": _NAMED | {"targetNamespace", "exporter", "exporterVersion"},
    f"{BPMN}documentation": frozenset({"id"}),
    f"{BPMN}endEvent": _NAMED,
    f"{BPMN}exclusiveGateway": _NAMED | {"default", "gatewayDirection"},
    f"{BPMN}extensionElements": frozenset(),
    f"{BPMN}flowNodeRef": frozenset(),
    f"{BPMN}incoming": frozenset(),
    f"{BPMN}intermediateCatchEvent": _NAMED,
    f"{BPMN}intermediateThrowEvent": _NAMED,
    f"{BPMN}lane": _NAMED,
    f"{BPMN}laneSet": _NAMED,
    f"{BPMN}message": _NAMED,
    f"{BPMN}messageEventDefinition": _NAMED | {"messageRef"},
    f"{BPMN}outgoing": frozenset(),
    f"{BPMN}parallelGateway": _NAMED | {"gatewayDirection"},
    f"{BPMN}participant": _NAMED | {"processRef"},
    f"{BPMN}process": _NAMED | {"isExecutable"},
    f"{BPMN}sequenceFlow": _NAMED | {"sourceRef", "targetRef"},
    f"{BPMN}serviceTask": _NAMED,
    f"{BPMN}signal": _NAMED,
    f"{BPMN}signalEventDefinition": _NAMED | {"signalRef"},
    f"{BPMN}startEvent": _NAMED,
    f"{BPMN}subProcess": _NAMED,
    f"{BPMN}timeDate": frozenset({_TYPE}),
    f"{BPMN}timerEventDefinition": _NAMED,
    f"{BPMN}userTask": _NAMED,
    f"{SPIFF}instructionsForEndUser": frozenset(),
    f"{SPIFF}parameters": frozenset(),
    f"{SPIFF}properties": frozenset(),
    f"{SPIFF}property": frozenset({"name", "value"}),
    f"{SPIFF}serviceTaskOperator": frozenset({"id", "resultVariable"}),
    f"{_DI}BPMNDiagram": _NAMED,
    f"{_DI}BPMNEdge": frozenset({"id", "bpmnElement"}),
    f"{_DI}BPMNLabel": frozenset({"id", "labelStyle"}),
    f"{_DI}BPMNPlane": frozenset({"id", "bpmnElement"}),
    f"{_DI}BPMNShape": frozenset({"id", "bpmnElement", "isExpanded", "isHorizontal", "isMarkerVisible"}),
    f"{_DC}Bounds": frozenset({"x", "y", "width", "height"}),
    f"{_PICTURE}waypoint": frozenset({"x", "y"}),
}
"""Every element that a diagram may have, with its attributes."""


def check(bundle: Bundle) -> None:
    """Raise DefinitionError for a file that says, or hides, anything that a diagram has no use for."""
    if not 0 < len(bundle.files) <= MAX_FILES:
        raise DefinitionError(f"El paquete lleva de uno a {MAX_FILES} diagramas.", code="files")
    for name, text in bundle.files.items():
        _check_file(name, text)
    for name, tree in bundle.trees.items():
        if tree.tag != f"{BPMN}definitions":
            raise DefinitionError("El archivo no es un diagrama BPMN.", file=name, line=tree.sourceline, code="root")
        for node in tree.getroottree().iter():
            _check_node(name, node)
        for beside in (*tree.itersiblings(), *tree.itersiblings(preceding=True)):
            _check_node(name, beside)


def _check_file(name: str, text: str) -> None:
    if not _FILE.fullmatch(name):
        raise DefinitionError(
            "El nombre del archivo no se admite: minúsculas sin tildes, números y «_», sin espacios ni paréntesis, "
            "y al final «.bpmn».",
            file=name,
            code="file-name",
        )
    hidden = _UNSEEN.search(text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        raise DefinitionError("El archivo lleva un carácter que no se ve.", file=name, line=line, code="characters")
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() != "utf-8":
        raise DefinitionError("El archivo debe declararse en UTF-8.", file=name, line=1, code="encoding")


def _check_node(file: str, node: Any) -> None:
    if node.tag is etree.Comment:
        return
    if not isinstance(node.tag, str):
        raise DefinitionError(
            "El archivo lleva una instrucción.", file=file, line=node.sourceline or 0, code="instruction"
        )
    found: Place = {"file": file, "element": node.get("id", ""), "line": node.sourceline or 0}
    if node.tag not in ALLOWED:
        kind = etree.QName(node)
        code = "kind" if node.tag.startswith(BPMN) else "foreign"
        raise DefinitionError(f"El elemento «{kind.localname}» no se admite.", code=code, **found)
    unknown = sorted(set(node.attrib) - ALLOWED[node.tag])
    if unknown:
        raise DefinitionError(f"El atributo «{unknown[0]}» no se admite.", code="attribute", **found)
    _check_picture(node, found)
    _check_words(node, found)


def _check_picture(node: Any, found: Place) -> None:
    """Where something is drawn is told in numbers: the library and the browser reckon with them."""
    if node.tag not in (f"{_DC}Bounds", f"{_PICTURE}waypoint"):
        return
    numbers = all(_NUMBER.fullmatch(value) for value in node.attrib.values())
    if not numbers or len(node.attrib) != len(ALLOWED[node.tag]):
        raise DefinitionError("El dibujo tiene una medida que no es un número.", code="picture", **found)


def _check_words(node: Any, found: Place) -> None:
    said = (node.text or "", node.tail or "", *node.attrib.values())
    if any(_UNSEEN.search(one) for one in said):
        raise DefinitionError("El elemento lleva un carácter que no se ve.", code="characters", **found)
    if max(map(len, said)) > MAX_TEXT:
        raise DefinitionError(f"Un texto pasa de {MAX_TEXT} letras.", code="text-too-long", **found)
