"""What somebody carries: how much would change hands with a handover, or stay with whoever may no longer come in."""

from dataclasses import dataclass
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import coverage
from engine import tasks
from tracking import following
from tracking import trace
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import Strategy
from tracking.models import WorkPlan


@dataclass(frozen=True, slots=True)
class Carried:
    """Counts of all that a handover moves."""

    entities: int = 0
    scheduled: int = 0  # those that they are to attend from a later day
    plans: int = 0
    products: int = 0
    strategies: int = 0
    tasks: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, item.name) for item in fields(self))


_NOUNS = {
    "entities": ("entidad", "entidades"),
    "scheduled": ("entidad programada para después", "entidades programadas para después"),
    "plans": ("plan de trabajo", "planes de trabajo"),
    "products": ("producto que lidera", "productos que lidera"),
    "strategies": ("estrategia que lidera", "estrategias que lidera"),
    "tasks": ("tarea abierta", "tareas abiertas"),
}  # fmt: skip


def by(session: Session, person_id: int, on: date) -> Carried:
    """What a person carries: the entities of a day and later, and the plans, products, strategies and tasks of now.

    Plans that go to somebody else by that day with their entity are not counted, nor are the tasks of their cases.
    """
    rows = coverage.from_day(session, person_id, on)
    attended = {row.entity_id for row in rows if row.since <= on}
    away = following.leaving(session, person_id, on)
    mine = _count(session, WorkPlan.advisor_id == person_id, WorkPlan.status.in_(trace.RUNNING))
    return Carried(
        entities=len(attended),
        scheduled=len({row.entity_id for row in rows} - attended),
        plans=mine - len(away),
        products=_count(session, Product.lead_id == person_id, Product.status == ProductStatus.ACTIVE),
        strategies=_count(session, Strategy.lead_id == person_id),
        tasks=tasks.count_held(session, person_id, but_in=following.cases(session, away)),
    )


def in_words(carried: Carried) -> str:
    """«10 entidades, 12 planes de trabajo y 3 tareas abiertas»; empty when there is nothing."""
    return joined(parts(carried))


def parts(carried: Carried) -> list[str]:
    """Each kind of which there is something, with how many."""
    return [
        f"{count} {one if count == 1 else many}"
        for name, (one, many) in _NOUNS.items()
        if (count := getattr(carried, name))
    ]


def joined(said: list[str]) -> str:
    """Parts of a sentence, one after another: «una, dos y tres»."""
    return " y ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _count(session: Session, *where: Any) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0
