"""What changes from one version of a process to the next, element by element and in words.

Nothing that a file says goes untold: what has no words of its own here is told as a change of its element, or of what
the file declares besides.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from directory import roles
from engine.bundle import BPMN
from engine.bundle import KINDS
from engine.bundle import SPIFF
from engine.bundle import Bundle
from engine.drawing import KINDS as KIND_WORDS

ADDED, CHANGED, REMOVED = "added", "changed", "removed"

_PROPERTIES = {
    "form": "formulario", "role": "rol", "scope": "ámbito", "participant": "participante", "outputs": "datos que deja",
    "prefill": "viene lleno con", "reviews": "revisa", "against": "se compara con", "reads": "se lee además",
    "recalls": "se muestra además", "answers": "responde a", "separate_from": "no lo hace quien hizo", "term": "plazo",
    "batch": "varios a la vez", "standing": "permanece abierto", "step": "paso de la fuente", "phva": "PHVA",
    "gate": "control", "variables": "variables",
}  # fmt: skip
_ATTRIBUTES = {
    "name": "nombre", "calledElement": "proceso al que llama", "attachedToRef": "paso que interrumpe",
    "cancelActivity": "termina el paso", "default": "camino por defecto", "sourceRef": "sale de",
    "targetRef": "llega a",
}  # fmt: skip
_INNER = {*(f"{BPMN}{kind}" for kind in KINDS), f"{BPMN}sequenceFlow", f"{BPMN}laneSet"}  # parts of their own
_ARROWS = {f"{BPMN}incoming", f"{BPMN}outgoing"}  # told with the arrow


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is other in the later version. `element` is its id in the diagram; empty when it has none.

    `kind` is what it is, in Spanish; `state` is `added`, `changed` or `removed`; `details` say how it changed.
    """

    process_key: str
    element: str
    name: str
    kind: str
    state: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A thing that a version has, what is told of it, and all that its file says of it."""

    name: str
    kind: str
    told: Mapping[str, str]
    whole: bytes


def compare(before: Bundle | None, after: Bundle, titles: Mapping[str, str] | None = None) -> list[Change]:
    """What is other in `after` than in `before` (None: there was nothing), diagram by diagram, then the forms.

    `titles` says how forms are called: name → title.
    """
    old = {} if before is None else _processes(before)
    new = _processes(after)
    found: list[Change] = []
    for key in [*new, *(key for key in old if key not in new)]:
        found += _of_process(key, old.get(key), new.get(key))
    return found + _of_forms({} if before is None else before.forms, after.forms, titles or {})


def states(changes: list[Change], process_key: str) -> dict[str, str]:
    """Element → `added`, `changed` or `removed`, for the drawing of one diagram."""
    return {one.element: one.state for one in changes if one.process_key == process_key and one.element}


def _processes(bundle: Bundle) -> dict[str, Any]:
    """Process key → its node, the outermost first."""
    nodes = [node for tree in bundle.trees.values() for node in tree.iter(f"{BPMN}process")]
    return {node.get("id"): node for node in sorted(nodes, key=lambda node: node.get("id") != bundle.key)}


def _of_process(key: str, old: Any, new: Any) -> list[Change]:
    was, now = (_parts(node) if node is not None else {} for node in (old, new))
    found = [change for name in now if (change := _change(key, name, was.get(name), now[name]))]
    found += [Change(key, name, was[name].name, was[name].kind, REMOVED) for name in was if name not in now]
    if old is not None and new is not None:
        if _declared(old) != _declared(new):
            told = "Cambian los mensajes, las señales o los participantes que declara el archivo."
            found.append(Change(key, "", new.get("name", key), "Diagrama", CHANGED, (told,)))
        if not found and _picture(old) != _picture(new):
            told = "Sólo cambia el dibujo; el proceso hace lo mismo."
            found.append(Change(key, "", new.get("name", key), "Diagrama", CHANGED, (told,)))
    return found


def _change(key: str, name: str, was: _Part | None, now: _Part) -> Change | None:
    if was is None:
        return Change(key, name, now.name, now.kind, ADDED, tuple(_described(now)))
    if was.whole == now.whole:
        return None
    details = [] if was.kind == now.kind else [f"Clase: pasa de «{was.kind}» a «{now.kind}»"]
    details += _told_apart(was.told, now.told)
    return Change(key, name, now.name, now.kind, CHANGED, tuple(details or ["Cambia otra parte de lo que dice."]))


def _told_apart(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for label in dict.fromkeys([*now, *was]):
        one, other = was.get(label, ""), now.get(label, "")
        head = label[0].upper() + label[1:]
        if one and other and one != other:
            yield f"{head}: pasa de «{one}» a «{other}»"
        elif other and not one:
            yield f"{head}: se agrega «{other}»"
        elif one and not other:
            yield f"{head}: se quita «{one}»"


def _described(part: _Part) -> Iterator[str]:
    """What is told of something new, but for its name."""
    for label, value in part.told.items():
        if label != "nombre":
            yield f"{label[0].upper() + label[1:]}: «{value}»"


def _parts(process: Any) -> dict[str, _Part]:
    """Everything in a diagram that has an id and a meaning: itself, its elements, its arrows and its lanes."""
    found = {process.get("id"): _Part(process.get("name", ""), "Diagrama", _told(process), _whole(process))}
    names = {node.get("id"): node.get("name", "") or node.get("id") for node in process.iter() if node.get("id")}
    for node in process.iter():
        word = etree.QName(node).localname if isinstance(node.tag, str) else ""
        if word in KINDS:
            found[node.get("id")] = _Part(node.get("name", ""), KIND_WORDS[word], _told(node, names), _whole(node))
        elif word == "sequenceFlow":
            name = f"De «{names.get(node.get('sourceRef'), '')}» a «{names.get(node.get('targetRef'), '')}»"
            found[node.get("id")] = _Part(name, "Camino", _told(node, names), _whole(node))
        elif word == "lane":
            found[node.get("id")] = _Part(node.get("name", ""), "Carril", _told(node), _whole(node))
    return found


def _told(node: Any, names: Mapping[str, str] | None = None) -> dict[str, str]:
    """Label in Spanish → value, of what a reader of the diagram would ask about an element."""
    known = names or {}
    told = {label: known.get(node.get(name), node.get(name)) for name, label in _ATTRIBUTES.items() if node.get(name)}
    for item in node.iterfind(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property"):
        name, value = item.get("name", ""), item.get("value", "")
        told[_PROPERTIES.get(name, name)] = roles.label(value) if name == "role" else value
    texts = {
        "condición": node.find(f"{BPMN}conditionExpression"),
        "instrucciones": node.find(f"{BPMN}extensionElements/{SPIFF}instructionsForEndUser"),
    }
    told |= {label: (one.text or "").strip() for label, one in texts.items() if one is not None}
    operator = node.find(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator")
    if operator is not None:
        told["servicio"] = operator.get("id", "")
    return told


def _whole(node: Any) -> bytes:
    """All that the file says of `node`, but for what are parts of their own."""
    own = deepcopy(node)
    own.tail = None
    for inner in [one for one in own.iterdescendants() if one.tag in _INNER | _ARROWS]:
        if inner.getparent() is not None:
            inner.getparent().remove(inner)
    return _canonical(own)


def _declared(process: Any) -> list[bytes]:
    """What the file of `process` says beside the process and its drawing."""
    picture = "{http://www.omg.org/spec/BPMN/20100524/DI}"
    others = [node for node in process.getparent() if isinstance(node.tag, str) and node is not process]
    return sorted(_canonical(deepcopy(node)) for node in others if not node.tag.startswith(picture))


def _picture(process: Any) -> bytes:
    found = process.getparent().find("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram")
    return b"" if found is None else _canonical(deepcopy(found))


def _canonical(node: Any) -> bytes:
    """The text of `node` whatever the blanks between its elements."""
    for one in node.iter():
        if len(one) and not (one.text or "").strip():
            one.text = None
        one.tail = None
    return bytes(etree.tostring(node, method="c14n", with_comments=False))


def _of_forms(was: Mapping[str, str], now: Mapping[str, str], titles: Mapping[str, str]) -> list[Change]:
    found = []
    for name in sorted({*was, *now}):
        state = ADDED if name not in was else REMOVED if name not in now else CHANGED
        if was.get(name) != now.get(name):
            told = ("Cambian sus preguntas o sus reglas.",) if state == CHANGED else ()
            found.append(Change("", "", titles.get(name, name), "Formulario", state, told))
    return found
