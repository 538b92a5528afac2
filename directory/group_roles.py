"""Which role a group of the institutional accounts gives, and over what; `group_grants` gives it to who brings it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.characters import too_long
from db.errors import InvalidData
from db.errors import NotFound
from directory import reasons
from directory import roles
from directory import scopes
from directory.models import GroupRole

SUBJECT = history.Subject("group_roles", 1)
"""The chain in which history keeps what is done to them."""

LONGEST = 200
"""Characters of the name of a group. The number is ours."""


def every(session: Session) -> list[GroupRole]:
    """What groups give now, by their names."""
    statement = select(GroupRole).where(GroupRole.removed_at.is_(None))
    return list(session.scalars(statement.order_by(GroupRole.group, GroupRole.id)))


def of(session: Session, groups: Iterable[str]) -> list[GroupRole]:
    """What some groups give, the first that was mapped first; groups that nobody mapped give nothing."""
    wanted = set(groups)
    return sorted((row for row in every(session) if row.group in wanted), key=lambda row: row.id)


def add(
    session: Session,
    group: str,
    role: str,
    scope_kind: str = roles.NATIONAL,
    scope_id: int | None = None,
    *,
    by: Actor,
    now: datetime,
) -> GroupRole:
    """Let a group give a role to whoever enters with it from now on; the caller has demanded `people.manage`.

    `group` is written exactly as the provider does, which may be a name or a long number. Raises InvalidData
    (`group`, `role`, `scope_kind`, `scope_id`).
    """
    group = group.strip()
    wrong = too_long(group, LONGEST, "Grupo") if group else "Escriba el grupo como lo nombra el proveedor de cuentas."
    if wrong:
        raise InvalidData({"group": [wrong]})
    scopes.check(session, role, scope_kind, scope_id)
    same = (role, scope_kind, scope_id)
    if any((row.role, row.scope_kind, row.scope_id) == same for row in of(session, [group])):
        raise InvalidData({"group": ["Este grupo ya da ese rol en ese ámbito."]})
    row = GroupRole(group=group, role=role, scope_kind=scope_kind, scope_id=scope_id, added_at=now)
    session.add(row)
    session.flush()
    _record(session, row, "group_role.added", "El grupo {group} da desde ahora {what}.", by, now)
    return row


def remove(session: Session, row_id: int, *, reason: str, by: Actor, now: datetime) -> GroupRole:
    """Let a group give a role no more: whoever holds it by the group loses it when they next enter with their account.

    Does nothing when it already was removed. Raises NotFound; InvalidData (`reason`, missing).
    """
    row = session.get(GroupRole, row_id)
    if row is None:
        raise NotFound("el rol que da un grupo", row_id)
    why = reasons.demand(reason, "Diga por qué el grupo deja de dar el rol.")
    if row.removed_at is None:
        row.removed_at = now
        session.flush()
        _record(session, row, "group_role.removed", "El grupo {group} ya no da {what}.", by, now, why)
    return row


def _record(
    session: Session, row: GroupRole, action: str, sentence: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    what = f"el rol {roles.label(row.role)} ({scopes.name(session, row.scope_kind, row.scope_id)})"
    summary = sentence.format(group=f"«{row.group}»", what=what)
    details = {"group": row.group, "role": row.role, "scope_kind": row.scope_kind, "scope_id": row.scope_id}
    history.record(session, SUBJECT, action, by=by, now=now, summary=summary, details=details, reason=reason)
