"""Plans of entities that a modification took out of the focalisation: each is ended, or kept on purpose.

Taking an entity out ends nothing by itself: the plan goes on, and is listed until somebody decides (docs/adr/0009).
"""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import Conflict
from directory.principal import Principal
from tracking import trace
from tracking.models import ProductEntity
from tracking.models import WorkPlan


def undecided() -> ColumnElement[bool]:
    """Of running plans: their entity was taken out, and nobody has kept them on purpose since."""
    removed = select(ProductEntity.entity_id).where(
        ProductEntity.product_id == WorkPlan.product_id,
        ProductEntity.entity_id == WorkPlan.entity_id,
        ProductEntity.removed_at.is_not(None),
        or_(WorkPlan.kept_at.is_(None), WorkPlan.kept_at < ProductEntity.removed_at),
    )
    return WorkPlan.status.in_(trace.RUNNING) & removed.exists()


def waits(session: Session, plan_id: int) -> bool:
    """Whether it is still to be decided if this plan ends or goes on."""
    return session.scalar(select(WorkPlan.id).where(WorkPlan.id == plan_id, undecided())) is not None


def keep(session: Session, plan_id: int, reason: str, *, by: Principal, now: datetime) -> WorkPlan:
    """Let a plan go on although its entity was taken out.

    Raises NotFound, NotAllowed without `plan.cancel` there, InvalidData (`reason`), and Conflict when the plan ended or
    there is nothing to decide.
    """
    plan, actor = trace.turning(session, plan_id, by, "plan.cancel")
    reason = trace.reasoned(reason, "Escriba por qué se mantiene el plan.")
    if not waits(session, plan_id):
        raise Conflict("La entidad de este plan sigue focalizada, o ya se decidió mantenerlo.", code="focalised")
    plan.kept_at = now
    session.flush()
    summary = "Mantuvo el plan aunque la entidad ya no está focalizada."
    trace.record(session, plan, "plan.kept", summary, by=actor, now=now, reason=reason)
    return plan
