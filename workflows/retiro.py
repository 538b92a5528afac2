"""The orderly end of the work plans of a withdrawn product: each is cancelled with the reason, in batches."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from engine import operations
from engine.models import Operation
from engine.operations import Batch
from engine.operations import operation as batch_of
from tracking import following
from tracking import life
from tracking import trace
from tracking import work_plans
from tracking.models import Product

CANCEL_PLANS = "cancel_plans"
BATCH = 50


def begin(session: Session, product: Product, *, by: Actor, now: datetime) -> None:
    """Put down the cancelling of the running plans of `product`, if there are any."""
    plan_ids = work_plans.running(session, product.id)
    if not plan_ids:
        return
    title = f"Cerrar los planes de trabajo de «{product.name}»"
    params = {"plan_ids": plan_ids, "reason": f"Producto retirado: {product.withdrawal_reason}"}
    refs = {"product_id": product.id}
    operations.begin(session, CANCEL_PLANS, title, params, len(plan_ids), by=by, now=now, refs=refs)


@batch_of(CANCEL_PLANS)
def cancel_next_plans(session: Session, operation: Operation, *, by: Actor, now: datetime) -> Batch:
    """Cancel the next plans and their procedures; those that ended meanwhile are left as they are."""
    chosen = operation.params["plan_ids"][operation.cursor : operation.cursor + BATCH]
    following.hold_cases(session, chosen)
    for plan_id in chosen:
        plan = trace.plan(session, plan_id)
        if plan.status not in trace.RUNNING:
            continue
        life.end_plan(session, plan_id, operation.params["reason"], by=by, now=now)
    cursor = operation.cursor + len(chosen)
    return Batch(cursor, done=len(chosen), over=cursor >= operation.total)
