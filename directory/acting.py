"""Who may act on what is assigned to them: the rule `task.complete` of `directory/rules.py`, asked for many at once.

Somebody acts while they are active and hold in their own right, on that day, a role that acts, anywhere; whoever runs
the system acts on no case. Who lost their last such role keeps what was theirs, and nobody attends it.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.chunks import chunks
from directory.models import Coverage
from directory.models import Encargo
from directory.models import Person
from directory.models import RoleGrant
from directory.periods import active_on
from directory.roles import ACTING

RUNS_THE_SYSTEM = "administrator"


def able(day: date, roles: Collection[str] = ACTING) -> Select[Any]:
    """Ids of those who may act on `day` on what is assigned to them, with one of `roles`."""
    posts = (RoleGrant, Encargo)
    acts = [select(one.person_id).where(one.role.in_(sorted(roles)), active_on(one, day)) for one in posts]
    covers = select(Coverage.person_id).where(active_on(Coverage, day))
    runs = [select(one.person_id).where(one.role == RUNS_THE_SYSTEM, active_on(one, day)) for one in posts]
    return select(Person.id).where(
        Person.disabled_at.is_(None),
        or_(*(Person.id.in_(held) for held in (*acts, covers))),
        *(Person.id.not_in(held) for held in runs),
    )


def unable(session: Session, people: Collection[int], day: date, roles: Collection[str] = ACTING) -> set[int]:
    """Those of `people` who may not act on `day` on what is assigned to them, with one of `roles`."""
    found: set[int] = set(people)
    for some in chunks(sorted(found)):
        found -= set(session.scalars(able(day, roles).where(Person.id.in_(some))))
    return found


def only_post(session: Session, person_id: int, day: date) -> RoleGrant | Encargo | None:
    """The appointment without which a person could not act on `day`; None when they could all the same, or cannot."""
    if session.scalar(able(day).where(Person.id == person_id)) is None:
        return None
    covers = select(Coverage.id).where(Coverage.person_id == person_id, active_on(Coverage, day))
    if session.scalars(covers.limit(1)).first() is not None:
        return None
    found: list[RoleGrant | Encargo] = []
    for table in (RoleGrant, Encargo):
        held = select(table).where(table.person_id == person_id, table.role.in_(sorted(ACTING)), active_on(table, day))
        found += session.scalars(held)
    return found[0] if len(found) == 1 else None
