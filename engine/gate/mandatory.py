"""The decisions that no way may pass by: a step, who takes it, what it must say, and what may only follow it."""

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass

from db.errors import DefinitionError
from engine import expressions
from engine import terms
from engine.bundle import Bundle
from engine.bundle import Element
from engine.demands import END
from engine.demands import Mandatory
from engine.gate.holding import Held
from engine.gate.holding import Holding
from engine.gate.net import Marking
from engine.gate.net import Move
from engine.gate.net import Net
from engine.gate.refusal import refuse
from engine.registry import Process

MAX_STANDS = 50_000


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the process stands, what the variables that matter hold, and whether the step said yes."""

    marking: Marking
    held: Held
    passed: bool


def check(bundle: Bundle, process: Process) -> None:
    """Raise DefinitionError when something can come about without the decision on which it depends."""
    for rule in process.mandatory:
        if rule.process not in bundle.elements:
            raise DefinitionError(f"Falta el proceso «{rule.process}», que es obligatorio.", code="mandatory-missing")
    decisions = [Decision(bundle, process, rule) for rule in process.mandatory]
    for decision in decisions:
        decision.check_steps()
    for decision in decisions:
        decision.check_apart()
    for decision in decisions:
        decision.check_targets()


class Decision:
    """One rule over one process."""

    def __init__(self, bundle: Bundle, process: Process, rule: Mandatory) -> None:
        self.bundle, self.rule = bundle, rule
        self.net = Net(bundle, rule.process)
        self.steps = {one.id for one in self.net.elements.values() if _is_step(one, rule)}
        deciding = {role for one in process.mandatory if one.process == rule.process for role in one.roles}
        users = [one for one in self.net.elements.values() if one.kind == "user"]
        self.authors = {one.id for one in users if _role(one) not in deciding and not one.words("answers")}
        self.names = sorted(expressions.names(rule.verdict or "True") | expressions.names(rule.unless or "True"))
        self.holding = Holding(bundle, process, self.net, self.names, messages=True)

    def check_steps(self) -> None:
        """The step is there, is for whom it must be, and leaves said what it decides."""
        if not self.steps:
            message = f"Falta el paso obligatorio «{self.rule.step}»."
            file = self.bundle.file_of(self.rule.process)
            raise DefinitionError(message, file=file, element=self.rule.process, code="mandatory-missing")
        for step in self._named_steps():
            if self.rule.roles and _role(step) not in self.rule.roles:
                refuse(self.bundle, step, f"El rol «{_role(step)}» no puede tomar esta decisión.", "mandatory-role")
            given = {pair.partition("=")[0] for pair in step.words("outputs")}
            if self.rule.verdict and not expressions.names(self.rule.verdict) <= given:
                refuse(self.bundle, step, "El paso no deja dicho lo que decide.", "mandatory-verdict")

    def check_apart(self) -> None:
        """Nobody decides on what they wrote."""
        for step in self._named_steps() if self.rule.apart else ():
            missing = sorted(self._before(step) - set(step.words("separate_from")))
            if missing:
                message = f"Quien hizo «{missing[0]}» podría decidir sobre lo suyo."
                refuse(self.bundle, step, message, "mandatory-apart")

    def check_targets(self) -> None:
        """What depends on the decision comes about after it alone, and does come about."""
        for target in self.rule.before:
            self._check_target(target)

    def _named_steps(self) -> list[Element]:
        return [self.net.elements[name] for name in sorted(self.steps)]

    def _before(self, step: Element) -> set[str]:
        """The authors' steps from which `step` is reached."""
        reached, waiting = set[str](), [step.id]
        while waiting:
            for flow in self.net.coming[waiting.pop()]:
                if flow.source not in reached:
                    reached.add(flow.source)
                    waiting.append(flow.source)
        return reached & self.authors

    def starts(self) -> list[Stand]:
        """Where the process may begin."""
        return [Stand(self.net.start, held, passed=False) for held in self.holding.starts()]

    def walk(self, starts: Iterable[Stand], *, messages: bool) -> Iterator[tuple[Stand, Move, set[Stand]]]:
        """All that can happen from `starts` on: where the process stood, what happened, and where it then can stand."""
        seen = set(starts)
        waiting = list(seen)
        while waiting:
            stand = waiting.pop()
            for move in self.net.moves(stand.marking, messages=messages):
                further = set(self._after(stand, move))
                yield stand, move, further
                waiting += further - seen
                seen |= further
            if len(seen) > MAX_STANDS:
                refuse(
                    self.bundle, self._one(), "El proceso tiene demasiados caminos para revisarlos.", "too-many-ways"
                )

    def passes_by(self, target: str, start: Stand) -> Element | None:
        """The first element found at which `target` comes about without the decision; None when it never does."""
        for stand, move, further in self.walk([start], messages=target != END):
            if further and _reaches(move, target) and not stand.passed and not self._excused(stand):
                return move.element
        return None

    def _check_target(self, target: str) -> None:
        arrived = False
        for stand, move, further in self.walk(self.starts(), messages=target != END):
            if further and _reaches(move, target):
                if not stand.passed and not self._excused(stand):
                    message = f"Se llega aquí sin el paso obligatorio «{self.rule.step}»."
                    refuse(self.bundle, move.element, message, "mandatory-passed-by")
                arrived = arrived or stand.passed
        if not arrived:
            refuse(self.bundle, self._one(), f"De este paso no se llega a «{target}».", "mandatory-leads-nowhere")

    def _excused(self, stand: Stand) -> bool:
        return bool(self.rule.unless and expressions.evaluate(self.rule.unless, dict(stand.held)))

    def _one(self) -> Element:
        return self.net.elements[min(self.steps)]

    def _after(self, stand: Stand, move: Move) -> Iterator[Stand]:
        for held in self.holding.after(move, stand.held):
            rewritten = bool(self.rule.verdict) and move.element.id in self.authors
            passed = stand.passed and not rewritten
            if move.element.id in self.steps:
                passed = not self.rule.verdict or bool(expressions.evaluate(self.rule.verdict, dict(held)))
            yield Stand(move.after, held, passed)


def _is_step(element: Element, rule: Mandatory) -> bool:
    kind, _, name = rule.step.partition(":")
    found = {"calls": element.called, "does": element.operation}
    return (found[kind] if kind in found else element.properties.get(kind)) == name


def _reaches(move: Move, target: str) -> bool:
    return not move.after if target == END else move.element.operation == target


def _role(element: Element) -> str:
    return terms.default_of(element.properties.get("role", ""))
