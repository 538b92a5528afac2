"""What a session holds, written at once: the fast way to flush the few rows of one act.

A flush of the ORM plans anew each time what is always the same, and asks PostgreSQL once per row. Here the
statement for rows of these tables is built once, and PostgreSQL gets all of them in one question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete
from sqlalchemy import Executable
from sqlalchemy import Insert
from sqlalchemy import Update
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import literal_column
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from db.base import Base
from db.ready import Told
from db.ready import tell

Gone = tuple[type[Base], dict[str, Any]]
"""Rows to delete: a table, and what their columns hold."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement writes, whatever the values: the columns of a table, in a new row or in one with an id."""

    model: type[Base]
    columns: tuple[str, ...]
    new: bool

    def statement(self, n: int) -> Insert | Update:
        """The statement; its parameters are those of `_named(n, …)`."""
        table = self.model.__table__
        values = {name: bindparam(f"w{n}_{name}", type_=table.c[name].type) for name in self.columns}
        if self.new:
            return insert(table).values(values)  # type: ignore[arg-type]
        same_row = table.c.id == bindparam(f"w{n}_id", type_=table.c.id.type)
        return update(table).where(same_row).values(values)  # type: ignore[arg-type]

    def telling(self, n: int) -> Insert | Update:
        """The same statement, which tells the id of its row."""
        return self.statement(n).returning(self.model.__table__.c.id)

    def written(self, given: dict[str, Any], told: Told) -> int | None:
        """The id of the row that `statement` wrote with the values `given`; None when there was none."""
        if self.new:
            return told.last_id
        return given["id"] if told.touched else None


@dataclass(frozen=True, slots=True)
class _Absence:
    """Rows of a table that are to be gone, whatever the values of these columns."""

    model: type[Base]
    columns: tuple[str, ...]

    def statement(self, n: int) -> Delete:
        """The statement; its parameters are those of `_named(n, …)`."""
        table = self.model.__table__
        same = (table.c[name] == bindparam(f"w{n}_{name}", type_=table.c[name].type) for name in self.columns)
        return delete(table).where(*same)  # type: ignore[arg-type]


_Part = _Shape | _Absence


def write_together(session: Session, *, without: Sequence[Gone] = ()) -> None:
    """Write every new and every changed row of `session`, and delete the rows that `without` names.

    Each written row has a key called `id`. New rows name others by ids that are known already. What a failure raises is
    what a flush raises.
    """
    changed = sorted((row for row in session.dirty if _changed(row)), key=_place)  # one order, so one statement
    rows = [*session.new, *changed]
    shapes = [_shape(row) for row in rows]
    parts: tuple[_Part, ...] = (*shapes, *(_Absence(model, tuple(key)) for model, key in without))
    if not parts:
        return
    values = [*map(_values, rows, shapes), *(key for _, key in without)]
    write = _in_one_question if session.get_bind().dialect.name == "postgresql" else _one_by_one
    for row, row_id in zip(rows, write(session, parts, values), strict=True):
        row.id = row_id
    session._register_persistent({inspect(row) for row in rows})  # as a flush does at its end: they are stored now


def _place(row: Any) -> tuple[str, int]:
    return row.__tablename__, row.id


def _changed(row: Any) -> list[str]:
    """Names of the columns of a stored row that were set since it was read, to something else than they held."""
    before = inspect(row).committed_state.items()
    return [name for name, value in before if name in row.__table__.c and value != row.__dict__[name]]


def _shape(row: Any) -> _Shape:
    if not inspect(row).pending:
        return _Shape(type(row), tuple(sorted(_changed(row))), new=False)
    model: type[Base] = type(row)
    for name, value in _defaults(model):
        if name not in row.__dict__:
            setattr(row, name, value)
    given = (name for name in row.__table__.c.keys() if row.__dict__[name] is not None)  # noqa: SIM118 - no mapping
    return _Shape(type(row), tuple(given), new=True)


@lru_cache
def _defaults(model: type[Base]) -> tuple[tuple[str, Any], ...]:
    """What each column holds in a new row that does not say."""
    columns = model.__table__.columns
    return tuple((column.name, column.default.arg if column.default is not None else None) for column in columns)


def _values(row: Any, shape: _Shape) -> dict[str, Any]:
    values = {name: row.__dict__[name] for name in shape.columns}
    return values if shape.new else {"id": row.id, **values}


def _one_by_one(session: Session, parts: tuple[_Part, ...], values: list[dict[str, Any]]) -> list[int]:
    """Written without asking SQLite for the rows: its driver knows their ids, and telling them costs it a table."""
    connection, ids = session.connection(), []
    for part, given in zip(parts, values, strict=True):
        told = tell(connection, _alone(part), _named(0, given))
        if isinstance(part, _Shape):
            ids.append(_found(part.written(given, told), part))
    return ids


def _in_one_question(session: Session, parts: tuple[_Part, ...], values: list[dict[str, Any]]) -> list[int]:
    given = {name: value for n, row in enumerate(values) for name, value in _named(n, row).items()}
    found: dict[int, int] = dict(tell(session.connection(), _together(parts), given).rows)
    return [_found(found.get(n), part) for n, part in enumerate(parts) if isinstance(part, _Shape)]


def _named(n: int, values: dict[str, Any]) -> dict[str, Any]:
    return {f"w{n}_{name}": value for name, value in values.items()}


@lru_cache(maxsize=256)
def _alone(part: _Part) -> Insert | Update | Delete:
    return part.statement(0)


@lru_cache(maxsize=256)
def _together(parts: tuple[_Part, ...]) -> Executable:
    """`WITH w0 AS (INSERT …), w1 AS (UPDATE …) SELECT 0, id FROM w0 UNION ALL SELECT 1, id FROM w1`."""
    told = {n: part.telling(n).cte(f"w{n}") for n, part in enumerate(parts) if isinstance(part, _Shape)}
    gone = [part.statement(n).cte(f"w{n}") for n, part in enumerate(parts) if isinstance(part, _Absence)]
    ids: Any = [select(literal_column(str(n)), cte.c.id) for n, cte in told.items()] or [select(literal_column("0, 0"))]
    return union_all(*ids).add_cte(*gone)


def _found(row_id: int | None, part: _Part) -> int:
    if row_id is None:
        raise StaleDataError(f"a row of {part.model.__name__} is no longer there")
    return row_id
