"""Acciones preventivas, correctivas y de mejora: those of the plans in sight, with what they wait for."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import clock
from db import reading
from directory import entities
from directory import regions
from edge import identity
from edge import labels
from edge import names
from edge.exports import answering
from edge.exports.of_plans import ACTIONS
from edge.permission import permission
from engine.models import Task
from engine.models import TaskStatus
from tracking import corrective_list
from tracking.models import CorrectiveAction
from tracking.models import WorkPlan
from web.frame import HOME
from web.frame import chosen
from web.frame import number
from web.frame import page
from web.frame import paging
from web.frame import span

blueprint = Blueprint("web_corrective", __name__)

STATES = {**labels.ACTION, "overdue": "Abiertas y vencidas"}


@blueprint.get("/acciones-correctivas")
@permission("plan.read")
def listed() -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        departments = {row.code: row.name for row in entities.departments(session)}
    filters = _filters(departments)
    if answering.by_page():
        return answering.workbook(
            ACTIONS, lambda session, part: corrective_list.listing(session, by, filters, **part), filters, by=by
        )
    with reading() as session:
        found = corrective_list.listing(session, by, filters, cursor=request.args.get("desde", ""))
        whole = corrective_list.count(session, by, filters)
        offered = [(region.id, region.name) for region in regions.current(session)]
        values = _lookups(session, found.items)
    return page(
        "corrective.html", "Acciones correctivas", crumbs=[HOME], rows=found.items, whole=whole, filters=filters,
        states=STATES, kinds=labels.ACTION_KIND, regions=offered, departments=departments, now=now, **values,
        **paging(found.next_cursor),
    )  # fmt: skip


def _filters(departments: dict[str, str]) -> corrective_list.Filters:
    state = chosen("estado", STATES)
    since, until = span("vence_desde", "vence_hasta")
    return corrective_list.Filters(
        text=request.args.get("buscar", "").strip(),
        status="" if state == "overdue" else state,
        overdue_on=clock.local_date(clock.now()) if state == "overdue" else None,
        kind=chosen("tipo", labels.ACTION_KIND),
        region_id=number("region"),
        department_code=chosen("departamento", departments),
        since=since,
        until=until,
    )


def _lookups(session: Session, rows: list[CorrectiveAction]) -> dict[str, Any]:
    plans = {row.id: row for row in session.scalars(select(WorkPlan).where(WorkPlan.id.in_({r.plan_id for r in rows})))}
    cases = {row.instance_id for row in rows if row.instance_id is not None}
    waiting = select(Task).where(Task.instance_id.in_(cases), Task.status == TaskStatus.OPEN)
    waiting = waiting.options(joinedload(Task.instance))  # who takes part in its case decides whether it may be opened
    steps = {task.instance_id: task for task in session.scalars(waiting)} if cases else {}
    return {
        "plans": plans,
        "steps": steps,
        "entities": names.of_entities(session, [plan.entity_id for plan in plans.values()]),
        "products": names.of_products(session, [plan.product_id for plan in plans.values()]),
        "people": names.of_people(session, [task.assignee_id for task in steps.values()]),
    }
