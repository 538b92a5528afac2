"""The governance of a strategy: its definition and the five steps of its scheme."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from directory.access import Subject
from engine.context import Context
from engine.registry import Process
from tracking import life
from tracking import strategies
from workflows import diagrams

_DETAILS = ("orientation_criteria", "conduct_criteria", "triggers", "switches")
_STEPS = (
    "Activity_IdentificarDespliegue",
    "Activity_IdentificarActores",
    "Activity_DefinirRoles",
    "Activity_IdentificarEcosistema",
    "Activity_DefinirReglas",
    "Activity_RetroalimentarNiveles",
)


def record_strategy(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep what the strategy's definition and governance say."""
    definition = context.answers("Activity_DefinirEstrategia")
    governance: dict[str, object] = {}
    for element in _STEPS:
        governance.update(context.answers(element))
    details = {name: definition[name] for name in _DETAILS if name in definition}
    strategies.record_definition(
        session,
        context.ref("strategy_id"),
        objective=definition["objective"],
        goals=definition["goals"],
        details={**details, "governance": governance},
        by=by,
        now=now,
    )


def of_strategy(place: Subject, refs: Mapping[str, int]) -> Subject:
    """A case as the permission to read its strategy sees it: partners read it by the strategy."""
    return replace(place, strategy_id=refs.get("strategy_id"))


PROCESS = Process(
    key=life.STRATEGY_GOVERNANCE,
    title="Gobernanza de la estrategia",
    read_with="strategy.read",
    about=of_strategy,
    files=diagrams.files(life.STRATEGY_GOVERNANCE),
    forms=diagrams.forms(life.STRATEGY_GOVERNANCE),
    handlers={"tracking.record_strategy": record_strategy},
)
