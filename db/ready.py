"""Statements that every step asks: written out once for a database, then given to the driver as they are.

Looking a statement up and preparing its parameters costs the library about as much as the database needs to answer.
What comes back is what the driver gives: numbers and text, or what `converted` types would have to read.
"""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import CursorResult
from sqlalchemy import Dialect
from sqlalchemy import Executable

Prepare = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement in the words of one database, and what it does to each parameter that is not passed as it is."""

    sql: str
    fixed: Mapping[str, Any]
    prepare: Mapping[str, Prepare]
    order: tuple[str, ...] | None  # names by position, for a driver that counts its parameters


def ask(connection: Connection, statement: Executable, given: Mapping[str, Any]) -> CursorResult[Any]:
    """Execute `statement`, which is made once and kept, with its named parameters. Raises what executing it raises."""
    known = _text(statement, connection.dialect)
    values = {**known.fixed, **given}
    for name, prepare in known.prepare.items():
        values[name] = prepare(values[name])
    if known.order is None:
        return connection.exec_driver_sql(known.sql, values)
    return connection.exec_driver_sql(known.sql, tuple([values[name] for name in known.order]))


@lru_cache(maxsize=512)
def _text(statement: Executable, dialect: Dialect) -> _Text:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
    made = {name: kind.bind_processor(dialect) for name, kind in types.items()}
    order = tuple(compiled.positiontup) if compiled.positional else None
    return _Text(compiled.string, compiled.params, {name: act for name, act in made.items() if act}, order)
