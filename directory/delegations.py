"""Delegations: somebody acts for another between two days, and can be stopped at once.

Only what a person holds by appointment can be delegated: what was delegated to them is not passed on, nor is a role
that runs the system, only reads, or receives the assistance (`principal.NOT_DELEGATED`).
"""

from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from directory import access
from directory import apart
from directory import people
from directory import principal
from directory import roles
from directory import trace
from directory.models import Delegation
from directory.models import Person
from directory.periods import check_order
from directory.periods import overlapping


def of(session: Session, person_id: int) -> list[Delegation]:
    """Delegations given or received by a person, revoked ones too, newest first."""
    statement = select(Delegation).where(or_(Delegation.from_id == person_id, Delegation.to_id == person_id))
    return list(session.scalars(statement.order_by(Delegation.since.desc(), Delegation.id.desc())))


def add(
    session: Session,
    from_id: int,
    to_id: int,
    since: date,
    until: date,
    *,
    role: str | None = None,
    reason: str = "",
    by: principal.Principal,
    now: datetime,
) -> Delegation:
    """Let `to_id` act for `from_id` with `role`, or with every role they hold when None.

    People delegate for themselves; who may `people.manage` does it for others. Raises NotAllowed, NotFound, and
    InvalidData: `to_id`, `role` (not held by appointment), `since` (past, or overlaps), `until` (before `since`).
    """
    actor = _author(by, from_id)
    author = people.get(session, from_id)
    _check_people(author, session.get(Person, to_id))
    _lock_both(session, from_id, to_id)
    _check_days(session, from_id, role, since, until, local_date(now))
    _check_role(session, author, role, now)
    _check_apart(session, from_id, to_id, role, since, until, now)
    delegation = Delegation(from_id=from_id, to_id=to_id, role=role, since=since, until=until, reason=reason.strip())
    session.add(delegation)
    session.flush()
    _record(session, delegation, "delegation.added", "Delegó", actor, now)
    return delegation


def covering(session: Session, from_id: int, since: date, until: date) -> list[Delegation]:
    """The delegations by which somebody acts for a person on some day from `since` to `until`, by their first day."""
    statement = select(Delegation).where(Delegation.from_id == from_id, overlapping(Delegation, since, until))
    return list(session.scalars(statement.order_by(Delegation.since, Delegation.id)))


def receivers(session: Session, from_id: int, *, now: datetime) -> list[tuple[int, str]]:
    """Id and name of those in whom a person may delegate, by name."""
    barred = apart.who_only_read(session, now=now) if _lends_acting(session, from_id, None, now) else set()
    lent = principal.lendable(session, from_id, now=now)
    if lent and lent <= roles.OUTSIDE:  # whoever is of another entity is not told who works in this one
        beside = apart.beside(session, from_id, now=now) - barred
        return [one for one in people.active(session) if one[0] in beside]
    barred |= apart.who_is_outside(session, now=now)
    return [one for one in people.active(session) if one[0] != from_id and one[0] not in barred]


def revoke(session: Session, delegation_id: int, *, by: principal.Principal, now: datetime) -> Delegation:
    """Stop a delegation at once; who gave it may, whatever they hold today. Does nothing when it already was.

    Whoever gives and whoever receives know of it, and who administers. Raises NotFound, NotAllowed for who receives.
    """
    delegation = session.get(Delegation, delegation_id)
    concerned = (delegation.from_id, delegation.to_id) if delegation else ()
    if delegation is None or (by.person_id not in concerned and not access.may(by, "people.manage")):
        raise NotFound("la delegación", delegation_id)
    own = by.person_id == delegation.from_id
    actor = by.actor() if own else access.demand(by, "people.manage")
    _lock_both(session, delegation.from_id, delegation.to_id)
    if delegation.revoked_at is None:
        delegation.revoked_at = now
        session.flush()
        _record(session, delegation, "delegation.revoked", "Revocó la delegación de", actor, now)
    return delegation


def _author(by: principal.Principal, from_id: int) -> Actor:
    if by.person_id != from_id:
        return access.demand(by, "people.manage")
    access.demand(by, "delegation.own")
    return by.actor()


def _lock_both(session: Session, from_id: int, to_id: int) -> None:
    # Always in the same order, so that two delegations that cross do not wait for each other.
    for person_id in sorted((from_id, to_id)):
        trace.lock(session, person_id)


def _check_people(author: Person, delegate: Person | None) -> None:
    if delegate is None or delegate.disabled_at is not None:
        raise InvalidData({"to_id": ["Elija una persona activa."]})
    if delegate.id == author.id:
        raise InvalidData({"to_id": ["Elija a otra persona: nadie delega en sí mismo."]})


def _check_days(session: Session, from_id: int, role: str | None, since: date, until: date, today: date) -> None:
    check_order(since, until)
    if since < today:
        raise InvalidData({"since": ["Una delegación no puede comenzar antes de hoy."]})
    same = select(Delegation).where(Delegation.from_id == from_id, overlapping(Delegation, since, until))
    if role is not None:
        same = same.where(or_(Delegation.role == role, Delegation.role.is_(None)))
    held = session.scalars(same.limit(1)).first()
    if held is not None:
        name = people.get(session, held.to_id).name
        raise InvalidData(
            {"since": [f"En esas fechas ya delegó en {name}: termine antes esa delegación, o elija otras."]}
        )


def _check_role(session: Session, author: Person, role: str | None, now: datetime) -> None:
    held = principal.lendable(session, author.id, now=now)
    if role is None and not held:
        raise NotAllowed(f"{author.name} no tiene roles propios para delegar.", action="delegation.own")
    if role is not None and role not in held:
        raise InvalidData({"role": [f"Sólo se delega un rol propio; {author.name} no tiene {roles.label(role)}."]})


def _check_apart(
    session: Session, from_id: int, to_id: int, role: str | None, since: date, until: date, now: datetime
) -> None:
    """Whoever runs, watches or receives the assistance acts on no case, in nobody's name either."""
    lent = {role} if role else principal.lendable(session, from_id, now=now)
    held = principal.lendable(session, to_id, now=now)
    if held and held <= roles.OUTSIDE and not lent <= roles.OUTSIDE:
        raise InvalidData({"to_id": ["Esa persona es de otra entidad: no actúa en nombre de la que planea y decide."]})
    if lent and lent <= roles.OUTSIDE and to_id not in apart.beside(session, from_id, now=now):
        raise InvalidData({"to_id": ["Esa persona no es de su entidad: elija a alguien que lo sea."]})
    barred = apart.in_the_way(session, to_id, since, until, acts=True, now=now)
    if barred and _lends_acting(session, from_id, role, now):
        raise InvalidData({"to_id": ["Esa persona sólo consulta o administra: no puede actuar en los casos de otra."]})


def _lends_acting(session: Session, from_id: int, role: str | None, now: datetime) -> bool:
    lent = {role} if role else principal.lendable(session, from_id, now=now)
    return bool(lent & roles.ACTING)


def _record(session: Session, row: Delegation, action: str, verb: str, by: Actor, now: datetime) -> None:
    """Record it for who delegates and for who receives."""
    names = people.many(session, {row.from_id, row.to_id})
    what = "todos sus roles" if row.role is None else f"el rol {roles.label(row.role)}"
    summary = f"{verb} {what} de {names[row.from_id].name} en {names[row.to_id].name} {trace.in_words(row)}."
    details: dict[str, Any] = {"from_id": row.from_id, "to_id": row.to_id, "role": row.role, **trace.days(row)}
    for person_id in (row.from_id, row.to_id):
        trace.record(session, person_id, action, summary, by=by, now=now, **details)
