"""What this room keeps about somebody: the tasks in their name, what they sent and corrected, and their remarks."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.kept import MOST
from directory.kept import Row
from directory.kept import kept
from engine.models import Instance
from engine.models import Observation
from engine.models import Rectification
from engine.models import Submission
from engine.models import Task


@kept("submissions", "Lo que envió", "submission", "rectification")
def _submissions(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(Submission, Task.name, Instance.title).join(Task, Task.id == Submission.task_id)
    mine = mine.join(Instance, Instance.id == Submission.instance_id).where(Submission.author_id == person_id)
    for row, name, title in session.execute(mine.order_by(Submission.id.desc()).limit(MOST)):
        yield {"Radicado": row.receipt, "Paso": name, "Sobre": title, "Enviado el": row.at,
               "En calidad de": row.capacity}  # fmt: skip
    mended = select(Rectification).where(Rectification.author_id == person_id).order_by(Rectification.id.desc())
    for one in session.scalars(mended.limit(MOST)):
        yield {"Radicado": "", "Paso": "Rectificación", "Sobre": one.label, "Enviado el": one.at,
               "En calidad de": one.capacity}  # fmt: skip


@kept("tasks", "Tareas a su nombre", "task", "draft")
def _tasks(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(Task, Instance.title).join(Instance, Instance.id == Task.instance_id)
    mine = mine.where(Task.assignee_id == person_id, Task.status == "open").order_by(Task.id.desc()).limit(MOST)
    for row, title in session.execute(mine):
        yield {"Tarea": row.name, "Sobre": title, "Abierta el": row.created_at, "Vence": row.due_at}


@kept("observations", "Observaciones que escribió", "observation")
def _observations(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(Observation).where(Observation.author_id == person_id).order_by(Observation.id.desc()).limit(MOST)
    for row in session.scalars(mine):
        yield {"Número": row.number, "Sobre": row.label, "Qué": row.text, "Escrita el": row.at}
