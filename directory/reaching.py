"""Whom an entity asks and who answers for it: its advisor, or whoever is asked instead, and its contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory import people
from directory import roles
from directory.models import Encargo
from directory.models import Person
from directory.models import RoleGrant
from directory.periods import active_on

ADVISOR, COORDINATOR, LIAISON = "territorial_advisor", "regional_coordinator", "support_liaison"
CONTACT = "beneficiary_contact"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom an entity asks, and in which role; nobody at all when `people` is empty."""

    role: str
    people: Sequence[Person]


def asked(session: Session, advisor_id: int | None, region_id: int | None, *, now: datetime) -> Asked:
    """Their advisor; without one, who coordinates the region; without one, those who support the whole country."""
    advisor = people.many(session, [advisor_id] if advisor_id else []).get(advisor_id or 0)
    if advisor is not None and advisor.disabled_at is None:
        return Asked(ADVISOR, [advisor])
    coordinating = held(session, COORDINATOR, roles.REGION, region_id, now=now) if region_id else []
    return (
        Asked(COORDINATOR, coordinating) if coordinating else Asked(LIAISON, people.holders(session, LIAISON, now=now))
    )


def contacts(session: Session, entity_id: int, *, now: datetime) -> list[Person]:
    """Those who answer for an entity today, by name."""
    return held(session, CONTACT, roles.ENTITY, entity_id, now=now)


def held(session: Session, role: str, scope_kind: str, scope_id: int, *, now: datetime) -> list[Person]:
    """Those who hold `role` over this place today by appointment or encargo, by name; disabled people are left out."""
    day = local_date(now)
    appointed, acting = (
        select(table.person_id).where(
            table.role == role, table.scope_kind == scope_kind, table.scope_id == scope_id, active_on(table, day)
        )
        for table in (RoleGrant, Encargo)
    )
    statement = select(Person).where(Person.disabled_at.is_(None), Person.id.in_(appointed.union(acting)))
    return list(session.scalars(statement.order_by(Person.search_name, Person.id)))
