"""Advisories, each from the day on which it was given."""

from collections.abc import Iterable
from datetime import date
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.sources import Subject
from notifications.sources import source
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus

KIND = "advisory"
RECENT = timedelta(days=40)
"""Advisories given before are in the ledger already; those that are open are always listed."""


def label(day: date) -> str:
    """What an advisory of a day is called among what is owed."""
    return f"Asesoría del {day:%d/%m/%Y}"


@source("advisories", "Asesorías", about="advisory")
def advisories(session: Session, on: date) -> Iterable[Subject]:
    """Advisories given lately or not complete yet; annulled ones were never given."""
    region, entity, plan = (
        func.min(column) for column in (AdvisoryEntity.region_id, AdvisoryEntity.entity_id, AdvisoryEntity.plan_id)
    )
    statement: Any = (
        select(Advisory, region, entity, plan)
        .join(AdvisoryEntity, AdvisoryEntity.advisory_id == Advisory.id)
        .where(
            Advisory.status != AdvisoryStatus.ANNULLED,
            or_(Advisory.occurred_on >= on - RECENT, Advisory.status == AdvisoryStatus.OPEN),
        )
        .group_by(Advisory.id)
        .order_by(Advisory.id)
    )
    for row, region_id, entity_id, plan_id in session.execute(statement.execution_options(yield_per=1000)):
        yield Subject(
            kind=KIND, id=row.id, label=label(row.occurred_on), debtor_id=row.advisor_id,
            since=row.occurred_on, event_on=row.occurred_on, unit_id=row.unit_id, region_id=region_id,
            entity_id=entity_id, plan_id=plan_id,
        )  # fmt: skip
