"""Whether a case of another version can go on in this one: as if it had come there by this one's own ways.

The gate proved what it proved for everything that can be reached from the start. A case that stands where a case of
this version can stand, having passed the decisions that such a case has passed, is in good hands; others are refused.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from db.errors import DefinitionError
from engine import expressions
from engine.bundle import Bundle
from engine.bundle import Element
from engine.demands import END
from engine.demands import Mandatory
from engine.gate.holding import Held
from engine.gate.mandatory import Decision
from engine.gate.mandatory import Stand
from engine.gate.net import BEGUN
from engine.gate.net import Marking
from engine.gate.net import Net
from engine.registry import Process

Place = str
"""An element at which something waits; for a join, the arrow by which it was reached; `@` and a sub-process begun."""


@dataclass(frozen=True, slots=True)
class Case:
    """A running case as this version sees it.

    `places` are where each of its active processes stands, `acts` the elements that it passed, oldest first, as pairs
    of process and element, `variables` what it knows.
    """

    places: Mapping[str, frozenset[Place]]
    acts: Sequence[tuple[str, str]]
    variables: Mapping[str, expressions.Scalar]


def place(net: Net, element: str, after: str) -> Place | None:
    """Where something stands that waits at `element` and came from `after`; None when no arrow leads so."""
    one = net.elements[element]
    if one.kind == "sub_process":
        return f"{BEGUN}{element}"
    if not _is_join(net, element):
        return element
    return next((flow.id for flow in net.coming[element] if flow.source == after), None)


class Onward:
    """A version into which cases may be taken; what was worked out once serves for all of them."""

    def __init__(self, bundle: Bundle, process: Process) -> None:
        self.bundle, self.process = bundle, process
        self._watches: dict[Mandatory, _Watch] = {}
        self._ways: dict[tuple[Mandatory, frozenset[Place], Held, bool], Element | None] = {}

    def obstacles(self, case: Case, before: Bundle) -> Iterator[str]:
        """Why `case`, of the version `before`, cannot go on here; nothing when it can."""
        for key, places in case.places.items():
            if self._marking(key, places) is None:
                yield f"en la versión nueva ningún caso puede estar así en «{self._called(key)}»"
                continue
            for rule in self._rules(key, before):
                yield from self._of_rule(rule, case, before)

    def net(self, key: str) -> Net:
        """The process `key` as a net."""
        return self._plain(key).net

    def _marking(self, key: str, places: frozenset[Place]) -> Marking | None:
        return self._plain(key).markings.get(places)

    def _plain(self, key: str) -> "_Watch":
        return self._watch(Mandatory(key, "", ()))

    def _watch(self, rule: Mandatory) -> "_Watch":
        if rule not in self._watches:
            self._watches[rule] = _Watch(Decision(self.bundle, self.process, rule))
        return self._watches[rule]

    def _rules(self, key: str, before: Bundle) -> list[Mandatory]:
        """What is promised of the process, and every gate that it has, or had, whatever hangs on it."""
        promised = [rule for rule in self.process.mandatory if rule.process == key]
        codes = _gates(self.bundle, key) | _gates(before, key)
        named = {rule.step for rule in promised}
        return promised + [Mandatory(key, f"gate:{code}", ()) for code in codes if f"gate:{code}" not in named]

    def _of_rule(self, rule: Mandatory, case: Case, before: Bundle) -> Iterator[str]:
        watch, places = self._watch(rule), case.places[rule.process]
        passed = watch.passed(case)
        step = _named(self.bundle, rule) or _named(before, rule) or rule.step
        if not watch.decision.steps:
            if Decision(before, self.process, rule).steps & {one for key, one in case.acts if key == rule.process}:
                yield f"la versión nueva no tiene «{step}», por donde ya pasó"
            return
        if passed and (places, True) not in watch.stands:
            yield f"ya pasó por «{step}» y en la versión nueva tendría que volver a pasar"
        elif not passed and (places, False) not in watch.stands:
            yield f"no ha pasado por «{step}», que la versión nueva exige antes de donde está"
        else:
            yield from self._passing_by(rule, case, passed=passed, step=step)

    def _passing_by(self, rule: Mandatory, case: Case, *, passed: bool, step: str) -> Iterator[str]:
        names = self._watch(rule).decision.names
        held = tuple((name, case.variables[name]) for name in names if name in case.variables)
        asked = rule, case.places[rule.process], held, passed
        if asked not in self._ways:  # many cases stand alike
            self._ways[asked] = self._way_past(*asked)
        where = self._ways[asked]
        if where is not None:
            yield f"podría llegar a «{where.name or where.id}» sin pasar por «{step}»"

    def _way_past(self, rule: Mandatory, places: frozenset[Place], held: Held, passed: bool) -> Element | None:
        """Something that depends on the decision and can be reached from there without it."""
        watch, marking = self._watch(rule), self._marking(rule.process, places)
        assert marking is not None, "it was looked for before"
        for target in rule.before:
            if target == END and places not in watch.calm:
                continue  # something from outside interrupted it: such an end is promised nothing
            try:
                where = watch.decision.passes_by(target, Stand(marking, held, passed))
            except DefinitionError:  # it would open something twice: no case of this version comes to it
                where = watch.net.at(min(marking))
            if where is not None:
                return where
        return None

    def _called(self, key: str) -> str:
        named = (one.name for elements in self.bundle.elements.values() for one in elements if one.called == key)
        return next(named, self.process.title)


class _Watch:
    """Everywhere that a process can stand, with and without having passed one decision."""

    def __init__(self, decision: Decision) -> None:
        self.decision, self.net = decision, decision.net

    @cached_property
    def stands(self) -> set[tuple[frozenset[Place], bool]]:
        """Where it can stand, and whether the decision was passed then."""
        return {(_waiting(self.net, stand.marking), stand.passed) for stand in self._all}

    @cached_property
    def markings(self) -> dict[frozenset[Place], Marking]:
        """Where it can stand → as the net says it."""
        return {_waiting(self.net, stand.marking): stand.marking for stand in sorted(self._all, key=repr)}

    @cached_property
    def calm(self) -> set[frozenset[Place]]:
        """Where it can stand when nothing from outside interrupts it."""
        return {_waiting(self.net, stand.marking) for stand in self._walked(messages=False)}

    @cached_property
    def _all(self) -> set[Stand]:
        return self._walked(messages=True)

    def _walked(self, *, messages: bool) -> set[Stand]:
        starts = self.decision.starts()
        found = set(starts)
        for _, _, further in self.decision.walk(starts, messages=messages):
            found |= further
        return found

    def passed(self, case: Case) -> bool:
        """Whether the case passed the decision since its process began, and wrote nothing anew after it."""
        rule, key = self.decision.rule, self.decision.rule.process
        starts = {one.id for one in self.net.elements.values() if one.kind == "start" and one.scope == key}
        said, earlier = False, False
        for element in (element for process, element in case.acts if process == key):
            if element in starts:
                said, earlier = False, False
            elif element in self.decision.steps:
                said, earlier = True, said
            elif rule.verdict and element in self.decision.authors:
                said = False
        if self._under_way(case):
            said = earlier
        return said and (not rule.verdict or bool(expressions.evaluate(rule.verdict, case.variables)))

    def _under_way(self, case: Case) -> bool:
        """Whether what the decision calls has begun and not ended: it is told as passed when it begins."""
        here = {one.removeprefix(BEGUN) for one in case.places[self.decision.rule.process]}
        return any(self.net.elements[step].kind in ("call", "sub_process") for step in self.decision.steps & here)


def _waiting(net: Net, marking: Marking) -> frozenset[Place]:
    """A marking without the arrows by which it came to be, but where a join counts them."""
    return frozenset(
        one if one.startswith(BEGUN) or _is_join(net, net.flows[one].target) else net.flows[one].target
        for one in marking
    )


def _is_join(net: Net, element: str) -> bool:
    return net.elements[element].kind == "parallel" and len(net.coming[element]) > 1


def _gates(bundle: Bundle, key: str) -> set[str]:
    return {code for one in bundle.elements.get(key, ()) if (code := one.properties.get("gate", ""))}


def _named(bundle: Bundle, rule: Mandatory) -> str:
    kind, _, name = rule.step.partition(":")
    for one in bundle.elements.get(rule.process, ()):
        found = {"calls": one.called, "does": one.operation}.get(kind, one.properties.get(kind))
        if found == name:
            return one.name or one.id
    return ""
