"""Incidents: failures of service tasks, listed and retried, by whoever sees the place of their case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import history
from db.errors import Conflict
from db.errors import NotFound
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory.access import ScopeColumns
from directory.principal import Principal
from directory.searching import holding
from engine import definitions
from engine import instances
from engine import state
from engine.instances import subject
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import Instance

PLACE = ScopeColumns(unit_id=Instance.unit_id, entity_id=Instance.entity_id, region_id=Instance.region_id)


def listed(
    session: Session, *, by: Principal | None = None, status: str = IncidentStatus.OPEN, text: str = "",
    limit: int = DEFAULT_LIMIT, cursor: str = "",
) -> Page[Incident]:  # fmt: skip
    """Incidents, newest first; an empty status lists all.

    Those that `by` may see, when it is given, and of which every word of `text` stands in the name of the case, the
    step, the service, or what was said.
    """
    statement = _narrowed(select(Incident), by, status, text)
    return page(session, statement, [Key(Incident.id, descending=True)], limit=limit, cursor=cursor)


def matching(session: Session, *, by: Principal, text: str = "", limit: int) -> list[int]:
    """Ids of the open incidents that `listed` gives, at most `limit` of them, the oldest first."""
    statement = _narrowed(select(Incident.id), by, IncidentStatus.OPEN, text)
    return list(session.scalars(statement.order_by(Incident.id).limit(limit)))


def get(session: Session, incident_id: int, *, by: Principal | None = None) -> Incident:
    """The incident. Raises NotFound, and NotAllowed when `by` is given and does not see the place of its case."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound("el incidente", incident_id)
    if by is not None:
        demand_seeing(session, incident.instance_id, by=by)
    return incident


def demand_seeing(session: Session, instance_id: int, *, by: Principal) -> Instance:
    """The case, for whoever sees what fails in its place. Raises NotFound, NotAllowed."""
    instance = instances.get(session, instance_id)
    access.demand(by, "incident.read", instances.place_of(instance))
    return instance


def of_instance(session: Session, instance_id: int) -> list[Incident]:
    """Everything that failed in a case, the newest first."""
    statement = select(Incident).where(Incident.instance_id == instance_id).order_by(Incident.id.desc())
    return list(session.scalars(statement))


def steps(session: Session, rows: Sequence[Incident]) -> dict[int, str]:
    """What the diagram calls the step at which each incident happened; its id where the diagram has it no more."""
    cases = select(Instance).where(Instance.id.in_({row.instance_id for row in rows}))
    of_case = {case.id: case.definition for case in session.scalars(cases.options(joinedload(Instance.definition)))}
    found = {row.id: definitions.bundle(session, of_case[row.instance_id]).named(row.element) for row in rows}
    return {row.id: found[row.id] or row.element for row in rows}


def statuses(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Where each of some incidents stands."""
    return dict(session.execute(select(Incident.id, Incident.status).where(Incident.id.in_(ids))).all())


def retry(session: Session, incident_id: int, *, by: Principal, now: datetime, reason: str = "") -> int:
    """Have an incident tried again at once. Returns the instance to settle.

    Raises NotFound, NotAllowed, and Conflict when it was resolved.
    """
    actor = access.demand(by, "incident.retry")
    instance_id = get(session, incident_id).instance_id
    state.lock(session, instance_id)
    incident = session.get_one(Incident, incident_id, populate_existing=True)
    if incident.status != IncidentStatus.OPEN:
        raise Conflict("El incidente ya se resolvió.", code="resolved")
    incident.retry_at = now
    history.record(
        session, subject(instance_id), "incident.retried", by=actor, now=now, element=incident.element,
        summary="Pidió intentar de nuevo un paso automático.", details={"incident": incident.id},
        reason=reason.strip(),
    )  # fmt: skip
    return instance_id


def _narrowed(statement: Select[*tuple[Any, ...]], by: Principal | None, status: str, text: str) -> Select[Any]:
    statement = statement.join(Instance, Instance.id == Incident.instance_id)
    if by is not None:
        statement = access.visible(statement, by, "incident.read", PLACE)
    if status:
        statement = statement.where(Incident.status == status)
    said = (Instance.title, Incident.message, Incident.element, Incident.operation, Incident.error)
    return statement.where(*holding(text, *said))
