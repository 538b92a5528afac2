"""Milestones that others reported and `by` may verify."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from directory.models import Entity
from directory.principal import Principal
from tracking import verification
from tracking.models import Product
from tracking.models import WorkPlan
from tracking.reviewing.rows import Kind
from tracking.reviewing.rows import Place
from tracking.reviewing.rows import Waiting

MILESTONES = "milestones"


def _rows(session: Session, by: Principal, text: str, *, after: Place, limit: int, now: datetime) -> Sequence[Waiting]:
    cursor, filters = paging.encoded(list(after)), verification.Filters(text=text)
    found = verification.listing(session, by, filters, limit=limit, cursor=cursor)
    about = _about(session, {row.plan_id for row in found.items})
    return [
        Waiting(
            MILESTONES, row.id, f"{row.number}. {row.name}", about[row.plan_id], f"/hitos/{row.id}?de=por-verificar",
            row.reported_at, row.reported_by,
        )
        for row in found.items
        if row.reported_at is not None
    ]  # fmt: skip


def _about(session: Session, plan_ids: set[int]) -> dict[int, str]:
    statement = (
        select(WorkPlan.id, Entity.name, Product.name)
        .join(Entity, Entity.id == WorkPlan.entity_id)
        .join(Product, Product.id == WorkPlan.product_id)
        .where(WorkPlan.id.in_(plan_ids))
    )
    return {plan_id: f"{entity} · {product}" for plan_id, entity, product in session.execute(statement)}


def _count(session: Session, by: Principal, most: int, now: datetime) -> int:
    return verification.count(session, by, most=most)


KINDS = (Kind(MILESTONES, "Hitos", _rows, _count),)
