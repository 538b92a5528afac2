"""Giving a task to somebody in particular, among those who may do it."""

from dataclasses import replace
from datetime import datetime

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from directory import access
from directory import people
from directory import principal
from edge import identity
from edge.permission import permission
from engine import tasks
from engine.models import Task
from web import names
from web.frame import HOME
from web.frame import go
from web.frame import page

blueprint = Blueprint("web_assigning", __name__)


@blueprint.get("/tareas/<id:task_id>/asignar")
@permission("task.assign")
def ask(task_id: int) -> Response:
    return _page(task_id)


@blueprint.post("/tareas/<id:task_id>/asignar")
@permission("task.assign")
def assign(task_id: int) -> Response:
    by, now = identity.current(), clock.now()
    person_id = request.form.get("person_id", type=int) or 0
    with transaction() as session:
        task = tasks.get(session, task_id, by=by)
        fitting = _fitting(session, task, now)
        if person_id in fitting:
            tasks.assign(session, task_id, person_id, by=by, now=now)
    if person_id not in fitting:
        return _page(task_id, {"person_id": ["Elija a quién asigna la tarea."]})
    flash(f"«{task.name}» quedó asignada a {fitting[person_id]}.", "success")
    return go(f"/tareas/{task_id}")


def _page(task_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    with reading() as session:
        task = tasks.get(session, task_id, by=identity.current())
        access.demand(identity.current(), "task.assign", tasks.subject_of(task))
        offered = _fitting(session, task, clock.now())
        holder = names.of_people(session, [task.assignee_id]).get(task.assignee_id or 0, "")
    return page(
        "task_assign.html", f"Asignar: {task.name}", crumbs=[HOME, (task.name, f"/tareas/{task_id}")], task=task,
        offered=list(offered.items()), holder=holder, problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip


def _fitting(session: Session, task: Task, now: datetime) -> dict[int, str]:
    """Id and name of who holds the role of the task there today, but for who has it."""
    if task.status != "open" or not task.role:
        return {}
    free = replace(tasks.subject_of(task), assignee_id=None)
    holders = [person for person in people.holders(session, task.role, now=now) if person.id != task.assignee_id]
    return {
        person.id: person.name
        for person in holders
        if access.allowed(principal.load(session, person.id, now=now), "task.complete", free)
    }
