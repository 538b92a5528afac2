"""Who may read the files of plans and advisories: whoever may read these."""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.history import Subject
from directory import access
from directory.attachments import reads
from directory.attachments import use
from directory.attachments import withholds
from directory.principal import Principal
from tracking import advisory_places
from tracking import products
from tracking import trace
from tracking.models import Advisory
from tracking.models import Product
from tracking.models import WorkPlan


def of_plan(session: Session, plan_id: int, tokens: Iterable[str], *, now: datetime) -> None:
    """Keep that a plan uses these files: as evidence of a milestone, of a consent, of a corrective action."""
    use(session, tokens, Subject("work_plan", plan_id), now=now)


def of_product(session: Session, product_id: int, tokens: Iterable[str], *, now: datetime) -> None:
    """Keep that a product uses these files: as evidence of what its indicators were measured to be."""
    use(session, tokens, Subject("product", product_id), now=now)


def of_advisory(session: Session, row: Advisory, *, now: datetime) -> None:
    """Keep that an advisory uses its minutes and its attendance list."""
    tokens = [token for token in (row.minutes_file, row.attendance_file) if token]
    use(session, tokens, Subject("advisory", row.id), now=now)


@reads("work_plan")
def _of_plans(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    rows = session.scalars(select(WorkPlan).where(WorkPlan.id.in_(ids)))
    return any(access.allowed(by, "plan.read", trace.scope_of_plan(session, row)) for row in rows)


@reads("product")
def _of_products(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    rows = session.scalars(select(Product).where(Product.id.in_(ids)))
    return any(access.allowed(by, "product.read", products.subject(row)) for row in rows)


@reads("advisory")
def _of_advisories(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    rows = session.scalars(select(Advisory).where(Advisory.id.in_(ids)))
    return any(_whole(session, row, by) for row in rows)


@withholds("advisory")
def _joint(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    """The papers of a joint advisory stay closed to the contact of one entity, also as evidence of its milestones."""
    if not advisory_places.outside(by):
        return False
    rows = session.scalars(select(Advisory).where(Advisory.id.in_(ids)))
    return not all(_whole(session, row, by) for row in rows)


def _whole(session: Session, row: Advisory, by: Principal) -> bool:
    """The papers of a joint advisory are about all its entities: for whoever sees it whole."""
    at = advisory_places.of_advisory(session, row.id)
    return not advisory_places.partly(row, at, by=by) and advisory_places.readable(session, row, by=by)
