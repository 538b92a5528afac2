"""Our diagrams with something torn out, exchanged or bent by chance."""

import re
from collections.abc import Callable
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from random import Random

from lxml import etree

from engine.bundle import BPMN
from engine.bundle import SPIFF
from engine.registry import Process

KINDS = ("userTask", "serviceTask", "callActivity", "exclusiveGateway", "parallelGateway", "startEvent", "endEvent",
         "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent", "subProcess")  # fmt: skip
CONDITIONS = ("True", "False", 'verdict == "validated"', 'verdict != "validated"', "trackable == True",
              "consent == True",
              "not adjust", "again", "product_closed == True", "1 == 1", "")  # fmt: skip
LETTERS = "<>/=\"'& \n\x00aZ9á\u202e-_.:;#"

Tear = Callable[[etree._Element, Random], None]


def mutant(processes: Sequence[Process], chance: Random) -> Process:
    """One of `processes` with one to three accidents in one of its diagrams."""
    process = chance.choice(processes)
    name = chance.choice(sorted(process.files))
    text = process.files[name]
    for _ in range(chance.randint(1, 3)):
        text = _scratched(text, chance) if chance.random() < 0.15 else _torn(text, chance)
    files = {**process.files, name: text}
    if chance.random() < 0.02:
        files.pop(chance.choice(sorted(files)))
    return replace(process, files=files)


def _scratched(text: str, chance: Random) -> str:
    """The text with a few letters lost, doubled or changed."""
    at, length = chance.randrange(len(text)), chance.choice((0, 1, 1, 2, 40, 2000))
    return text[:at] + "".join(chance.choices(LETTERS, k=chance.choice((0, 1, 3)))) + text[at + length :]


def _torn(text: str, chance: Random) -> str:
    try:
        tree = etree.fromstring(text.encode())
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        return text
    chance.choice(_TEARS)(tree, chance)
    return etree.tostring(tree, encoding="unicode")


def _nodes(tree: etree._Element, *names: str) -> list[etree._Element]:
    return [node for name in names for node in tree.iter(f"{BPMN}{name}")]


def _one(tree: etree._Element, chance: Random, *names: str) -> etree._Element | None:
    found = _nodes(tree, *names)
    return chance.choice(found) if found else None


def _remove(tree: etree._Element, chance: Random) -> None:
    node = _one(tree, chance, *KINDS, "sequenceFlow", "lane", "message", "conditionExpression", "extensionElements")
    if node is not None:
        node.getparent().remove(node)


def _cut_out(tree: etree._Element, chance: Random) -> None:
    """A step disappears and the arrows close over the gap, as somebody careful would do it."""
    node = _one(tree, chance, "userTask", "serviceTask", "callActivity", "exclusiveGateway")
    if node is None:
        return
    flows = _nodes(tree, "sequenceFlow")
    coming = [flow for flow in flows if flow.get("targetRef") == node.get("id")]
    leaving = [flow for flow in flows if flow.get("sourceRef") == node.get("id")]
    if leaving:
        onward = chance.choice(leaving)
        for flow in coming:
            flow.set("targetRef", onward.get("targetRef") or "")
        for flow in leaving:
            flow.getparent().remove(flow)
    node.getparent().remove(node)
    for reference in _nodes(tree, "flowNodeRef"):
        if (reference.text or "").strip() == node.get("id"):
            reference.getparent().remove(reference)


def _redirect(tree: etree._Element, chance: Random) -> None:
    flow, node = _one(tree, chance, "sequenceFlow"), _one(tree, chance, *KINDS)
    if flow is not None and node is not None:
        flow.set(chance.choice(("sourceRef", "targetRef")), node.get("id", ""))


def _exchange(tree: etree._Element, chance: Random) -> None:
    """Two arrows exchange where they lead."""
    flows = _nodes(tree, "sequenceFlow")
    one, other = chance.choice(flows), chance.choice(flows)
    end = chance.choice(("sourceRef", "targetRef"))
    first, second = one.get(end), other.get(end)
    one.set(end, second or "")
    other.set(end, first or "")


def _double(tree: etree._Element, chance: Random) -> None:
    node = _one(tree, chance, *KINDS, "sequenceFlow")
    if node is not None:
        twin = deepcopy(node)
        if chance.random() < 0.7:
            twin.set("id", f"{node.get('id')}_2")
        node.addnext(twin)


def _rename(tree: etree._Element, chance: Random) -> None:
    """An element becomes one of another kind."""
    node = _one(tree, chance, *KINDS)
    if node is not None:
        node.tag = f"{BPMN}{chance.choice(KINDS)}"


def _decide(tree: etree._Element, chance: Random) -> None:
    node = _one(tree, chance, "conditionExpression")
    if node is not None:
        node.text = chance.choice(CONDITIONS)


def _default(tree: etree._Element, chance: Random) -> None:
    node, flow = _one(tree, chance, "exclusiveGateway"), _one(tree, chance, "sequenceFlow")
    if node is not None and flow is not None:
        node.set("default", flow.get("id", ""))


def _property(tree: etree._Element, chance: Random) -> None:
    """A property is lost, or takes the value of another of its name."""
    found = list(tree.iter(f"{SPIFF}property"))
    if not found:
        return
    one = chance.choice(found)
    if chance.random() < 0.4:
        one.getparent().remove(one)
    else:
        alike = [other.get("value") for other in found if other.get("name") == one.get("name")]
        one.set("value", chance.choice(alike) or "")


def _attribute(tree: etree._Element, chance: Random) -> None:
    node = _one(tree, chance, *KINDS, "sequenceFlow", "process", "message", "signalEventDefinition")
    if node is not None and node.attrib:
        name = chance.choice(sorted(node.attrib))
        if chance.random() < 0.3:
            del node.attrib[name]
        else:
            node.set(name, chance.choice((*_ids(tree), "", "x", "Start", re.sub(".$", "", node.get(name, "")))))


def _ids(tree: etree._Element) -> list[str]:
    return [node.get("id", "") for node in _nodes(tree, *KINDS)]


_TEARS: tuple[Tear, ...] = (
    _remove, _cut_out, _cut_out, _redirect, _exchange, _double, _rename, _decide, _default, _property, _attribute,
)  # fmt: skip
