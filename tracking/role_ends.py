"""The end of a role: what somebody was doing with it goes back to whoever holds it, and is nobody's meanwhile.

What is theirs because they lead a product or accompany a plan stays with it until it is handed over.
"""

from dataclasses import replace
from datetime import date
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import Actor
from db.clock import local_date
from directory import principal
from directory.models import Encargo
from directory.models import Person
from directory.models import RoleGrant
from directory.principal import Grant
from directory.principal import Principal
from engine import freeing
from engine.models import Task
from engine.models import TaskStatus
from tracking import support

PARTS = frozenset({support.EXPERT})
"""Whoever takes such a part does for the role alone."""


def given(session: Session, item: RoleGrant | Encargo, *, now: datetime) -> int:
    """How many open tasks a person would give back if they lost this role or encargo."""
    holder = principal.load(session, item.person_id, now=now)
    return len(freeing.beyond(session, _without(holder, item), item.role, PARTS))


def free(session: Session, item: RoleGrant | Encargo, *, by: Actor, now: datetime) -> int:
    """Give back the tasks that a role or encargo that ended gave to a person. Returns how many."""
    return _free(session, principal.load(session, item.person_id, now=now), item.role, by, now)


def _free(session: Session, holder: Principal, role: str, by: Actor, now: datetime) -> int:
    freed = freeing.free(session, holder, role, PARTS, by=by, now=now)
    for key in sorted({task.instance.refs.get("support_id", 0) for task in freed} - {0}):
        support.free(session, key, by=by, now=now)
    return len(freed)


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the people who still hold tasks for a role that ended: by its last day, or with a group that gave it."""
    pairs = session.execute(_ended(local_date(now))).all()
    holders = principal.load_many(session, {person_id for person_id, _ in pairs}, now=now)
    found = {key for key, role in pairs if freeing.beyond(session, holders[key], role, PARTS)}
    return sorted(found)


def free_due(session: Session, person_id: int, *, now: datetime) -> None:
    """Give back the tasks that roles that ended gave to a person. Raises NotFound."""
    holder = principal.load(session, person_id, now=now)
    for _, role in session.execute(_ended(local_date(now)).where(Person.id == person_id)).all():
        _free(session, holder, role, SYSTEM, now)


def freed_in_words(count: int) -> str:
    """«2 tareas que tenía con él volvieron al grupo.»; empty when there are none."""
    if not count:
        return ""
    many = count != 1
    return f"{count} {'tareas' if many else 'tarea'} que tenía con él {'volvieron' if many else 'volvió'} al grupo."


def _ended(day: date) -> Select[int, str]:
    """Who holds open tasks for a role of which an appointment ended, and the role; whoever is disabled is left out.

    What they carry is handed over, as the page that disables them says.
    """
    over = [
        select(post.id).where(
            post.person_id == Task.assignee_id, post.role == Task.role,
            or_(post.revoked_at.is_not(None), post.until < day),
        )
        for post in (RoleGrant, Encargo)
    ]  # fmt: skip
    return (
        select(Person.id, Task.role)
        .join(Task, Task.assignee_id == Person.id)
        .where(Task.status == TaskStatus.OPEN, Person.disabled_at.is_(None), or_(*(one.exists() for one in over)))
        .distinct()
        .order_by(Person.id, Task.role)
    )


def _without(holder: Principal, item: RoleGrant | Encargo) -> Principal:
    """A person as they would be without one of their appointments."""
    source = principal.ENCARGO if isinstance(item, Encargo) else principal.GRANT
    lost = next((one for one in holder.grants if _is(one, item, source)), None)
    return replace(holder, grants=tuple(one for one in holder.grants if one is not lost))


def _is(grant: Grant, item: RoleGrant | Encargo, source: str) -> bool:
    same = (grant.role, grant.scope_kind, grant.scope_id) == (item.role, item.scope_kind, item.scope_id)
    return same and grant.source == source and grant.on_behalf_of is None
