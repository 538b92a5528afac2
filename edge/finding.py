"""Finding what an address names, for somebody who may read it or do something with it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import NotAllowed
from db.errors import NotFound
from directory import access
from directory.principal import Principal
from tracking import advisories
from tracking import advisory_places
from tracking import corrective_actions
from tracking import products
from tracking import strategies
from tracking import support
from tracking import trace
from tracking import work_plans
from tracking.models import Advisory
from tracking.models import CorrectiveAction
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import Strategy
from tracking.models import SupportRequest
from tracking.models import WorkPlan


def product(session: Session, code: str, by: Principal, action: str = "product.read") -> Product:
    """The product with this code, if `by` may do `action` on it. Raises NotFound, NotAllowed."""
    row = session.scalars(select(Product).where(Product.code == code)).one_or_none()
    if row is None:
        raise NotFound("el producto", code)
    access.demand(by, action, products.subject(row))
    return row


def code_of(session: Session, product_id: int, by: Principal) -> str:
    """The code of a product, if `by` may read it. Raises NotFound, NotAllowed."""
    row = products.get(session, product_id)
    access.demand(by, "product.read", products.subject(row))
    return row.code


def strategy(session: Session, strategy_id: int, by: Principal, action: str = "strategy.read") -> Strategy:
    """The strategy, if `by` may do `action` on it. Raises NotFound, NotAllowed."""
    row = strategies.get(session, strategy_id)
    access.demand(by, action, strategies.subject(row))
    return row


def plan(session: Session, plan_id: int, by: Principal, action: str = "plan.read") -> WorkPlan:
    """The work plan, if `by` may do `action` on it. Raises NotFound, NotAllowed."""
    row = work_plans.get(session, plan_id)
    access.demand(by, action, trace.scope_of_plan(session, row))
    return row


def milestone(session: Session, milestone_id: int, by: Principal) -> PlanMilestone:
    """The milestone of a plan. Raises NotFound, NotAllowed."""
    row = session.get(PlanMilestone, milestone_id)
    if row is None:
        raise NotFound("el hito", milestone_id)
    plan(session, row.plan_id, by=by)
    return row


def corrective_action(session: Session, action_id: int, by: Principal) -> CorrectiveAction:
    """The action, for whoever may read its plan. Raises NotFound, NotAllowed."""
    row = corrective_actions.get(session, action_id)
    plan(session, row.plan_id, by=by)
    return row


def support_request(session: Session, request_id: int, by: Principal) -> SupportRequest:
    """The request for an expert, for whoever may read its plan, with what they are shown of it.

    Raises NotFound, NotAllowed.
    """
    row = support.get(session, request_id)
    plan(session, row.plan_id, by=by)
    support.narrow([row], by=by)
    return row


def advisory(session: Session, advisory_id: int, by: Principal) -> Advisory:
    """The advisory, for whoever may read one of the places where it was given, with what they are shown of it.

    Raises NotFound, NotAllowed.
    """
    row = advisories.get(session, advisory_id)
    if not advisory_places.readable(session, row, by=by):
        raise NotAllowed("Usted no tiene permiso para ver esta asesoría.", action="plan.read", hidden=True)
    advisory_places.narrow(session, [row], by=by)
    return row
