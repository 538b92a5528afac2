"""Stage 3, activation: one procedure per focalised entity, opened as long work that people can watch."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.errors import Conflict
from engine import instances
from engine import operations
from engine.context import Context
from engine.models import Operation
from engine.operations import Batch
from engine.operations import operation as batch_of
from tracking import life
from tracking import products
from tracking import work_plans
from tracking.models import ProductStage
from workflows import arrival
from workflows import development
from workflows import stages

START_PLANS = "start_plans"
BATCH = 50


def start_work_plans(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Put down the opening of a work plan, with its procedure, for every focalised entity."""
    product = products.get(session, context.ref("product_id"))
    answers = context.answers("Activity_ActivarLlegada")
    begin_plans(session, product.id, int(answers["year"]), cause=context.cause, by=by, now=now)


def begin_plans(
    session: Session, product_id: int, year: int, *, cause: int | None = None, by: Actor, now: datetime
) -> Operation:
    """Begin the opening of the plans of `year` for the product's focalised entities; `cause` is the task behind it."""
    product = products.get(session, product_id)
    entity_ids = products.entities_of(session, product_id)
    title = f"Abrir los planes de trabajo de «{product.name}»"
    params = {"product_id": product_id, "year": year, "entity_ids": entity_ids}
    refs = {"product_id": product_id}
    total = len(entity_ids)
    return operations.begin(session, START_PLANS, title, params, total, by=by, now=now, refs=refs, cause=cause)


@batch_of(START_PLANS)
def open_next_plans(session: Session, operation: Operation, *, by: Actor, now: datetime) -> Batch:
    """Open the next plans and start their procedures; what exists already is left as it is."""
    product = products.get(session, int(operation.params["product_id"]))
    chosen = operation.params["entity_ids"][operation.cursor : operation.cursor + BATCH]
    opened = work_plans.open_many(session, product.id, chosen, int(operation.params["year"]), by=by, now=now)
    cases = [(life.plan_key(product, plan), life.plan_links(session, plan, product)) for plan in opened]
    started = {
        instance.refs["plan_id"]: instance.id
        for instance in instances.start_many(session, life.PROCEDURE, cases, by=by, now=now)
    }
    for plan in opened:
        plan.instance_id = started.get(plan.id, plan.instance_id)
    session.flush()
    notes = [
        {"kind": "without_advisor", "entity_id": plan.entity_id, "text": f"{links.title}: sin asesor"}
        for plan, (_, links) in zip(opened, cases, strict=True)
        if plan.advisor_id is None
    ]
    cursor = operation.cursor + len(chosen)
    return Batch(cursor, done=len(chosen), notes=notes, over=cursor >= operation.total)


def demand_plans_ended(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """The operation of a product ends when its procedures have ended: nobody is left halfway."""
    opening = operations.unfinished(session, START_PLANS, ("product_id", context.ref("product_id")))
    if opening is not None:
        message = f"Todavía no se han abierto todos los planes de trabajo ({opening.done} de {opening.total})."
        raise Conflict(f"{message} Espere a que termine la operación, o reanúdela si se detuvo.", code="not-yet")
    running = len(work_plans.running(session, context.ref("product_id")))
    if running:
        message = f"Quedan {running} planes de trabajo en curso. Ciérrelos o cancélelos antes de terminar la operación."
        raise Conflict(message, code="not-yet")


HANDLERS = {
    "tracking.enter_stage_activation": stages.enter(ProductStage.ACTIVATION),
    "tracking.start_work_plans": start_work_plans,
}
PREFILLS = {"vigencia": arrival.vigencia, "development_figures": development.figures}
DOUBTS = {"activacion_territorio": arrival.doubts}
CONSEQUENCES = {"activacion_territorio": arrival.foreseen, "desarrollo_asistencia": development.foreseen}
CHECKS = {"desarrollo_asistencia": demand_plans_ended}
