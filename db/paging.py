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
    """What to sort by: a column of the rows themselves or, `joined`, another expression. Its values are never null."""

    column: Any
    descending: bool = False
    joined: bool = False


def page(
    session: Session, statement: Select[Any], keys: Sequence[Key], *, limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[Any]:
    """The rows of `statement` after `cursor`, ordered by `keys`; the last key must be unique.

    `statement` selects one mapped class. Raises InvalidData for a bad cursor or limit.
    """
    demand_limit(limit)
    if cursor:
        statement = statement.where(_after(keys, decoded(cursor, len(keys))))
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    beside = [key.column for key in keys if key.joined]
    found = session.execute(statement.add_columns(*beside).order_by(*order).limit(limit + 1)).all()
    rows = [one[0] for one in found[:limit]]
    return Page(rows, encoded(_values(found[limit - 1], keys)) if len(found) > limit else "")


def _values(found: Sequence[Any], keys: Sequence[Key]) -> list[Any]:
    """The values of `keys` in a row: of the row itself, and after it those of the tables beside."""
    row, *rest = found
    beside = iter(rest)
    return [next(beside) if key.joined else getattr(row, key.column.key) for key in keys]


def _after(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    steps = []
    for position, key in enumerate(keys):
        same = [earlier.column == values[index] for index, earlier in enumerate(keys[:position])]
        value = values[position]
        steps.append(and_(*same, key.column < value if key.descending else key.column > value))
    return or_(*steps)


def demand_limit(limit: int) -> None:
    """Raise InvalidData for a page that is too long or has nothing in it."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidData({"limit": [f"Pida entre 1 y {MAX_LIMIT} filas."]})


def encoded(values: list[Any]) -> str:
    """The cursor that says after which row a page begins: the values of its keys."""
    tagged = [{"t": v.isoformat()} if isinstance(v, datetime) else {"d": v.isoformat()} if isinstance(v, date) else v
              for v in values]  # fmt: skip
    return base64.urlsafe_b64encode(json.dumps(tagged).encode()).decode().rstrip("=")


def decoded(cursor: str, length: int) -> list[Any]:
    """The values that `encoded` wrote. Raises InvalidData for anything else."""
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
