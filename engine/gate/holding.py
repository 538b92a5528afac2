"""What the variables can hold as a process goes on, and where its decisions can lead with that."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from engine import expressions
from engine.bundle import Bundle
from engine.bundle import Element
from engine.bundle import Flow
from engine.gate import flows
from engine.gate.net import Marking
from engine.gate.net import Move
from engine.gate.net import Net
from engine.gate.refusal import refuse
from engine.registry import Process

MAX_STANDINGS = 20_000

Held = tuple[tuple[str, expressions.Scalar], ...]
"""Variables with what they hold, by name."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a process stands, and what the variables hold that matter."""

    marking: Marking
    held: Held


class Holding:
    """The variables `names`, in one process of a bundle. A condition on any other may hold or not.

    With `messages`, whatever comes from outside may interrupt what is called.
    """

    def __init__(self, bundle: Bundle, process: Process, net: Net, names: Iterable[str], *, messages: bool) -> None:
        self._bundle, self._process, self._net, self._messages = bundle, process, net, messages
        self._first = {name: bundle.variables[name] for name in sorted(names) if name in bundle.variables}
        self._is_called = net.key != bundle.key
        self._outcomes: dict[tuple[str, Held], frozenset[Held]] = {}

    def starts(self) -> Iterator[Held]:
        """What they can hold when the process begins. One that is called finds whatever others left there."""
        any_of = self._first if self._is_called else self._process.begun_with
        yield from self._with(tuple(self._first.items()), {name: self._can[name] for name in any_of & self._can.keys()})

    def after(self, move: Move, held: Held) -> Iterable[Held]:
        """What they can hold after `move`; nothing when it cannot happen with what they `held`."""
        if move.chosen is not None and not self._may_choose(move.element, move.chosen, dict(held)):
            return ()
        if move.element.kind == "call":
            return self._called(move.element.called, held)
        return self._with(held, self._changed_by(move.element))

    def beside(self, held: Held) -> Iterator[Held]:
        """What they can hold after whatever runs at the same time has changed what this process itself does not."""
        return self._with(held, self._foreign)

    def walk(self, starts: Iterable[Standing]) -> Iterator[tuple[Standing, set[Standing]]]:
        """Wherever the process comes from `starts`, and where it can stand next.

        Raises DefinitionError when that is too much to be looked at.
        """
        seen = set(starts)
        waiting = list(seen)
        while waiting:
            standing = waiting.pop()
            moves = self._net.moves(standing.marking, messages=self._messages)
            further = {Standing(move.after, held) for move in moves for held in self.after(move, standing.held)}
            yield standing, further
            waiting += further - seen
            seen |= further
            if len(seen) > MAX_STANDINGS:
                first = next(iter(self._net.elements.values()))
                refuse(self._bundle, first, "El proceso tiene demasiados caminos para revisarlos.", "too-many-ways")

    def _called(self, key: str, held: Held) -> frozenset[Held]:
        """What they can hold when what is called has ended; nothing when it never does."""
        if (key, held) not in self._outcomes:
            net = Net(self._bundle, key)
            inner = Holding(self._bundle, self._process, net, self._first, messages=self._messages)
            stood = {one for _, further in inner.walk([Standing(net.start, held)]) for one in further}
            self._outcomes[key, held] = frozenset(one.held for one in stood if not one.marking)
        return self._outcomes[key, held]

    def _with(self, held: Held, changed: Mapping[str, Iterable[expressions.Scalar]]) -> Iterator[Held]:
        """`held` with every value that those of `changed` can have."""
        several = [sorted(changed.get(name, {value}), key=repr) for name, value in held]
        for values in product(*several):
            yield tuple(zip((name for name, _ in held), values, strict=True))

    def _changed_by(self, element: Element) -> Mapping[str, Iterable[expressions.Scalar]]:
        """What an element may leave said, by variable."""
        told = {name: self._can[name] for name in flows.told_by(element) & self._can.keys()}
        return {**told, **self._process.supplies.get(element.operation, {})}

    @cached_property
    def _can(self) -> dict[str, frozenset[expressions.Scalar]]:
        """What each can hold; of what is not bounded, what conditions compare it with, and something else."""
        conditions = [flow.condition for several in self._bundle.flows.values() for flow in several if flow.condition]
        compared = frozenset[expressions.Scalar]().union(*map(expressions.constants, conditions))
        bounded = flows.values(self._bundle, self._process.forms)
        return {
            name: frozenset({first}) | (bounded[name] or flows.beside(compared, first))
            for name, first in self._first.items()
        }

    @cached_property
    def _foreign(self) -> Mapping[str, frozenset[expressions.Scalar]]:
        """What others may say of those that nothing in this process changes."""
        mine = _given_in(self._bundle, self._process, self._net.key)
        return {name: can for name, can in self._can.items() if self._is_called and name not in mine}

    def _may_choose(self, element: Element, chosen: Flow, held: Mapping[str, expressions.Scalar]) -> bool:
        """Whether a decision can go along `chosen`: the first condition that holds leads, then its way by default."""
        for flow in sorted(self._net.leaving[element.id], key=lambda flow: not flow.condition):
            known = flow.condition and expressions.names(flow.condition) <= held.keys()
            holds = bool(expressions.evaluate(flow.condition, held)) if known else None
            if flow.id == chosen.id:
                return holds is not False
            if holds:
                return False
        return True


def _given_in(bundle: Bundle, process: Process, key: str) -> set[str]:
    """The variables that forms and services give in a process, and in those that it calls."""
    found = flows.told_in(bundle, key)
    for one in bundle.elements[key]:
        found |= process.supplies.get(one.operation, {}).keys()
        found |= _given_in(bundle, process, one.called) if one.called else set()
    return found
