"""Pages of long lists: a stable order, a bounded size, and a cursor that survives inserts."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any
from typing import Generic
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy.orm import Session

from db.errors import InvalidData

MAX_LIMIT = 200
DEFAULT_LIMIT = 25

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A slice of a list; `next_cursor` is empty on the last one."""

    items: list[T]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Key:
    """A column to sort by. Its values must not be null."""

    column: Any
    descending: bool = False


def page(
    session: Session, statement: Select[Any], keys: Sequence[Key], *, limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[Any]:
    """The rows of `statement` after `cursor`, ordered by `keys`; the last key must be unique.

    `statement` selects one mapped class. Raises InvalidData for a bad cursor or limit.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidData({"limit": [f"Pida entre 1 y {MAX_LIMIT} filas."]})
    if cursor:
        statement = statement.where(_after(keys, _decoded(cursor, len(keys))))
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    rows = list(session.scalars(statement.order_by(*order).limit(limit + 1)))
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, _encoded([getattr(rows[-1], key.column.key) for key in keys]) if more else "")


def _after(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    steps = []
    for position, key in enumerate(keys):
        same = [earlier.column == values[index] for index, earlier in enumerate(keys[:position])]
        value = values[position]
        steps.append(and_(*same, key.column < value if key.descending else key.column > value))
    return or_(*steps)


def _encoded(values: list[Any]) -> str:
    tagged = [{"t": v.isoformat()} if isinstance(v, datetime) else {"d": v.isoformat()} if isinstance(v, date) else v
              for v in values]  # fmt: skip
    return base64.urlsafe_b64encode(json.dumps(tagged).encode()).decode().rstrip("=")


def _decoded(cursor: str, length: int) -> list[Any]:
    try:
        tagged = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_value(item) for item in tagged]
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidData({"cursor": ["El cursor no es válido; vuelva al comienzo de la lista."]}) from error
    if len(values) != length:
        raise InvalidData({"cursor": ["El cursor no corresponde a esta lista."]})
    return values


def _value(item: Any) -> Any:
    if isinstance(item, dict):
        return datetime.fromisoformat(item["t"]) if "t" in item else date.fromisoformat(item["d"])
    return item
