"""What a bundle calls its parts: processes, elements, arrows, messages."""

import re
from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from db.errors import DefinitionError
from engine.bundle import BPMN
from engine.bundle import SPIFF
from engine.bundle import Bundle
from engine.bundle import Element
from engine.bundle import Flow
from engine.gate.refusal import refuse

MAX_NODES = 150
RESERVED = frozenset({"start", "end", "root", "self", "typename"})
"""Words that the library, or a state that it writes, means otherwise."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


def check(bundle: Bundle) -> None:
    """Raise DefinitionError for a name that is missing, repeated, odd or taken, and for what nothing reaches."""
    for file, tree in bundle.trees.items():
        _check_file(file, tree)
    processes = [process.get("id") for tree in bundle.trees.values() for process in tree.iter(f"{BPMN}process")]
    if bundle.key not in processes:
        raise DefinitionError(f"El paquete no trae el proceso «{bundle.key}».", code="key")
    repeated = [key for key, times in Counter(key.lower() for key in processes).items() if times > 1]
    if repeated:
        raise DefinitionError(f"El proceso «{repeated[0]}» viene dos veces.", code="process-twice")
    for key in processes:
        _check_elements(bundle, key)
    _check_calls(bundle)


def _check_file(file: str, tree: Any) -> None:
    processes = list(tree.iter(f"{BPMN}process"))
    if len(processes) != 1:
        raise DefinitionError("Cada archivo lleva un solo proceso.", file=file, line=1, code="one-process")
    if processes[0].get("isExecutable") != "true":
        raise _told(file, processes[0], "El proceso debe ser ejecutable.", "executable")
    _check_identities(file, tree)
    for node in processes:
        _check_name(file, node, "id")
    for node in tree.iter(f"{BPMN}message", f"{BPMN}signal"):
        _check_name(file, node, "id")
        _check_name(file, node, "name")
    for node in tree.iter(f"{SPIFF}properties"):
        twice = [name for name, times in Counter(one.get("name") for one in node).items() if times > 1]
        if twice:
            raise _told(file, node.getparent().getparent(), f"La propiedad «{twice[0]}» se repite.", "property-twice")


def _check_identities(file: str, tree: Any) -> None:
    """Nothing in a file goes by the identifier of something else."""
    seen: set[str] = set()
    for node in tree.iter():
        name = node.get("id") if isinstance(node.tag, str) and not node.tag.startswith(SPIFF) else None
        if name in seen:
            raise _told(file, node, f"El identificador «{name}» se repite.", "id")
        if name is not None:
            seen.add(name)


def _check_name(file: str, node: Any, attribute: str) -> None:
    if not _NAME.fullmatch(node.get(attribute, "")):
        message = f"El nombre «{node.get(attribute, '')}» no se admite."
        raise _told(file, node, message, "id" if attribute == "id" else "event-name")


def _check_elements(bundle: Bundle, key: str) -> None:
    parts: list[Element | Flow] = [*bundle.elements[key], *bundle.flows[key]]
    folded = Counter((part.id or "").lower() for part in parts)
    for part in parts:
        name = part.id or ""
        taken = folded[name.lower()] > 1 or name.lower() in RESERVED or name.lower() == key.lower()
        if taken or not _NAME.fullmatch(name):
            refuse(bundle, part, "El identificador no se admite o se repite.", "id")
    if len(bundle.elements[key]) > MAX_NODES:
        refuse(bundle, bundle.elements[key][MAX_NODES], f"El diagrama pasa de {MAX_NODES} elementos.", "too-many")


def _check_calls(bundle: Bundle) -> None:
    """Every called process is there, none comes back to itself, and none stands there uncalled."""
    calls = {key: [one for one in elements if one.kind == "call"] for key, elements in bundle.elements.items()}
    for elements in calls.values():
        for one in elements:
            if one.called not in calls:
                refuse(bundle, one, f"El proceso llamado «{one.called}» no está en el paquete.", "called")
    reached: set[str] = set()
    _descend(bundle, calls, bundle.key, (), reached)
    uncalled = sorted(set(calls) - reached)
    if uncalled:
        message = f"Nadie llama al proceso «{uncalled[0]}», y este paquete es del proceso «{bundle.key}»."
        raise DefinitionError(message, file=bundle.file_of(uncalled[0]), element=uncalled[0], code="uncalled")


def _descend(
    bundle: Bundle, calls: Mapping[str, Sequence[Element]], key: str, above: tuple[str, ...], reached: set[str]
) -> None:
    reached.add(key)
    for one in calls[key]:
        if one.called in (*above, key):
            refuse(bundle, one, f"El proceso «{one.called}» se llama a sí mismo.", "recursion")
        if one.called not in reached:
            _descend(bundle, calls, one.called, (*above, key), reached)


def _told(file: str, node: Any, message: str, code: str) -> DefinitionError:
    return DefinitionError(message, file=file, element=node.get("id", ""), line=node.sourceline or 0, code=code)
