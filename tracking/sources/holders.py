"""Who holds a role over which place, and since when somebody has held it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Encargo
from directory.models import RoleGrant
from notifications.supervisors import Book

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Post:
    """A role over a place: since when it is filled, and who fills it today (None: nobody at present).

    `held_since` is the day from which who fills it today does, which they owe for themselves from.
    """

    since: date
    holder_id: int | None
    held_since: date


def posts(session: Session, role: str, scope_kind: str, on: date) -> Mapping[int | None, Post]:
    """Place → post, for every place over which somebody has held `role` until a day."""
    first: Any = (
        select(RoleGrant.scope_id, func.min(RoleGrant.since))
        .where(RoleGrant.role == role, RoleGrant.scope_kind == scope_kind, RoleGrant.since <= on)
        .group_by(RoleGrant.scope_id)
        .order_by(RoleGrant.scope_id)
    )
    book, own = Book(session, on), _held_since(session, role, scope_kind, on)
    found: dict[int | None, Post] = {}
    for place, since in session.execute(first):
        holder = next(iter(book.over(role, scope_kind, place)), None)
        found[place] = Post(since, holder, own.get((place, holder), since))
    return found


def _held_since(session: Session, role: str, scope_kind: str, on: date) -> dict[tuple[int | None, int | None], date]:
    """Place and person → since when that person has held `role` there without a break, of those who do on a day."""
    rows: list[Any] = []
    for table in (RoleGrant, Encargo):
        terms: Any = select(table.scope_id, table.person_id, table.since, table.until)
        ours = (table.role == role, table.scope_kind == scope_kind, table.since <= on, table.revoked_at.is_(None))
        rows += session.execute(terms.where(*ours)).all()
    found: dict[tuple[int | None, int | None], date] = {}
    for place, person, since, until in sorted(rows, key=lambda row: row.since, reverse=True):
        reaches = min(on, found.get((place, person), on + DAY) - DAY)
        if until is None or until >= reaches:
            found[place, person] = since
    return found
