"""Things found by what people call them, and seen only by whoever may."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import NotAllowed
from db.errors import NotFound
from directory import access
from directory.principal import Principal
from tracking import advisories
from tracking import advisory_parts
from tracking import corrective_actions
from tracking import products
from tracking import trace
from tracking import work_plans
from tracking.models.advisories import Advisory
from tracking.models.follow_up import CorrectiveAction
from tracking.models.milestones import PlanMilestone
from tracking.models.plans import WorkPlan
from tracking.models.products import Product


def product(session: Session, code: str, *, by: Principal) -> Product:
    """The product with this code. Raises NotFound, NotAllowed."""
    row = session.scalars(select(Product).where(Product.code == code)).one_or_none()
    if row is None:
        raise NotFound("el producto", code)
    access.demand(by, "product.read", products.subject(row))
    return row


def plan(session: Session, plan_id: int, *, by: Principal) -> WorkPlan:
    """The work plan. Raises NotFound, NotAllowed."""
    row = work_plans.get(session, plan_id)
    access.demand(by, "plan.read", trace.scope_of_plan(session, row))
    return row


def milestone(session: Session, milestone_id: int, *, by: Principal) -> PlanMilestone:
    """The milestone of a plan. Raises NotFound, NotAllowed."""
    row = session.get(PlanMilestone, milestone_id)
    if row is None:
        raise NotFound("el hito", milestone_id)
    plan(session, row.plan_id, by=by)
    return row


def corrective_action(session: Session, action_id: int, *, by: Principal) -> CorrectiveAction:
    """The action, for whoever may read its plan. Raises NotFound, NotAllowed."""
    row = corrective_actions.get(session, action_id)
    plan(session, row.plan_id, by=by)
    return row


def advisory(session: Session, advisory_id: int, *, by: Principal) -> Advisory:
    """The advisory, for whoever may read one of the places where it was given. Raises NotFound, NotAllowed."""
    row = advisories.get(session, advisory_id)
    places = [place.subject(row.advisor_id) for place in advisory_parts.places_of(session, row.id)]
    if not any(access.allowed(by, "plan.read", place) for place in places):
        raise NotAllowed("Usted no tiene permiso para ver esta asesoría.", action="plan.read")
    return row
