"""Reparar un trámite: what it waits for, what failed in it, and the acts that set it going, each with its reason."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import invariants
from db import reading
from db import transaction
from db.errors import DefinitionError
from db.errors import InvalidData
from directory import access
from directory.principal import Principal
from edge import identity
from edge import names
from edge.permission import permission
from edge.steps import settle
from engine import assignable
from engine import incidents
from engine import instances
from engine import repairs
from engine import tasks
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Task
from engine.models import TaskStatus
from engine.repairs import Waiting
from tracking.models import Product
from web import at_hand
from web import picking
from web.frame import HOME
from web.frame import Link
from web.frame import go
from web.frame import page
from web.incidents import LIST
from web.incidents import STATUS

blueprint = Blueprint("web_repairs", __name__)

STATES = {"open": "Abierto", "completed": "Terminado", "cancelled": "Cancelado"}
KINDS = {"task": "Espera a una persona", "service": "Paso automático", "timer": "Espera una fecha"}
ALTERED = (
    "Lo guardado de este trámite se alteró por fuera del sistema y no se puede reparar desde aquí. Pida a quien opera "
    "el servidor que lo recupere de un respaldo."
)

Errors = dict[str, list[str]]


@blueprint.get("/incidentes/tramites/<id:instance_id>")
@permission("incident.read")
def show(instance_id: int) -> Response:
    return _page(instance_id)


@blueprint.post("/incidentes/tramites/<id:instance_id>/reinicio")
@permission("step.restart")
def restart(instance_id: int) -> Response:
    def act(session: Session, reason: str, by: Principal, now: datetime) -> str:
        work_id = request.form.get("work", "")
        one = repairs.restart(session, instance_id, work_id, reason, by=by, now=now)
        return f"El paso «{one.name}» se reinició."

    return _done(instance_id, "restart", act)


@blueprint.post("/incidentes/tramites/<id:instance_id>/reasignacion")
@permission("task.assign")
def reassign(instance_id: int) -> Response:
    if picking.asked():
        return _page(instance_id)

    def act(session: Session, reason: str, by: Principal, now: datetime) -> str:
        task_id, person_id = (request.form.get(name, type=int) or 0 for name in ("task", "person_id"))
        task = repairs.reassign(session, task_id, person_id, reason, by=by, now=now)
        return f"«{task.name}» cambió de manos."

    return _done(instance_id, "reassign", act)


@blueprint.post("/incidentes/tramites/<id:instance_id>/terminacion")
@permission("instance.cancel")
def cancel(instance_id: int) -> Response:
    def act(session: Session, reason: str, by: Principal, now: datetime) -> str:
        repairs.cancel(session, instance_id, reason, by=by, now=now)
        return "El trámite terminó."

    return _done(instance_id, "cancel", act)


Act = Callable[[Session, str, Principal, datetime], str]


def _done(instance_id: int, name: str, act: Act) -> Response:
    """Do an act with the reason that was written, then what the process does by itself."""
    try:
        with transaction() as session:
            said = act(session, request.form.get(f"{name}-reason", ""), identity.current(), clock.now())
    except InvalidData as error:
        return _page(instance_id, {f"{name}-{field}": texts for field, texts in error.errors.items()})
    settle(instance_id)
    flash(said, "success")
    return go(f"/incidentes/tramites/{instance_id}")


def _page(instance_id: int, problems: Errors | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        instance = incidents.demand_seeing(session, instance_id, by=by)
        waiting, altered = _waiting(session, instance_id)
        failed = incidents.of_instance(session, instance_id)
        people = names.of_people(session, [one.task.assignee_id for one in waiting if one.task])
        task = _reassignable(session, waiting, by)
        picker = _picker(session, task, now) if task else None
        values = {
            "steps": incidents.steps(session, failed),
            "broken": invariants.of_instance(session, instance_id), "acts": repairs.acts(session, instance_id),
            "elsewhere": _ends_elsewhere(session, instance, by), "may_cancel": _may_cancel(instance, by),
        }  # fmt: skip
    return page(
        "repair.html", f"Reparar: {instance.title}", crumbs=[HOME, LIST], instance=instance, waiting=waiting,
        altered=altered, failed=failed, people=people, offered=picker, task=task, problems=problems or {}, kinds=KINDS,
        states=STATES, statuses=STATUS, code=422 if problems else 200, **values,
    )  # fmt: skip


def _waiting(session: Session, instance_id: int) -> tuple[list[Waiting], str]:
    """What the case waits for; or why that cannot be read."""
    try:
        return repairs.waiting(session, instance_id), ""
    except DefinitionError:
        return [], ALTERED


def _reassignable(session: Session, waiting: list[Waiting], by: Principal) -> Task | None:
    """The task whose hands `by` may change: the one that was chosen, else the first."""
    open_rows = [one.task for one in waiting if one.task is not None and one.task.status == TaskStatus.OPEN]
    if not access.may(by, "task.assign") or not open_rows:
        return None
    open_tasks = {row.id: row for row in tasks.open_of(session, open_rows[0].instance_id)}
    chosen = request.values.get("task", type=int) or open_rows[0].id
    row = open_tasks.get(chosen, open_tasks[open_rows[0].id])
    return row if access.allowed(by, "task.assign", tasks.subject_of(row)) else None


def _picker(session: Session, task: Task, now: datetime) -> picking.Picker:
    offered = at_hand.marked(session, assignable.fitting(session, [task], now=now).items(), clock.local_date(now))
    return picking.picker("person_id", offered, request.form.get("person_id", ""))


def _may_cancel(instance: Instance, by: Principal) -> bool:
    place = instances.place_of(instance)
    open_alone = instance.status == InstanceStatus.OPEN and repairs.ends_alone(instance.refs)
    return open_alone and access.allowed(by, "instance.cancel", place) is not None


def _ends_elsewhere(session: Session, instance: Instance, by: Principal) -> Link | None:
    """The page of what the case is about, with which it ends, for whoever may open it."""
    plan_id, product_id = instance.refs.get("plan_id"), instance.refs.get("product_id")
    if plan_id and access.may(by, "plan.read"):
        return Link("Abrir el plan de trabajo", f"/planes/{plan_id}")
    product = session.get(Product, product_id) if product_id and access.may(by, "product.read") else None
    return Link("Abrir el producto", f"/productos/{product.code}") if product else None
