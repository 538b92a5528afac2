"""Statements that every step asks: written out once for a database, then given to the driver as they are.

Looking a statement up, preparing its parameters and keeping account of its answer costs the library more than the
database needs to answer.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from typing import NamedTuple

from sqlalchemy import Connection
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
    answers: bool  # with rows

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
    if connection.dispatch.before_cursor_execute:
        return _heard(connection, statement, given)
    known = _text(statement, _numbering(connection.dialect))
    values = known.values(given)
    cursor = _cursor(connection)
    try:
        cursor.execute(known.sql, values)
        rows = cursor.fetchall() if known.answers else ()
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


def _heard(connection: Connection, statement: Executable, given: Mapping[str, Any]) -> Told:
    """What `tell` gives, by way of the library."""
    known = _text(statement, connection.dialect)
    result = connection.exec_driver_sql(known.sql, known.values(given))
    rows: Any = result.all() if known.answers else ()
    return Told(rows, getattr(result.context.cursor, "lastrowid", None), result.rowcount)


def _cursor(connection: Connection) -> Any:
    """A cursor of the driver that takes the words of `_numbering`."""
    driver: Any = connection.dialect.dbapi
    raw = getattr(driver, "RawCursor", None)
    return raw(connection.connection.driver_connection) if raw else connection.connection.cursor()


@lru_cache
def _numbering(dialect: Dialect) -> Dialect:
    """The dialect with numbered parameters, where the driver takes them as they are.

    The one of PostgreSQL would look for named ones in a long statement each time: over 4096 letters, or 50 of them.
    """
    kind: Any = type(dialect)
    return kind(paramstyle="numeric_dollar") if hasattr(dialect.dbapi, "RawCursor") else dialect


@lru_cache(maxsize=512)
def _text(statement: Executable, dialect: Dialect) -> _Text:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
    made = {name: kind.bind_processor(dialect) for name, kind in types.items()}
    order = tuple(compiled.positiontup) if compiled.positional else None
    answers = statement.is_select or bool(statement.returning_column_descriptions)  # type: ignore[attr-defined]
    return _Text(compiled.string, compiled.params, {name: act for name, act in made.items() if act}, order, answers)
