"""Whoever runs the system, watches it or receives the assistance acts on no case: the two are never held together.

It holds in either order and however a role comes to somebody: by appointment, encargo, coverage or delegation.
"""

from collections.abc import Iterator
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import InvalidData
from directory import roles
from directory.models import Coverage
from directory.models import Delegation
from directory.models import Encargo
from directory.models import Person
from directory.models import RoleGrant
from directory.periods import active_on
from directory.periods import overlapping
from directory.roles import ROLES

COVERING = "territorial_advisor"


def who_only_read(session: Session, *, now: datetime) -> set[int]:
    """Those who hold today a role that does not act: they run the system, watch it, or receive the assistance."""
    today = local_date(now)
    return {
        person_id
        for table in (RoleGrant, Encargo)
        for person_id in session.scalars(
            select(table.person_id).where(table.role.not_in(roles.ACTING), active_on(table, today))
        )
    }


def who_is_outside(session: Session, *, now: datetime) -> set[int]:
    """Those who act today for partner entities alone: they stand in for nobody of the one that plans and decides."""
    today = local_date(now)
    held = {
        (person_id, role in roles.OUTSIDE)
        for table in (RoleGrant, Encargo)
        for person_id, role in session.execute(
            select(table.person_id, table.role).where(table.role.in_(roles.ACTING), active_on(table, today))
        )
    }
    return {person_id for person_id, outside in held if outside and (person_id, False) not in held}


def beside(session: Session, person_id: int, *, now: datetime) -> set[int]:
    """Who acts today for the same partner entity as somebody: over one of the places over which they act for it."""
    held = select(RoleGrant.person_id, RoleGrant.scope_kind, RoleGrant.scope_id)
    held = held.where(RoleGrant.role.in_(roles.OUTSIDE), active_on(RoleGrant, local_date(now)))
    rows = session.execute(held).all()
    mine = {(row.scope_kind, row.scope_id) for row in rows if row.person_id == person_id}
    return {row.person_id for row in rows if (row.scope_kind, row.scope_id) in mine} - {person_id}


def in_the_way(session: Session, person_id: int, since: date, until: date | None, *, acts: bool, now: datetime) -> str:
    """In which capacity somebody holds, from `since` on, what cannot go with a role that acts (or, if not, reads).

    Days that went by do not count. Returns the capacity in words; empty when nothing is in the way.
    """
    first = max(since, local_date(now))
    if until is not None and until < first:
        return ""
    return next(_opposed(session, person_id, first, until, acts=acts), "")


def demand(session: Session, person_id: int, role: str, since: date, until: date | None, *, now: datetime) -> None:
    """Raise InvalidData (`role`) when a person would act on cases in these days and also only read, run or receive."""
    acts = ROLES[role].acts
    held = in_the_way(session, person_id, since, until, acts=acts, now=now)
    if not held:
        return
    apart = f"Tiene el rol {held}, con el que no se actúa en los casos"
    if not acts:
        apart = f"Con el rol {roles.label(role)} no se actúa en los casos, y esta persona actúa como {held}"
    raise InvalidData({"role": [f"{apart}: retire antes lo uno para dar lo otro en esas fechas."]})


def _opposed(session: Session, person_id: int, since: date, until: date | None, *, acts: bool) -> Iterator[str]:
    for table in (RoleGrant, Encargo):
        fits = table.role.not_in(roles.ACTING) if acts else table.role.in_(roles.ACTING)
        held = select(table.role).where(table.person_id == person_id, fits, overlapping(table, since, until))
        for role in session.scalars(held.order_by(table.id)):
            yield roles.capacity(role, encargo=table is Encargo)
    if acts:
        return
    covered = select(Coverage.id).where(Coverage.person_id == person_id, overlapping(Coverage, since, until))
    if session.scalar(covered.limit(1)) is not None:
        yield f"{roles.label(COVERING)} de las entidades que acompaña"
    lent = select(Delegation.role, Person.name).join(Person, Person.id == Delegation.from_id)
    for row in session.execute(lent.where(Delegation.to_id == person_id, overlapping(Delegation, since, until))):
        # A role that does not act is lent to nobody: whatever was lent acts.
        yield roles.capacity(row.role, delegated_by=row.name) if row.role else f"delegado o delegada de {row.name}"
