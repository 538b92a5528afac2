"""Tasks of the DER at the gates C1 to C4: the procedure gives each its due date."""

from collections.abc import Iterable
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta

from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager

from db.clock import BOGOTA
from db.clock import local_date
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from notifications.calendar import Due
from notifications.sources import Subject
from notifications.sources import source

ELEMENTS = (
    "Activity_RetroalimentarFicha",  # C1
    "Activity_ValidarProtocolo",  # C2
    "Activity_ValidarModificacion",  # C2, on the difference
    "Activity_ParametrizarHitos",  # C3
    "Activity_ParametrizarModificacion",  # C3, of what a modification changes
    "Activity_PublicarEnPortafolio",  # C4
)
RECENT = timedelta(days=40)
"""Tasks that ended before are in the ledger already."""


@source("gates", "Tareas de la DER en las compuertas C1 a C4", about="task")
def gates(session: Session, on: date) -> Iterable[Subject]:
    """Open tasks of the gates, and those completed lately. Whoever took one owes it."""
    lately = datetime.combine(on - RECENT, time(0), BOGOTA)
    statement = (
        select(Task)
        .join(Instance, Instance.id == Task.instance_id)
        .options(contains_eager(Task.instance))
        .where(
            Task.element.in_(ELEMENTS),
            Task.due_at.is_not(None),
            or_(
                Task.status == TaskStatus.OPEN,
                (Task.status == TaskStatus.COMPLETED) & (Task.ended_at >= lately),
            ),
        )
        .order_by(Task.id)
    )
    for task in session.scalars(statement):
        if task.due_at is not None:
            yield Subject(
                kind="task", id=task.id, label=_label(task),
                debtor_id=task.ended_by or task.assignee_id, since=local_date(task.created_at),
                event_on=local_date(task.created_at), product_id=task.instance.refs.get("product_id"),
                due=Due(task.due_at, task.due_reason),
            )  # fmt: skip


def _label(task: Task) -> str:
    """What the task is called among what is owed; the rounds of a gate are told apart."""
    again = f", ronda {task.round}" if task.round > 1 else ""
    return f"{task.name}{again} · {task.instance.title}"
