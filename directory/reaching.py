"""Whom an entity asks and who answers for it: its advisor, or whoever is asked instead, and its contacts.

Who is away today is asked by nobody: whoever acts for them is, or, where nobody does, whoever is asked without advisor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory import absences
from directory import delegations
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
    """Whom an entity asks, and in which role; nobody at all when `people` is empty.

    `away` is its advisor, where that one is away today; `acting` says that `people` act for them.
    """

    role: str
    people: Sequence[Person]
    away: Person | None = None
    acting: bool = False


def asked(session: Session, advisor_id: int | None, region_id: int | None, *, now: datetime) -> Asked:
    """Their advisor; without one, who coordinates the region; without one, those who support the whole country.

    Of an advisor who is away today, whoever acts for them; the advisor all the same where there is nobody else.
    """
    advisor = people.many(session, [advisor_id] if advisor_id else []).get(advisor_id or 0)
    if advisor is None or advisor.disabled_at is not None:
        return _without_advisor(session, region_id, now)
    if not absences.absent(session, [advisor.id], local_date(now)):
        return Asked(ADVISOR, [advisor])
    if acting := _acting_for(session, advisor, now):
        return Asked(ADVISOR, acting, away=advisor, acting=True)
    others = _without_advisor(session, region_id, now)
    return replace(others, away=advisor) if others.people else Asked(ADVISOR, [advisor], away=advisor)


def _without_advisor(session: Session, region_id: int | None, now: datetime) -> Asked:
    coordinating = held(session, COORDINATOR, roles.REGION, region_id, now=now) if region_id else []
    return (
        Asked(COORDINATOR, coordinating) if coordinating else Asked(LIAISON, people.holders(session, LIAISON, now=now))
    )


def _acting_for(session: Session, advisor: Person, now: datetime) -> list[Person]:
    """Those who act for an advisor today and are here themselves, by name."""
    day = local_date(now)
    lent = [row.to_id for row in delegations.covering(session, advisor.id, day, day) if row.role in (None, ADVISOR)]
    there = set(lent) - absences.absent(session, lent, day)
    found = [row for row in people.many(session, there).values() if row.disabled_at is None]
    return sorted(found, key=lambda row: (row.search_name, row.id))


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
