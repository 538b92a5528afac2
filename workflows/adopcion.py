"""Adoption of a modification: each running plan takes it over or stays as it was, as long work in people's sight."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from engine import operations
from engine.models import Operation
from engine.operations import Batch
from engine.operations import operation as batch_of
from tracking import modifications
from tracking import products
from tracking import work_plans

ADOPT = "adopt_modification"
BATCH = 10  # few, so that a plan that somebody works on waits for a moment only


def begin(
    session: Session, modification_id: int, decisions: Mapping[int, bool], reason: str, *, cause: int | None = None,
    by: Actor, now: datetime,
) -> Operation | None:  # fmt: skip
    """Put down what was decided for each plan (id → whether it adopts); None when no plan runs.

    `cause` is the task with which it was decided.
    """
    if not decisions:
        return None
    product = products.get(session, modifications.get(session, modification_id).product_id)
    title = f"Decidir la adopción de la modificación de «{product.name}»"
    params = {
        "modification_id": modification_id,
        "plans": [[plan_id, adopts] for plan_id, adopts in sorted(decisions.items())],
        "reason": reason,
        "capacity": by.capacity,
        "on_behalf_of": by.on_behalf_of,
    }
    refs = {"product_id": product.id}
    total = len(decisions)
    return operations.begin(session, ADOPT, title, params, total, by=by, now=now, refs=refs, cause=cause)


@batch_of(ADOPT)
def decide_next_plans(session: Session, operation: Operation, *, by: Actor, now: datetime) -> Batch:
    """Do what was decided for the next plans; one that ended meanwhile is told apart, and nothing is done twice."""
    params = operation.params
    author = replace(by, capacity=params["capacity"], on_behalf_of=params["on_behalf_of"])
    chosen = params["plans"][operation.cursor : operation.cursor + BATCH]
    notes = []
    for plan_id, adopts in chosen:
        done = modifications.decide(
            session, params["modification_id"], plan_id, adopts=adopts, reason=params["reason"], by=author, now=now
        )
        if not done:
            plan = work_plans.get(session, plan_id)
            text = f"el plan de {plan.vigencia} terminó antes y quedó como estaba"
            notes.append({"kind": "ended", "entity_id": plan.entity_id, "text": text})
    cursor = operation.cursor + len(chosen)
    return Batch(cursor, done=len(chosen), notes=notes, over=cursor >= operation.total)
