"""Thousands of spoiled diagrams: each is refused in good order, or lives to its end and past its decisions."""

from collections import Counter
from random import Random

import pytest

import workflows
from db.errors import DefinitionError
from engine import gate
from engine.bundle import Bundle
from engine.registry import Process
from engine.spiff import Specs
from forms.declaration import hash_of
from tests.engine.gate.mutants import mutant
from tests.processes.walk import STARTS
from tests.processes.walk import Act
from tests.processes.walk import Walker

LONGEST = 250
BACK = ("adjust", "another_round", "more_content", "desist")
"""The answers that lead back, or away, when they are yes."""

# What may only be done after whom: operation → (gate or form, who decides, what must have been said).
# Written by hand from the procedure, apart from what the gate is told.
DECIDED = {
    "tracking.record_predesign": [("C1", {"der_reviewer"}, {})],
    "tracking.record_protocol": [("C2", {"der_reviewer"}, {"verdict": "validated"})],
    "tracking.parameterise_milestones": [("C3", {"der_monitoring"}, {"trackable": True})],
    "tracking.publish_product": [("C4", {"der_monitoring"}, {})],
    "tracking.apply_modification": [("C2", {"der_reviewer"}, {"verdict": "validated"})],
    "tracking.close_corrective_action": [("cierre_accion", {"regional_coordinator"}, {"closed": True})],
    "tracking.attend_support": [("confirmacion_apoyo", {"territorial_advisor"}, {"received": True})],
    "tracking.close_plan": [(form, {"territorial_advisor"}, {}) for form in (
        "consentimiento", "evaluacion_asistencia", "gestion_conocimiento", "sistematizacion_resultados")],
}  # fmt: skip


@pytest.fixture(autouse=True)
def known() -> None:
    workflows.register()


@pytest.mark.parametrize(
    ("first", "count"), [(0, 150), pytest.param(1_000, 10_000, marks=pytest.mark.soak)], ids=["some", "many"]
)
def test_what_is_accepted_comes_to_its_end_past_its_decisions(first: int, count: int) -> None:
    outcomes = Counter(_outcome(seed) for seed in range(first, first + count))
    assert outcomes["accepted"] >= count // 100  # names and pictures may change
    assert len(outcomes) >= (15 if count < 1_000 else 30)


def _outcome(seed: int) -> str:
    chance = Random(seed)
    process = mutant(workflows.ALL, chance)
    forms = {name: hash_of(form) for name, form in process.forms.items()}
    try:
        specs = gate.check(Bundle(process.key, process.files, forms), process)
    except DefinitionError as error:
        return error.code or pytest.fail(f"{seed}: {error.message}")
    for decided in STARTS.get(process.key, ({"milestones_changed": chance.random() < 0.5},)):
        _live(seed, specs, process, dict(decided))
    return "accepted"


def _live(seed: int, specs: Specs, process: Process, decided: dict[str, object]) -> None:
    """Walk until the end, going on rather than back, and watch what comes about."""
    chance = Random(seed)
    walker = Walker.start(specs, decided)
    said: dict[str, tuple[str, dict[str, object]]] = {}
    seen = _watch(walker, said, 0, seed)
    for turn in range(LONGEST):
        if walker.run.end:
            return
        acts = list(walker.acts(most=60))
        assert acts, f"{seed}: {process.key} is stuck at {walker.waiting()}"
        act = _chosen(chance, acts, hurry=turn > LONGEST // 3)
        element = next((one.element for one in walker.run.tasks() if one.element.id == act.element), None)
        if element is not None:
            role = element.properties["role"].rpartition("=")[2]
            for name in (element.properties.get("gate"), element.properties["form"]):
                said[name or ""] = (role, dict(act.values))
        walker.do(act)
        seen = _watch(walker, said, seen, seed)
    pytest.fail(f"{seed}: {process.key} does not end; it waits at {walker.waiting()}")


def _chosen(chance: Random, acts: list[Act], *, hurry: bool) -> Act:
    """What happens next: more often a step than a message, more often one that goes on; in a hurry, only those."""
    steps = [act for act in acts if not act.message]
    onward = [act for act in steps if all(_goes_on(name, value) for name, value in act.values)]
    if hurry or chance.random() < 0.7:
        return chance.choice(onward or steps or acts)
    return chance.choice(steps if steps and chance.random() < 0.9 else acts)


def _goes_on(name: str, value: object) -> bool:
    return not value if name in BACK else value in (True, "validated", "2026-12-15")


def _watch(walker: Walker, said: dict[str, tuple[str, dict[str, object]]], seen: int, seed: int) -> int:
    """Everything that came about since `seen` had its decision."""
    passed = walker.run.passed
    for key, name in passed[seen:]:
        element = walker.run.specs.bundle.find(key, name)
        for gate_name, roles, wanted in DECIDED.get(element.operation, []) if element else []:
            assert gate_name in said, f"{seed}: {element.operation} without {gate_name}"
            role, values = said[gate_name]
            assert role in roles, f"{seed}: {gate_name} was decided by {role}"
            assert wanted.items() <= values.items(), f"{seed}: {element.operation} after {values}"
    return len(passed)
