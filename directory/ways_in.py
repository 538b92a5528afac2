"""Who has a way in: an account here with its password, or an institutional account by which they entered before."""

from collections.abc import Collection

from sqlalchemy import CompoundSelect
from sqlalchemy import select
from sqlalchemy import union
from sqlalchemy.orm import Session

from directory.chunks import chunks
from directory.models import Account
from directory.models import ExternalIdentity


def people() -> CompoundSelect[tuple[int]]:
    """Ids of those who have one."""
    linked = select(ExternalIdentity.person_id).where(ExternalIdentity.removed_at.is_(None))
    return union(select(Account.person_id), linked)


def among(session: Session, ids: Collection[int]) -> set[int]:
    """Which of `ids` have one."""
    found: set[int] = set()
    for some in chunks(sorted(set(ids))):
        ways = people().subquery()
        found |= set(session.scalars(select(ways.c.person_id).where(ways.c.person_id.in_(some))))
    return found


def has(session: Session, person_id: int) -> bool:
    """Whether somebody has one."""
    return person_id in among(session, [person_id])
