"""Who holds a role over which place, and since when somebody has held it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import RoleGrant
from notifications.supervisors import Book


@dataclass(frozen=True, slots=True)
class Post:
    """A role over a place: since when it is filled, and who fills it today (None: nobody at present)."""

    since: date
    holder_id: int | None


def posts(session: Session, role: str, scope_kind: str, on: date) -> Mapping[int | None, Post]:
    """Place → post, for every place over which somebody has held `role` until a day."""
    first: Any = (
        select(RoleGrant.scope_id, func.min(RoleGrant.since))
        .where(RoleGrant.role == role, RoleGrant.scope_kind == scope_kind, RoleGrant.since <= on)
        .group_by(RoleGrant.scope_id)
        .order_by(RoleGrant.scope_id)
    )
    book = Book(session, on)
    return {
        place: Post(since, next(iter(book.over(role, scope_kind, place)), None))
        for place, since in session.execute(first)
    }
