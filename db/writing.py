"""What a session holds, written at once: the fast way to flush the few rows of one act.

A flush of the ORM plans anew each time what is always the same, and asks PostgreSQL once per row. Here the
statement for rows of these tables is built once, and PostgreSQL gets all of them in one question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect
from sqlalchemy import Insert
from sqlalchemy import Update
from sqlalchemy import bindparam
from sqlalchemy import insert
from sqlalchemy import inspect
from sqlalchemy import literal_column
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from db.base import Base


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement writes, whatever the values: the columns of a table, in a new row or in one with an id."""

    model: type[Base]
    columns: tuple[str, ...]
    new: bool

    def statement(self, n: int) -> Insert | Update:
        """The statement, which returns the row's id; its parameters are those of `_named(n, …)`."""
        table = self.model.__table__
        values = {name: bindparam(f"w{n}_{name}", type_=table.c[name].type) for name in self.columns}
        if self.new:
            return insert(table).values(values).returning(table.c.id)  # type: ignore[arg-type]
        same_row = table.c.id == bindparam(f"w{n}_id", type_=table.c.id.type)
        return update(table).where(same_row).values(values).returning(table.c.id)  # type: ignore[arg-type]


def write_together(session: Session) -> None:
    """Write every new and every changed row of `session`. Each has a key called `id`, and none is to be deleted.

    New rows name others by ids that are known already. What a failure raises is what a flush raises.
    """
    rows = [*session.new, *(row for row in session.dirty if _changed(row))]
    if not rows:
        return
    shapes = tuple(_shape(row) for row in rows)
    values = [_values(row, shape) for row, shape in zip(rows, shapes, strict=True)]
    write = _in_one_question if session.get_bind().dialect.name == "postgresql" else _one_by_one
    for row, row_id in zip(rows, write(session, shapes, values), strict=True):
        row.id = row_id
    session._register_persistent({inspect(row) for row in rows})  # as a flush does at its end: they are stored now


def _changed(row: Any) -> list[str]:
    """Names of the columns of a stored row that were set since it was read."""
    return [name for name in inspect(row).committed_state if name in row.__table__.c]


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


def _one_by_one(session: Session, shapes: tuple[_Shape, ...], values: list[dict[str, Any]]) -> Iterable[int]:
    connection = session.connection()
    for shape, given in zip(shapes, values, strict=True):
        yield _found(connection.execute(_alone(shape), _named(0, given)).scalar(), shape)


def _in_one_question(session: Session, shapes: tuple[_Shape, ...], values: list[dict[str, Any]]) -> Iterable[int]:
    given = {name: value for n, row in enumerate(values) for name, value in _named(n, row).items()}
    found = {n: row_id for n, row_id in session.connection().execute(_together(shapes), given)}  # noqa: C416 - rows
    for n, shape in enumerate(shapes):
        yield _found(found.get(n), shape)


def _named(n: int, values: dict[str, Any]) -> dict[str, Any]:
    return {f"w{n}_{name}": value for name, value in values.items()}


@lru_cache(maxsize=256)
def _alone(shape: _Shape) -> Insert | Update:
    return shape.statement(0)


@lru_cache(maxsize=256)
def _together(shapes: tuple[_Shape, ...]) -> CompoundSelect[Any]:
    """`WITH w0 AS (INSERT …), w1 AS (UPDATE …) SELECT 0, id FROM w0 UNION ALL SELECT 1, id FROM w1`."""
    written = [shape.statement(n).cte(f"w{n}") for n, shape in enumerate(shapes)]
    return union_all(*(select(literal_column(str(n)), part.c.id) for n, part in enumerate(written)))


def _found(row_id: int | None, shape: _Shape) -> int:
    if row_id is None:
        raise StaleDataError(f"a row of {shape.model.__name__} is no longer there")
    return row_id
