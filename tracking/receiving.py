"""Whether somebody can carry the work of another, and what they would lack for it, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import BOGOTA
from directory import access
from directory import coverage
from directory import principal
from directory import roles
from directory import scopes
from directory.access import Subject
from directory.principal import Principal
from engine import tasks
from tracking import trace
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import Strategy
from tracking.models import WorkPlan

BARRED = frozenset(key for key, role in roles.ROLES.items() if not role.acts)
"""Roles that move no case: whoever holds one carries no work of others."""

ADVISOR = "territorial_advisor"
LEAD = "technical_lead"


@dataclass(frozen=True, slots=True)
class _Need:
    """A role that some of the work asks for, and where; `why` says which work."""

    role: str
    subject: Subject
    why: str
    place: str = ""


def lacking(session: Session, from_id: int, to_id: int, since: date, *, now: datetime) -> list[str]:
    """What `to_id` would lack on the day `since` to carry all that `from_id` carries; empty when nothing."""
    receiver = principal.load(session, to_id, now=max(now, datetime.combine(since, time(12), BOGOTA)))
    barred = sorted({grant.role for grant in receiver.grants if grant.role in BARRED and grant.on_behalf_of is None})
    if barred:
        return [f"tiene el rol de {roles.label(key)}, con el que no se lleva trabajo de casos" for key in barred]
    missing = {
        f"le falta el rol de {roles.label(need.role)}{need.place} ({need.why})": None
        for need in _needs(session, from_id, since)
        if not _fits(receiver, need)
    }
    return list(missing)


def may_advise(session: Session, plan: WorkPlan, person_id: int, *, now: datetime) -> bool:
    """Whether a person could write in a plan that is theirs."""
    receiver = principal.load(session, person_id, now=now)
    where = replace(trace.scope_of_plan(session, plan), people=frozenset({person_id}))
    barred = any(grant.role in BARRED and grant.on_behalf_of is None for grant in receiver.grants)
    return not barred and access.allowed(receiver, "plan.write", where) is not None


def _fits(receiver: Principal, need: _Need) -> bool:
    """An advisor is one anywhere, by role or by what they cover already: the place comes along with the handover."""
    if need.role == ADVISOR:
        return any(grant.role == ADVISOR and grant.on_behalf_of is None for grant in receiver.grants)
    return access.holds(receiver, need.role, need.subject)


def _needs(session: Session, from_id: int, since: date) -> Iterator[_Need]:
    for unit_id in _units_led(session, from_id):
        place = f" en {scopes.name(session, roles.UNIT, unit_id)}"
        yield _Need(LEAD, Subject(unit_id=unit_id), "productos o estrategias que lidera", place)
    advised = select(WorkPlan.id).where(WorkPlan.advisor_id == from_id, WorkPlan.status.in_(trace.RUNNING)).limit(1)
    if session.scalar(advised) is not None:
        yield _Need(ADVISOR, Subject(), "planes de trabajo")
    elif coverage.from_day(session, from_id, since):
        yield _Need(ADVISOR, Subject(), "entidades que acompaña")
    for held in tasks.roles_held(session, from_id):
        yield _Need(held.role, held, "tareas abiertas")


def _units_led(session: Session, from_id: int) -> list[int]:
    products = select(Product.unit_id).where(Product.lead_id == from_id, Product.status == ProductStatus.ACTIVE)
    strategies = select(Strategy.unit_id).where(Strategy.lead_id == from_id)
    return sorted(set(session.scalars(products)) | set(session.scalars(strategies)))
