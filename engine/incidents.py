"""Incidents: failures of service tasks, listed and retried."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.errors import Conflict
from db.errors import NotFound
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory.principal import Principal
from engine.instances import subject
from engine.models import Incident
from engine.models import IncidentStatus


def listed(
    session: Session, *, status: str = IncidentStatus.OPEN, limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[Incident]:
    """Incidents, newest first; an empty status lists all."""
    statement = select(Incident)
    if status:
        statement = statement.where(Incident.status == status)
    return page(session, statement, [Key(Incident.id, descending=True)], limit=limit, cursor=cursor)


def get(session: Session, incident_id: int) -> Incident:
    """The incident. Raises NotFound."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound("el incidente", incident_id)
    return incident


def retry(session: Session, incident_id: int, *, by: Principal, now: datetime) -> int:
    """Have an incident tried again at once. Returns the instance to settle. Raises Conflict when it was resolved."""
    actor = access.demand(by, "incident.retry")
    incident = get(session, incident_id)
    if incident.status != IncidentStatus.OPEN:
        raise Conflict("El incidente ya se resolvió.", code="resolved")
    incident.retry_at = now
    history.record(
        session, subject(incident.instance_id), "incident.retried", by=actor, now=now, element=incident.element,
        summary="Pidió intentar de nuevo un paso automático.", details={"incident": incident.id},
    )  # fmt: skip
    return incident.instance_id
