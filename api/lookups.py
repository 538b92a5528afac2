"""Things found by what people call them, and seen only by whoever may."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import NotFound
from directory import access
from directory.principal import Principal
from tracking import products
from tracking import trace
from tracking import work_plans
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
