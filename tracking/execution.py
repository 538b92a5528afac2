"""Whether the assistance of a plan is under way: only then is anything registered as given or as progress.

Source of the rule: Lineamientos de llegada a territorio (2022), cuadro No 5, step 4: the assistance is carried out by
its plan of work, once the plan was made known and the entity said whether it agrees to be followed up. What says so
is the open step of the procedure and nothing else: neither the day of an advisory nor the dates of the plan do.
"""

from collections.abc import Collection
from collections.abc import Iterator

from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import Conflict
from directory import entities
from engine import tasks
from engine.models import Task
from engine.models import TaskStatus
from forms.words import listed
from forms.words import long_date
from tracking.models import WorkPlan

STEP = "Activity_EjecutarAsistencia"

RULE = (
    "Solo se registran asesorías y avances de hitos mientras el paso 4 del procedimiento, «Ejecutar la asistencia "
    "técnica», esté abierto."
)


def is_open(session: Session, plan: WorkPlan) -> bool:
    """Whether the assistance of `plan` is under way."""
    return plan.id in open_among(session, [plan])


def open_among(session: Session, plans: Collection[WorkPlan]) -> set[int]:
    """Ids of those of `plans` whose assistance is under way."""
    reached = _reached(session, plans)
    return {plan.id for plan in plans if _is_open(reached.get(plan.id))}


def refusal(session: Session, plans: Collection[WorkPlan]) -> str:
    """Why nothing can be registered now for one of `plans`, by name of entity; empty when it can for all of them."""
    reached = _reached(session, plans)
    closed = [plan for plan in plans if not _is_open(reached.get(plan.id))]
    if not closed:
        return ""
    names = {key: entity.name for key, entity in entities.many(session, [plan.entity_id for plan in closed]).items()}
    return " ".join((RULE, *_reasons(closed, reached, names)))


def demand(session: Session, plans: Collection[WorkPlan]) -> None:
    """Raise Conflict (`execution_closed`) unless the assistance of every one of `plans` is under way."""
    message = refusal(session, plans)
    if message:
        raise Conflict(message, code="execution_closed")


def _reached(session: Session, plans: Collection[WorkPlan]) -> dict[int, Task]:
    """Plan → its newest task at the step."""
    cases = {plan.instance_id: plan.id for plan in plans if plan.instance_id is not None}
    found = tasks.last_at(session, STEP, list(cases)) if cases else {}
    return {cases[instance_id]: task for instance_id, task in found.items()}


def _is_open(task: Task | None) -> bool:
    return task is not None and task.status == TaskStatus.OPEN


def _reasons(closed: Collection[WorkPlan], reached: dict[int, Task], names: dict[int, str]) -> Iterator[str]:
    """What holds each of the plans back: those that did not come to the step, then those that left it, by day."""
    early = [names[plan.entity_id] for plan in closed if plan.id not in reached]
    if early:
        verb = "todavía no llega" if len(early) == 1 else "todavía no llegan"
        yield f"{_plans_of(early)} {verb} a ese paso."
    left: dict[str, list[str]] = {}
    for plan in closed:
        task = reached.get(plan.id)
        if task is not None and task.ended_at is not None:
            left.setdefault(local_date(task.ended_at).isoformat(), []).append(names[plan.entity_id])
    for day, places in sorted(left.items()):
        yield (
            f"{_plans_of(places)} {'lo terminó' if len(places) == 1 else 'lo terminaron'} el {long_date(day)}; "
            "desde entonces tampoco se registra lo que se hizo antes."
        )


def _plans_of(names: list[str]) -> str:
    return f"El plan de {names[0]}" if len(names) == 1 else f"Los planes de {listed(names)}"
