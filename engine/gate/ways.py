"""Every way in which a process can go: none gets stuck, none turns without anybody, and every element is on one."""

from collections.abc import Iterable

from engine import expressions
from engine.bundle import Bundle
from engine.bundle import Element
from engine.gate.holding import Holding
from engine.gate.holding import Standing
from engine.gate.net import Net
from engine.gate.refusal import refuse
from engine.registry import Process

MAX_MARKINGS = 20_000


def check(bundle: Bundle) -> None:
    """Raise DefinitionError for a process that may turn by itself, or lose count in a turn."""
    for key in bundle.elements:
        net = Net(bundle, key)
        _check_turns(bundle, net)
        _check_joins(bundle, net)


def check_ends(bundle: Bundle, process: Process) -> None:
    """Raise DefinitionError for a process that may not come to its end, or to a part of it.

    Somebody tells what its decisions read: that was looked at before, and names the cause better.
    """
    for key in bundle.elements:
        net = Net(bundle, key)
        _check_ends(bundle, process, net)
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


def _check_ends(bundle: Bundle, process: Process, net: Net) -> None:
    """From wherever the process can stand, its end can be reached without anything that interrupts it.

    What its decisions read counts: a loop whose only way out hangs on what nobody in it can change is none.
    """
    before = _live(bundle, process, net)
    good = {one for one in before if not one.marking}
    waiting = list(good)
    while waiting:
        for one in before[waiting.pop()]:
            if one not in good:
                good.add(one)
                waiting.append(one)
    stuck = sorted({tuple(sorted(one.marking)) for one in before if one not in good})
    if stuck:
        refuse(
            bundle,
            net.at(min(stuck, key=len)[0]),
            "Desde este paso el proceso puede quedarse sin llegar a su fin.",
            "stuck",
        )


def _live(bundle: Bundle, process: Process, net: Net) -> dict[Standing, set[Standing]]:
    """Wherever the process can stand, and from where it came there by itself."""
    read = (expressions.names(flow.condition) for flow in net.flows.values() if flow.condition)
    holding = Holding(bundle, process, net, frozenset[str]().union(*read), messages=False)
    before: dict[Standing, set[Standing]] = {}
    starts = {Standing(net.start, held) for held in holding.starts()}
    while starts:
        for standing, further in holding.walk(starts):
            before.setdefault(standing, set())
            for one in further:
                before.setdefault(one, set()).add(standing)
        starts = {Standing(one.marking, held) for one in before for held in holding.beside(one.held)} - before.keys()
    return before


def _check_reached(bundle: Bundle, net: Net) -> None:
    """Every element is on some way, if messages interrupt it as well."""
    seen: set[str] = {one.id for one in net.elements.values() if one.kind == "start"}
    found, waiting = {net.start}, [net.start]
    while waiting:
        for move in net.moves(waiting.pop(), messages=True):
            seen |= {move.element.id, *net.sources(move.after)}
            if move.after not in found:
                found.add(move.after)
                waiting.append(move.after)
        if len(found) > MAX_MARKINGS:
            first = next(iter(net.elements.values()))
            refuse(bundle, first, "El proceso tiene demasiados caminos para revisarlos.", "too-many-ways")
    for one in net.elements.values():
        if one.id not in seen:
            refuse(bundle, one, "A este elemento no lleva ningún camino.", "unreached")
