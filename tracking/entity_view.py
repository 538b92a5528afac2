"""Everything done in an entity, in one time line. It belongs to the entity and survives whoever advises it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.history import HistoryRow
from directory import access
from directory import entities
from directory.principal import Principal
from tracking import advisories
from tracking import contacts
from tracking import work_plans
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import Product
from tracking.models import QuickContact
from tracking.models import WorkPlan

MAX_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `kind` is `plan`, `advisory` or `contact`, `id` its row."""

    at: datetime
    kind: str
    id: int
    summary: str
    actor_name: str = ""
    product_name: str = ""


def timeline(
    session: Session, by: Principal, entity_id: int, *, before: datetime | None = None, limit: int = 50
) -> list[Event]:
    """The newest events of an entity that `by` may read, at most `limit`; `before` goes on from an older one.

    Raises NotFound for the entity.
    """
    entities.get(session, entity_id)
    limit = min(limit, MAX_EVENTS)
    events = [
        *_of_plans(session, by, entity_id, before, limit),
        *_of_advisories(session, by, entity_id, before, limit),
        *_of_contacts(session, by, entity_id, before, limit),
    ]
    return sorted(events, key=lambda event: (event.at, event.kind, event.id), reverse=True)[:limit]


def _of_plans(session: Session, by: Principal, entity_id: int, before: datetime | None, limit: int) -> Iterator[Event]:
    columns: tuple[Any, ...] = (WorkPlan.id, Product.name)
    mine = work_plans.matching(select(*columns), work_plans.Filters(entity_id=entity_id))
    plans = {row.id: row.name for row in session.execute(access.visible(mine, by, "plan.read", work_plans.SCOPE))}
    statement = select(HistoryRow).where(HistoryRow.subject_kind == "work_plan", HistoryRow.subject_id.in_(plans))
    if before is not None:
        statement = statement.where(HistoryRow.at < before)
    for row in session.scalars(statement.order_by(HistoryRow.at.desc(), HistoryRow.id.desc()).limit(limit)):
        yield Event(row.at, "plan", row.subject_id, row.summary, row.actor_name, plans[row.subject_id])


def _of_advisories(
    session: Session, by: Principal, entity_id: int, before: datetime | None, limit: int
) -> Iterator[Event]:
    statement = (
        select(Advisory)
        .join(AdvisoryEntity, AdvisoryEntity.advisory_id == Advisory.id)
        .where(AdvisoryEntity.entity_id == entity_id, Advisory.status != AdvisoryStatus.ANNULLED)
    )
    if before is not None:
        statement = statement.where(Advisory.registered_at < before)
    seen = access.visible(statement, by, "plan.read", advisories.SCOPE)
    for row in session.scalars(seen.order_by(Advisory.registered_at.desc()).limit(limit)):
        yield Event(row.registered_at, "advisory", row.id, row.summary)


def _of_contacts(
    session: Session, by: Principal, entity_id: int, before: datetime | None, limit: int
) -> Iterator[Event]:
    statement = select(QuickContact).where(QuickContact.entity_id == entity_id, QuickContact.annulled_at.is_(None))
    if before is not None:
        statement = statement.where(QuickContact.registered_at < before)
    seen = access.visible(statement, by, "plan.read", contacts.SCOPE)
    for row in session.scalars(seen.order_by(QuickContact.registered_at.desc()).limit(limit)):
        yield Event(row.registered_at, "contact", row.id, f"{contacts.CHANNELS[row.channel]}: {row.topic}")
