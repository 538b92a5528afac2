"""Every way in which a process can go: none gets stuck, none turns without anybody, and every element is on one."""

from collections.abc import Iterable

from engine.bundle import Bundle
from engine.bundle import Element
from engine.gate.net import Marking
from engine.gate.net import Net
from engine.gate.refusal import refuse

MAX_MARKINGS = 20_000


def check(bundle: Bundle) -> None:
    """Raise DefinitionError for a process that may not come to its end."""
    for key in bundle.elements:
        net = Net(bundle, key)
        _check_turns(bundle, net)
        _check_joins(bundle, net)
        _check_ends(bundle, net)
        _check_reached(bundle, net)


def _check_turns(bundle: Bundle, net: Net) -> None:
    """Refuse a loop in which nobody acts: it would never wait."""
    alone = {one.id for one in net.elements.values() if not _waits(bundle, net, one)}
    for name in sorted(alone):
        if name in _onward(net, name, alone):
            refuse(bundle, net.elements[name], "El diagrama tiene una vuelta en la que nadie actúa.", "loop")


def _waits(bundle: Bundle, net: Net, element: Element) -> bool:
    """Whether nothing passes `element` before somebody acts or something comes from outside."""
    if element.kind in ("user", "catch"):
        return True
    if element.kind == "sub_process":
        return _is_slow(bundle, net, element.id)
    return element.kind == "call" and _is_slow(bundle, Net(bundle, element.called), element.called)


def _is_slow(bundle: Bundle, net: Net, scope: str) -> bool:
    """Whether each way through a scope waits somewhere."""
    inner = [one for one in net.elements.values() if one.scope == scope]
    alone = {one.id for one in inner if not _waits(bundle, net, one)}
    start = next(one for one in inner if one.kind == "start")
    ends = {one.id for one in inner if one.kind == "end"}
    return not ends & _onward(net, start.id, alone)


def _onward(net: Net, name: str, among: Iterable[str]) -> set[str]:
    """What is reached from `name` by arrows, passing only through `among`."""
    allowed, reached, waiting = set(among), set[str](), [name]
    while waiting:
        for flow in net.leaving[waiting.pop()]:
            if flow.target in allowed and flow.target not in reached:
                reached.add(flow.target)
                waiting.append(flow.target)
    return reached


def _check_joins(bundle: Bundle, net: Net) -> None:
    """Refuse a join within a loop: the library lets it pass early from the second turn on. A sub-process mends it."""
    for one in net.elements.values():
        joins = one.kind == "parallel" and len(net.coming[one.id]) > 1
        if joins and one.id in _onward(net, one.id, net.elements):
            refuse(bundle, one, "Una unión paralela dentro de una vuelta va en un subproceso.", "join-in-loop")


def _check_ends(bundle: Bundle, net: Net) -> None:
    """From wherever the process can stand, its end can be reached without anything that interrupts it."""
    before = _explore(bundle, net, messages=False)
    good, waiting = {frozenset[str]()}, [frozenset[str]()]
    while waiting:
        for one in before.get(waiting.pop(), ()):
            if one not in good:
                good.add(one)
                waiting.append(one)
    stuck = sorted(sorted(marking) for marking in before if marking not in good)
    if stuck:
        refuse(
            bundle,
            net.at(min(stuck, key=len)[0]),
            "Desde este paso el proceso puede quedarse sin llegar a su fin.",
            "stuck",
        )


def _check_reached(bundle: Bundle, net: Net) -> None:
    seen: set[str] = {one.id for one in net.elements.values() if one.kind == "start"}
    _explore(bundle, net, messages=True, seen=seen)
    for one in net.elements.values():
        if one.id not in seen:
            refuse(bundle, one, "A este elemento no lleva ningún camino.", "unreached")


def _explore(bundle: Bundle, net: Net, *, messages: bool, seen: set[str] | None = None) -> dict[Marking, set[Marking]]:
    """Which markings lead to each; adds the elements at which something happened to `seen`."""
    before: dict[Marking, set[Marking]] = {net.start: set()}
    waiting = [net.start]
    while waiting:
        marking = waiting.pop()
        for move in net.moves(marking, messages=messages):
            if seen is not None:
                seen |= {move.element.id, *net.sources(move.after)}
            if move.after not in before:
                before[move.after] = set()
                waiting.append(move.after)
            before[move.after].add(marking)
        if len(before) > MAX_MARKINGS:
            first = next(iter(net.elements.values()))
            refuse(bundle, first, "El proceso tiene demasiados caminos para revisarlos.", "too-many-ways")
    return before
