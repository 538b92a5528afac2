"""Walking through a diagram without a database: every answer, every loop, every message."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from itertools import product
from typing import Any

from engine.bundle import Bundle
from engine.bundle import Element
from engine.spiff import Run
from engine.spiff import Specs
from engine.spiff import parse
from workflows import diagrams

# What handlers change in the variables; the rest of what they do concerns the database alone.
EFFECTS: Mapping[str, Mapping[str, Any]] = {
    "tracking.finish_execution": {"execution_finished": True},
    "tracking.close_product": {"product_closed": True},
}
VALUES: Mapping[str, tuple[str, ...]] = {"verdict": ("validated", "returned"), "due_date": ("2026-12-15",),
                                          "agreed_on": ("2026-12-15",)}  # fmt: skip
STARTS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "informe_mensual": ({"reviewer": "region"}, {"reviewer": "der"}),
    "modificacion_protocolo": ({"milestones_changed": False}, {"milestones_changed": True}),
    "reporte_regional": ({"report": "regional_form"}, {"report": "plan_report"}, {"report": "balance"}),
}
"""What whoever starts a case, or a handler that looks into the database, decides of its way."""
CALLS = {
    "ciclo_de_vida": ("prediseno", "diseno", "activacion", "seguimiento", "comunicaciones", "modificacion_protocolo"),
}
KEYS = (
    "accion_correctiva", "activacion", "apoyo_experto", "ciclo_de_vida", "comunicaciones", "diseno", "gobernanza",
    "informe_mensual", "modificacion_protocolo", "prediseno", "procedimiento_att", "reporte_regional", "seguimiento",
)  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One thing that happens: a task completed with values for its outputs, or a message."""

    element: str = ""
    values: tuple[tuple[str, Any], ...] = ()
    message: str = ""


@dataclass
class Walker:
    """A run with the variables of its instance."""

    run: Run
    variables: dict[str, Any]
    flows: set[tuple[str, str]] = field(default_factory=set)
    rounds: dict[str, int] = field(default_factory=dict)
    decided: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def start(cls, specs: Specs, decided: Mapping[str, Any] | None = None) -> "Walker":
        variables = {**specs.bundle.variables, **(decided or {})}
        walker = cls(Run.start(specs, variables), variables, decided=decided or {})
        walker.settle()
        return walker

    def waiting(self) -> list[str]:
        return sorted(work.element.id for work in self.run.tasks())

    def acts(self, most: int) -> Iterator[Act]:
        """Everything that can happen now, with each element done at most `most` times."""
        for work in self.run.tasks():
            if self.rounds.get(work.element.id, 0) < most:
                for values in product(*(self._values(work.element))):
                    yield Act(work.element.id, values)
        for message in sorted(self.run.messages()):
            if self.rounds.get(message, 0) < most:
                yield Act(message=message)

    def do(self, act: Act) -> None:
        name = act.element or act.message
        self.rounds[name] = self.rounds.get(name, 0) + 1
        self.variables.update(act.values)
        if act.message:
            self.run.send(act.message)
        else:
            self.run.complete(next(work.id for work in self.run.tasks() if work.element.id == act.element))
        self.settle()

    def settle(self) -> None:
        while services := self.run.services():
            self.variables.update(EFFECTS.get(services[0].element.operation, {}))
            self.run.complete(services[0].id)

    def restored(self) -> "Walker":
        """The same walker after its state was stored and read back."""
        run = Run.load(self.run.specs, self.run.dump(), self.variables)
        run.passed, run.chosen, run.end = list(self.run.passed), list(self.run.chosen), self.run.end
        return Walker(run, self.variables, self.flows, self.rounds, self.decided)

    def copy(self) -> "Walker":
        variables = dict(self.variables)
        run = Run.load(self.run.specs, self.run.dump(), variables)
        run.passed, run.chosen, run.end = list(self.run.passed), list(self.run.chosen), self.run.end
        return Walker(run, variables, set(self.flows), dict(self.rounds), self.decided)

    def _values(self, element: Element) -> Iterator[list[tuple[str, Any]]]:
        for word in element.words("outputs"):
            variable = word.partition("=")[0]
            yield [(variable, value) for value in VALUES.get(variable, (False, True))]


def specs_of(key: str) -> Specs:
    """The shipped diagram `key` with those it calls, parsed."""
    return parse(bundle_of(key))


def bundle_of(key: str) -> Bundle:
    return Bundle(key, diagrams.files(key, *CALLS.get(key, ())))


def taken(bundle: Bundle, walkers: list[Walker]) -> set[str]:
    """The arrows that some walker took."""
    passed = {place for walker in walkers for place in walker.run.passed}
    chosen = {choice for walker in walkers for choice in walker.run.chosen}
    found = set()
    for key, flows in bundle.flows.items():
        for flow in flows:
            source = bundle.find(key, flow.source)
            went = (
                (key, flow.source, flow.target) in chosen
                if source and source.kind == "choice"
                else (key, flow.source) in passed
            )
            if went:
                found.add(f"{key}/{flow.id}")
    return found
