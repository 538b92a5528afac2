"""What the list of reviews is made of: rows of several kinds, each in the order of the time for which they wait."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from directory.principal import Principal
from directory.searching import found

Place = tuple[datetime, int]
"""Where a row stands among those of its kind: since when it waits, and its id."""

FIRST: Place = (datetime(1, 1, 1, tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to be reviewed: what it is, about what, where it is done, since when it waits, who sent it."""

    kind: str
    id: int
    title: str
    about: str
    link: str
    since: datetime
    author_id: int | None = None


class Rows(Protocol):
    """The rows of a kind that `by` is to review after a place, the oldest first, at most `limit`."""

    def __call__(
        self, session: Session, by: Principal, text: str, *, after: Place, limit: int, now: datetime
    ) -> Sequence[Waiting]: ...


Count = Callable[[Session, Principal, int, datetime], int]
"""How many rows of a kind `by` is to review, counted up to a number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that is reviewed."""

    key: str
    label: str
    rows: Rows
    count: Count


def some(rows: Sequence[Waiting], text: str, after: Place, limit: int) -> list[Waiting]:
    """Of all rows of a kind those that fit, in order: for kinds that are few and judged one by one."""
    fitting = [row for row in rows if (row.since, row.id) > after and found(text, f"{row.title} {row.about}")]
    return sorted(fitting, key=lambda row: (row.since, row.id))[:limit]
