"""What lists are asked for, and pages of short lists that come whole from below: the cursor is how many were seen."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from typing import TypeVar

from flask import Response
from sqlalchemy.orm import Session

from db import reading
from db.errors import InvalidData
from db.paging import Page
from edge import identity
from edge.exports import answering
from edge.exports.export import Export

T = TypeVar("T")

FARTHEST = 10_000
PAGE = ("sort", "limit", "cursor")  # which part of a list is asked for; the rest of a query narrows it


def parted(query: Mapping[str, Any], filters: Callable[..., T]) -> tuple[T, dict[str, Any]]:
    """What narrows a list, as `filters` (whose `text` are the words `q`), and which page of it is asked for."""
    page = {name: query[name] for name in PAGE if name in query}
    narrowing = {"text" if name == "q" else name: value for name, value in query.items() if name not in PAGE}
    return filters(**narrowing), page


def listed(
    query: Mapping[str, Any], filters: Callable[..., Any], listing: Callable[..., Page[T]], export: Export, *,
    dressed: Callable[[Session, Sequence[T]], list[Any]] | None = None,
) -> Page[Any] | Response:  # fmt: skip
    """The page of a list that `query` asks for, of what whoever asks may read.

    `listing` reads it, narrowed by what `filters` makes of the query; `dressed` adds to its rows what they do not hold
    themselves. Whoever asks for a workbook in `Accept` gets the whole list as one.
    """
    by, (narrowed, page) = identity.current(), parted(query, filters)
    if answering.by_program():
        return answering.workbook(
            export, lambda session, part: listing(session, by, narrowed, **{**page, **part}), narrowed, by=by
        )
    with reading() as session:
        found = listing(session, by, narrowed, **page)
        return found if dressed is None else replace(found, items=dressed(session, found.items))


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
