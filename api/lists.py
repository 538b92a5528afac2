"""Pages of short lists that come whole from below: the cursor is how many were seen."""

from collections.abc import Sequence
from typing import TypeVar

from db.errors import InvalidData
from db.paging import Page

T = TypeVar("T")

FARTHEST = 10_000


def slice_of(rows: Sequence[T], *, limit: int, cursor: str) -> Page[T]:
    """`limit` of `rows` after `cursor`. Raises InvalidData for a cursor that is none of ours."""
    end = start_of(cursor) + limit
    return Page(list(rows[start_of(cursor) : end]), str(end) if end < len(rows) else "")


def start_of(cursor: str) -> int:
    """How many rows `cursor` leaves behind. Raises InvalidData for one that is none of ours."""
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 7 and int(cursor) <= FARTHEST):
        raise InvalidData({"cursor": ["El cursor no es válido; vuelva al comienzo de la lista."]})
    return int(cursor)
