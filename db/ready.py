"""Statements that every step asks: written out once for a database, then given to the driver as they are.

Looking a statement up and preparing its parameters costs the library about as much as the database needs to answer.
What comes back is what the driver gives: numbers and text, or what `converted` types would have to read.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy import CursorResult
from sqlalchemy import Dialect
from sqlalchemy import Executable
from sqlalchemy.orm import Session

Prepare = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement in the words of one database, and what it does to each parameter that is not passed as it is."""

    sql: str
    fixed: Mapping[str, Any]
    prepare: Mapping[str, Prepare]
    order: tuple[str, ...] | None  # names by position, for a driver that counts its parameters

    def values(self, given: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        values = {**self.fixed, **given}
        for name, prepare in self.prepare.items():
            values[name] = prepare(values[name])
        return values if self.order is None else tuple([values[name] for name in self.order])


class Told(NamedTuple):
    """What the driver said: its rows, the id of the row that it inserted last (SQLite alone), how many it touched."""

    rows: Sequence[tuple[Any, ...]]
    last_id: int | None
    touched: int


def tell(connection: Connection, statement: Executable, given: Mapping[str, Any]) -> Told:
    """Execute `statement`, which is made once and kept, with its named parameters. Raises what executing it raises.

    What the library keeps of each answer, which is half of what a short one costs, is done without. Whoever listens to
    what the database is asked hears of it all the same. `connection` has begun its transaction.
    """
    known = _text(statement, connection.dialect)
    values = known.values(given)
    if connection.dispatch.before_cursor_execute:
        return _heard(connection.exec_driver_sql(known.sql, values))
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(known.sql, values)
        rows = cursor.fetchall() if cursor.description else ()
        return Told(rows, getattr(cursor, "lastrowid", None), cursor.rowcount)
    except Exception as error:  # raised again, in the words of the library
        connection._handle_dbapi_exception(error, known.sql, values, cursor, None)
    finally:
        cursor.close()


def read(session: Session, statement: Executable, given: Mapping[str, Any]) -> list[list[Any]]:
    """The rows of `statement`, asked as `tell` does, each value as its column reads it.

    What the session holds is written first, as before everything that it reads.
    """
    if session.autoflush:
        session.flush()
    connection = session.connection()
    prepare = _readers(statement, connection.dialect)
    rows = [list(row) for row in tell(connection, statement, given).rows]
    for row in rows:
        for place, act in prepare:
            row[place] = act(row[place])
    return rows


@lru_cache(maxsize=512)
def _readers(statement: Any, dialect: Dialect) -> list[tuple[int, Prepare]]:
    """Places in a row of what the driver does not give as it is read, and what is done to it."""
    types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    made = [kind.result_processor(dialect, None) for kind in types]
    return [(place, act) for place, act in enumerate(made) if act]


def _heard(result: CursorResult[Any]) -> Told:
    rows: Any = result.all() if result.returns_rows else ()
    return Told(rows, getattr(result.context.cursor, "lastrowid", None), result.rowcount)


@lru_cache(maxsize=512)
def _text(statement: Executable, dialect: Dialect) -> _Text:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
    made = {name: kind.bind_processor(dialect) for name, kind in types.items()}
    order = tuple(compiled.positiontup) if compiled.positional else None
    return _Text(compiled.string, compiled.params, {name: act for name, act in made.items() if act}, order)
