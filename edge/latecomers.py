"""Who was faster: a conflict over a task, told with a name and a moment.

The engine knows the facts; how long ago that was is told in the words of this room.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from db import history
from db import reading
from db.errors import Conflict
from directory import people
from directory.principal import Principal
from edge import words
from engine import drafts
from engine import instances
from engine import tasks
from engine.models import Task
from engine.models import TaskStatus

COMPLETED = "completed"
STALE = "stale"
LOST = "lo que usted escribió no se guardó."
KEPT_BEFORE = (
    "lo último que usted escribió no se guardó. El borrador que guardó antes sigue en la tarea: lo ve quien la tiene."
)


def explained(error: Conflict, task_id: int, *, now: datetime) -> Conflict:
    """`error` with who and when, as far as they are known; as it is when it is no race over the task."""
    if error.code not in (COMPLETED, STALE):
        return error
    with reading() as session:
        task = session.get(Task, task_id)
        sentence = _sentence(session, task, error.code, now) if task is not None else ""
    return Conflict(sentence or error.message, code=error.code)


def taken(task_id: int, by: Principal, *, now: datetime) -> str:
    """Who holds an open task that somebody else was filling in, and since when; empty when nobody else does.

    It is told to whoever may read the task, or might have before it passed on: to nobody else is it known.
    """
    with reading() as session:
        task = tasks.known_to(session, task_id, by=by)
        if task is None or task.status != TaskStatus.OPEN or task.assignee_id in (None, by.person_id):
            return ""
        who = people.get(session, task.assignee_id).name
        at = task.claimed_at or _given_at(session, task)
        since = f" {words.ago(at, now=now)}" if at else ""
        verb = "la tomó" if task.claimed_at else "pasó a" if at else "ahora la tiene"
        draft = drafts.find(session, task_id)
        kept = draft is not None and draft.saved_by == by.person_id
        return f"«{task.name}» {verb} {who}{since}; {KEPT_BEFORE if kept else LOST}"


def _given_at(session: Session, task: Task) -> datetime | None:
    """When an open task, or the whole case, was given to who has it."""
    for row in history.backwards(session, instances.subject(task.instance_id)):
        of_task = row.action == "task.assigned" and row.details.get("task") == task.id
        of_case = row.action == "participant.appointed" and task.assignee_id in row.details.get("people", ())
        if of_task or of_case:
            return row.at
    return None


def _sentence(session: Session, task: Task, code: str, now: datetime) -> str:
    if code == STALE:
        return _who_changed(session, task, now)
    if task.ended_by is None or task.ended_at is None:
        return ""
    who = people.get(session, task.ended_by).name
    return f"«{task.name}» ya la completó {who} {words.ago(task.ended_at, now=now)}."


def _who_changed(session: Session, task: Task, now: datetime) -> str:
    last = history.last_by_person(session, instances.subject(task.instance_id), element=task.element)
    if last is None or last.details.get("task") != task.id:
        return ""
    when = words.ago(last.at, now=now)
    kept = "mientras usted la diligenciaba; lo que escribió se conserva."
    return f"{last.actor_name} cambió «{task.name}» {when}, {kept}"
