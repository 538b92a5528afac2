"""Whoever runs the system: there is always somebody. That they act on no case is `directory/apart.py`."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import Conflict
from directory.models import Account
from directory.models import Person
from directory.models import RoleGrant
from directory.periods import active_on

ROLE = "administrator"


def demand_another(session: Session, person_id: int, *, now: datetime) -> None:
    """Raise Conflict when nobody else could run the system without this person."""
    others = (
        select(RoleGrant.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(RoleGrant.role == ROLE, RoleGrant.until.is_(None), active_on(RoleGrant, local_date(now)))
        .where(Person.id != person_id, Person.disabled_at.is_(None))
    )
    if session.scalars(others.limit(1)).first() is None:
        raise Conflict("Nadie más administra el sistema: dé antes ese rol a otra persona.", code="last-administrator")


def runs_the_system(session: Session, person_id: int, *, now: datetime) -> bool:
    """Whether a person holds the role today or later."""
    held = select(RoleGrant.id).where(RoleGrant.person_id == person_id, RoleGrant.role == ROLE)
    rows = session.scalars(held.where(active_on(RoleGrant, local_date(now))).limit(1))
    return rows.first() is not None
