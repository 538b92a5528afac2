"""Roles that somebody holds by the groups of their institutional account.

They are given and ended when their holder enters with that account, each in the history of the person, and never touch
what somebody gave by hand. What separation of duties forbids is not given (`apart`), nor is the last administrator
taken away; why stands with the account (`withheld`).
"""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import SYSTEM
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from directory import grants
from directory import group_roles
from directory import trace
from directory.models import ExternalIdentity
from directory.models import GroupRole
from directory.models import Person
from directory.models import RoleGrant
from directory.periods import active_on
from directory.roles import ROLES
from directory.roles import label

LAPSES = timedelta(days=30)
"""So long after they last entered with their account somebody keeps what its groups gave; the number is ours."""

Held = tuple[str, str, int | None]  # a role, and the kind and the id of its scope

BOTH = "Sus grupos traen a la vez roles que actúan en los casos y roles que no pueden hacerlo: no se dio ninguno nuevo."


def follow(session: Session, row: ExternalIdentity, groups: Iterable[str], *, now: datetime) -> None:
    """Give and end what the `groups` say with which somebody came; groups that nobody mapped are ignored.

    The caller has locked the person.
    """
    wanted = {_over(mapped): mapped.group for mapped in group_roles.of(session, groups)}
    withheld = _end_others(session, row.person_id, wanted, now)
    withheld += _give(session, row.person_id, wanted, now)
    if withheld and withheld != row.withheld:
        person = session.get_one(Person, row.person_id)
        summary = f"Lo que traen los grupos de la cuenta institucional de {person.name} no se aplicó del todo."
        told = " ".join(withheld)
        trace.record(session, person.id, "identity.withheld", summary, reason=told, by=SYSTEM, now=now)
    row.withheld = withheld


def end(session: Session, person_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """End all that groups gave to somebody. Raises Conflict when nobody else would administer the system."""
    for grant in _held(session, person_id, now):
        grants.revoke(session, grant.id, reason=reason, by=by, now=now)


def lapsed(session: Session, now: datetime) -> Sequence[int]:
    """People who hold a role by a group and have not entered with their institutional account for LAPSES."""
    recent = select(ExternalIdentity.person_id).where(
        ExternalIdentity.removed_at.is_(None), ExternalIdentity.last_in_at > now - LAPSES
    )
    held = select(RoleGrant.person_id).where(_counting(now), RoleGrant.person_id.not_in(recent))
    return session.scalars(held.distinct().order_by(RoleGrant.person_id)).all()


def lapse(session: Session, person_id: int, *, now: datetime) -> None:
    """End what groups gave to somebody who has not come for LAPSES: a group may have let them go meanwhile.

    Nothing happens to the last administrator, nor to somebody who came in this very moment.
    """
    trace.lock(session, person_id)
    if person_id in lapsed(session, now):
        why = f"No ha ingresado con su cuenta institucional en {LAPSES.days} días."
        for grant in _held(session, person_id, now):
            _revoked(session, grant, why, now)


def _held(session: Session, person_id: int, now: datetime) -> Sequence[RoleGrant]:
    mine = select(RoleGrant).where(RoleGrant.person_id == person_id, _counting(now))
    return session.scalars(mine.order_by(RoleGrant.id)).all()


def _counting(now: datetime) -> ColumnElement[bool]:
    """What groups gave and counts today or later."""
    today = local_date(now)
    goes_on = or_(RoleGrant.until.is_(None), RoleGrant.until >= today)
    return and_(RoleGrant.source == grants.GROUPS, RoleGrant.revoked_at.is_(None), goes_on)


def _end_others(session: Session, person_id: int, wanted: dict[Held, str], now: datetime) -> list[str]:
    """End what no group gives any more. Returns what could not be ended, in words."""
    why = "Ningún grupo de su cuenta institucional lo da ya."
    gone = [grant for grant in _held(session, person_id, now) if _over(grant) not in wanted]
    return [told for grant in gone if (told := _revoked(session, grant, why, now))]


def _revoked(session: Session, grant: RoleGrant, why: str, now: datetime) -> str:
    try:
        grants.revoke(session, grant.id, reason=why, by=SYSTEM, now=now)
    except Conflict as error:
        return f"{label(grant.role)} no se retiró. {error.message}"
    return ""


def _give(session: Session, person_id: int, wanted: dict[Held, str], now: datetime) -> list[str]:
    """Give what groups give and the person has not. Returns what could not be given, in words."""
    mine = select(RoleGrant).where(RoleGrant.person_id == person_id, active_on(RoleGrant, local_date(now)))
    had = {_over(grant) for grant in session.scalars(mine)}
    new = [over for over in wanted if over not in had]
    if len({ROLES[role].acts for role, _, _ in new}) > 1:
        return [BOTH]
    withheld = []
    for role, kind, scope_id in new:
        why = f"Por el grupo «{wanted[role, kind, scope_id]}» de su cuenta institucional."
        try:
            grants.add(
                session, person_id, role, kind, scope_id, source=grants.GROUPS, reason=why, by=SYSTEM, now=now,
            )  # fmt: skip
        except InvalidData as error:
            said = " ".join(message for messages in error.errors.values() for message in messages)
            withheld.append(f"{label(role)} no se dio. {said}")
    return withheld


def _over(row: RoleGrant | GroupRole) -> Held:
    return row.role, row.scope_kind, row.scope_id
