"""Giving tasks to somebody in particular, among those who may do them; where nobody may, the ways that are left."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.paging import MAX_LIMIT
from directory import access
from directory.models import Entity
from directory.principal import Principal
from edge import identity
from edge import names
from edge.permission import permission
from edge.words import counted
from engine import assignable
from engine import completable
from engine import personal
from engine import tasks
from engine.models import Task
from tracking import trace
from tracking.models import WorkPlan
from web import at_hand
from web import picking
from web.frame import HOME
from web.frame import Link
from web.frame import go
from web.frame import page
from web.team import asked

blueprint = Blueprint("web_assigning", __name__)

TEAM = ("Tareas del equipo", "/tareas-del-equipo")
MOST = 200
"""So many tasks are given at once: each in a transaction of its own."""
"""So many tasks are given at once."""


@blueprint.get("/tareas/<id:task_id>/asignar")
@permission("task.assign")
def ask(task_id: int) -> Response:
    return _page(task_id)


@blueprint.post("/tareas/<id:task_id>/asignar")
@permission("task.assign")
def assign(task_id: int) -> Response:
    by, now = identity.current(), clock.now()
    if picking.asked():
        return _page(task_id)
    person_id = request.form.get("person_id", type=int) or 0
    with transaction() as session:
        task = tasks.get(session, task_id, by=by)
        fitting = assignable.fitting(session, [task], now=now)
        doubts = _doubts(session, person_id, fitting, now)
        if person_id in fitting and not doubts:
            tasks.assign(session, task_id, person_id, by=by, now=now)
    if person_id not in fitting:
        return _page(task_id, {"person_id": ["Elija a quién asigna la tarea."]})
    if doubts:
        return _page(task_id, {"confirmed": doubts})
    flash(f"«{task.name}» quedó asignada a {fitting[person_id]}.", "success")
    return go(f"/tareas/{task_id}")


@blueprint.get("/tareas-del-equipo/asignar")
@permission("task.assign")
def ask_many() -> Response:
    if "todas" not in request.args:
        return _page_of_many(_chosen(request.args.getlist("tarea")))
    chosen = _fitting_all()
    if len(chosen) <= MOST:
        return _page_of_many(chosen)
    flash(f"Cumplen el filtro más de {MOST} tareas que puede hacer otra persona. Acótelo: de una vez se asignan hasta "
          f"{MOST}.", "warning")  # fmt: skip
    return go(f"{TEAM[1]}?{urlencode([(name, value) for name, value in request.args.items() if name != 'todas'])}")


@blueprint.post("/tareas-del-equipo/asignar")
@permission("task.assign")
def assign_many() -> Response:
    """Give the chosen tasks to somebody, one by one: what cannot be given is said, and the others are."""
    by, now, chosen = identity.current(), clock.now(), _chosen(request.form.getlist("tarea"))
    if picking.asked():
        return _page_of_many(chosen)
    person_id = request.form.get("person_id", type=int) or 0
    with reading() as session:
        fitting = assignable.fitting(session, _found(session, chosen, by), now=now)
        doubts = _doubts(session, person_id, fitting, now)
    if person_id not in fitting:
        return _page_of_many(chosen, {"person_id": ["Elija a quién asigna las tareas."]})
    if doubts:
        return _page_of_many(chosen, {"confirmed": doubts})
    given = sum(_given(task_id, person_id, by, now) for task_id in chosen)
    if given:
        quedan = counted(given, "tarea quedó asignada", "tareas quedaron asignadas")
        flash(f"{quedan} a {fitting[person_id]}.", "success")
    return go(TEAM[1])


def _fitting_all() -> list[int]:
    """The tasks that the filters in the address give and that somebody else could do; no more than MOST + 1."""
    by, now, cursor = identity.current(), clock.now(), ""
    found: list[int] = []
    with reading() as session:
        while len(found) <= MOST:
            part = assignable.listed(session, by, asked(), now=now, limit=MAX_LIMIT, cursor=cursor)
            kept = assignable.givable(session, part.items, now=now)
            kept -= completable.about_own(session, by, "task.assign", kept)
            found += [task.id for task in part.items if task.id in kept]
            cursor = part.next_cursor
            if not cursor:
                break
    return found[: MOST + 1]


def _chosen(typed: Sequence[str]) -> list[int]:
    return sorted({int(one) for one in typed if one.isascii() and one.isdigit() and len(one) <= 18})[:MOST]


def _found(session: Session, chosen: Sequence[int], by: Principal) -> list[Task]:
    """The tasks, each of which `by` may assign. Raises NotFound, NotAllowed."""
    found = [tasks.get(session, task_id, by=by) for task_id in chosen]
    for task in found:
        tasks.demand_assigning(session, task, by)
    return [task for task in found if task.status == "open"]


def _given(task_id: int, person_id: int, by: Principal, now: datetime) -> bool:
    try:
        with transaction() as session:
            if tasks.get(session, task_id, by=by).assignee_id != person_id:
                tasks.assign(session, task_id, person_id, by=by, now=now)
    except Conflict as error:
        flash(error.message, "warning")
        return False
    except InvalidData as error:
        flash(" ".join(text for texts in error.errors.values() for text in texts), "warning")
        return False
    return True


def _page(task_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        tasks.demand_assigning(session, task, by)
        picker = _picker(session, assignable.fitting(session, [task], now=now), now)
        holder = names.of_people(session, [task.assignee_id]).get(task.assignee_id or 0, "")
        ways = _ways_out(session, [task], by)
    return page(
        "task_assign.html", f"Asignar: {task.name}", crumbs=[HOME, (task.name, f"/tareas/{task_id}")], task=task,
        personal=personal.is_one(task), offered=picker,
        holder=holder, ways=ways, problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip


def _page_of_many(chosen: Sequence[int], problems: dict[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        rows = _found(session, chosen, by)
        picker = _picker(session, assignable.fitting(session, rows, now=now), now)
        holders = names.of_people(session, [task.assignee_id for task in rows])
        ways = _ways_out(session, rows, by)
    return page(
        "team_assign.html", "Asignar varias tareas", crumbs=[HOME, TEAM], rows=rows, offered=picker, people=holders,
        ways=ways, problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip


def _doubts(session: Session, person_id: int, fitting: dict[int, str], now: datetime) -> list[str]:
    """What is confirmed before a task is given to somebody who would not see it; nothing once it is, for them."""
    if person_id not in fitting or request.form.get("confirmed") == str(person_id):
        return []
    return at_hand.doubts(session, person_id, fitting[person_id], clock.local_date(now))


def _picker(session: Session, fitting: dict[int, str], now: datetime) -> picking.Picker:
    offered = at_hand.marked(session, fitting.items(), clock.local_date(now))
    return picking.picker("person_id", offered, request.form.get("person_id", ""))


def _ways_out(session: Session, rows: Sequence[Task], by: Principal) -> list[Link]:
    """What gives work to somebody who lacks the role: passing the plan of a task, or changing who covers its entity."""
    ways: dict[str, Link] = {}
    for task in rows:
        plan_id = task.instance.refs.get("plan_id")
        plan = session.get(WorkPlan, plan_id) if isinstance(plan_id, int) else None
        if plan is None:
            continue
        where = session.get_one(Entity, plan.entity_id)
        if access.allowed(by, "plan.transfer", trace.scope_of_plan(session, plan)):
            label = f"Pasar el plan de {where.name} a otra persona, con todas sus tareas"
            ways[f"plan-{plan.id}"] = Link(label, f"/planes/{plan.id}/traspaso")
        if access.may(by, "coverage.manage"):
            label = f"Cambiar quién acompaña {where.name}"
            ways[f"entity-{where.id}"] = Link(label, f"/cobertura?departamento={where.department_code}")
    return list(ways.values())
