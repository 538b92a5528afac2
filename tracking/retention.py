"""How long it is kept who attended an advisory: people of other entities, whose data serve the assistance alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.clock import local_date
from db.retention import BATCH
from db.retention import MONTHS
from db.retention import term
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryPerson
from tracking.models import WorkPlan

KEY = "attendee_months"
FORGOTTEN = "Asistente"
"""What stands in the place of a name: somebody attended, of an entity and in a post."""


def _due(limit: datetime) -> Select[Any]:
    """Attendees of advisories all of whose plans ended before `limit`; without a plan, given before it."""
    of_it = and_(AdvisoryEntity.advisory_id == Advisory.id, WorkPlan.id == AdvisoryEntity.plan_id)
    planned = exists().where(of_it)
    goes_on = exists().where(of_it, or_(WorkPlan.closed_at.is_(None), WorkPlan.closed_at >= limit))
    over = or_(planned, Advisory.occurred_on < local_date(limit))
    return (
        select(AdvisoryPerson.id)
        .join(Advisory, Advisory.id == AdvisoryPerson.advisory_id)
        .where(AdvisoryPerson.forgotten_at.is_(None), Advisory.registered_at < limit, over, ~goes_on)
    )


@term(
    KEY, "Quiénes asistieron a asesorías de planes que terminaron",
    becomes="Se borran su nombre, correo y teléfono; quedan su cargo, su entidad y cuántos fueron. Los listados "
    "adjuntos no cambian: los rige la tabla de retención documental.",
    unit=MONTHS, default=0, least=0, most=600, due=_due,
)  # fmt: skip
def forget(session: Session, limit: datetime, now: datetime) -> int:
    """Make some attendees unknown: their name, mail and telephone go, their row stays. Returns of how many."""
    ids = session.scalars(_due(limit).order_by(AdvisoryPerson.id).limit(BATCH)).all()
    unknown = {"name": FORGOTTEN, "email": "", "phone": "", "forgotten_at": now}
    session.execute(update(AdvisoryPerson).where(AdvisoryPerson.id.in_(ids)).values(**unknown))
    return len(ids)
