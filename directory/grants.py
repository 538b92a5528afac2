"""Roles that people hold by appointment."""

from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from db.errors import NotFound
from directory import administrators
from directory import apart
from directory import reasons
from directory import roles
from directory import scopes
from directory import trace
from directory.models import RoleGrant
from directory.periods import check_order
from directory.periods import overlapping

HAND, GROUPS = "hand", "oidc"
"""How somebody came to a role (`RoleGrant.source`)."""


def of(session: Session, person_id: int) -> list[RoleGrant]:
    """Every grant of a person, past and revoked ones too, newest first."""
    statement = select(RoleGrant).where(RoleGrant.person_id == person_id)
    return list(session.scalars(statement.order_by(RoleGrant.since.desc(), RoleGrant.id.desc())))


def add(
    session: Session,
    person_id: int,
    role: str,
    scope_kind: str = roles.NATIONAL,
    scope_id: int | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    source: str = HAND,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> RoleGrant:
    """Give a role from `since` (today when not given); the caller has demanded `people.manage`.

    `source` is HAND, or GROUPS when a group of their institutional account gives it, which `reason` names.

    Raises NotFound for the person, InvalidData for role (also one kept apart from what they hold), scope, dates in
    disorder (`until`) or an overlap (`since`).
    """
    person = trace.lock(session, person_id)
    scopes.check(session, role, scope_kind, scope_id)
    first = since or local_date(now)
    check_order(first, until)
    apart.demand(session, person_id, role, first, until, now=now)
    same = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id, RoleGrant.role == role,
        RoleGrant.scope_kind == scope_kind, RoleGrant.scope_id == scope_id,
    )  # fmt: skip
    if session.scalars(same.where(overlapping(RoleGrant, first, until)).limit(1)).first():
        raise InvalidData({"since": [f"{person.name} ya tiene este rol en esas fechas."]})
    grant = RoleGrant(
        person_id=person_id, role=role, scope_kind=scope_kind, scope_id=scope_id, since=first, until=until,
        source=source,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    summary = f"Dio a {person.name} el rol {roles.label(role)} ({scopes.name(session, scope_kind, scope_id)})."
    _record(session, grant, "grant.added", summary, by, now, reason)
    return grant


def revoke(session: Session, grant_id: int, *, reason: str, by: Actor, now: datetime) -> RoleGrant:
    """Take a role away at once. Does nothing when it already was.

    Raises NotFound; InvalidData (`reason`, missing); Conflict when nobody else administers the system.
    """
    reason = reasons.demand(reason, "Diga por qué se retira el rol.")
    grant = session.get(RoleGrant, grant_id)
    if grant is None:
        raise NotFound("el rol asignado", grant_id)
    person = trace.lock(session, grant.person_id)
    if grant.revoked_at is None:
        if grant.role == administrators.ROLE:
            administrators.demand_another(session, grant.person_id, now=now)
        grant.revoked_at = now
        session.flush()
        summary = f"Retiró a {person.name} el rol {roles.label(grant.role)}."
        _record(session, grant, "grant.revoked", summary, by, now, reason)
    return grant


def _record(
    session: Session, grant: RoleGrant, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    details = {"role": grant.role, "scope_kind": grant.scope_kind, "scope_id": grant.scope_id, **trace.days(grant)}
    subject = trace.person(grant.person_id)
    history.record(session, subject, action, by=by, now=now, summary=summary, details=details, reason=reason)
