"""Transactions: the only place that commits.

Writers on SQLite queue (`db.queue`) and begin with BEGIN IMMEDIATE; on PostgreSQL rows are locked one by one
(docs/adr/0003-locking.md).
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from contextlib import nullcontext
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.exc import InterfaceError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from db import searching
from db.errors import Unavailable
from db.queue import WriteQueue

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)

_TRUSTED_SECONDS = 5.0
_UNDER_WAY = {"INTRANS", "INERROR"}


class _Database:
    """The engine in use and where its writers queue, which PostgreSQL's need not."""

    engine: Engine | None = None
    writer: Engine | None = None  # the same, beginning its transactions as a writer
    glancer: Engine | None = None  # the same, without transactions where beginning and ending one is a question
    queue: AbstractContextManager[None] = nullcontext()


def connect(url: str) -> Engine:
    """Use the database at `url` from now on, closing any other. Returns its engine."""
    if _Database.engine is not None:
        _Database.engine.dispose()
    _Database.engine = build_engine(url)
    _Database.writer = _Database.engine.execution_options(att_write=True)
    asks = _Database.engine.dialect.name == "postgresql"
    _Database.queue = nullcontext() if asks else WriteQueue(_Database.engine.url.database or "")
    _Database.glancer = _Database.engine.execution_options(isolation_level="AUTOCOMMIT") if asks else _Database.engine
    return _Database.engine


def build_engine(url: str) -> Engine:
    """An engine for `url`, set up as this application needs it."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=10, max_overflow=20)
        event.listen(engine, "checkin", _note_idle)
        event.listen(engine, "checkout", _demand_alive)
        event.listen(engine, "rollback", _keep_prepared)
        return engine
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 10})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def database_kind() -> str:
    """`sqlite` or `postgresql`."""
    return current_engine().dialect.name


def current_engine() -> Engine:
    """The engine in use. Raises Unavailable before `connect`."""
    if _Database.engine is None:
        raise Unavailable("La base de datos no está configurada.")
    return _Database.engine


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose work is kept whole when the block ends and dropped whole when it raises.

    Raises Unavailable when the database cannot be reached.
    """
    with _Database.queue, _translated(), Session(_Database.writer, expire_on_commit=False) as session:
        yield session
        session.commit()


@contextmanager
def reading(*, still: bool = False) -> Iterator[Session]:
    """A session for reading; whatever it changed is dropped, and what it read stays usable afterwards.

    On PostgreSQL each question sees what is stored when it is asked. With `still` all of them see the database as it
    was at the first one, as on SQLite they always do: for whoever compares the answer of one with that of another.
    """
    engine = current_engine()
    if still and database_kind() == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with _translated(), Session(engine, expire_on_commit=False, autoflush=False) as session:
        yield session


@contextmanager
def glancing() -> Iterator[Session]:
    """A session for a look that changes nothing, at what every request asks: PostgreSQL is not told of its two ends.

    Each question sees what is stored when it is asked, as in `reading`; what is changed here would be kept.
    """
    with (
        _translated(),
        Session(_Database.glancer or current_engine(), expire_on_commit=False, autoflush=False) as session,
    ):
        yield session


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable from error
        raise


def _note_idle(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = time.monotonic()


def _demand_alive(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Ask a connection that lay idle whether the server is still there; the pool replaces one that is not.

    Asking each time would be one round trip more in every step.
    """
    if time.monotonic() - record.info.get("idle_since", time.monotonic()) < _TRUSTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except connection.OperationalError as error:
        raise DisconnectionError from error


def _keep_prepared(connection: Connection) -> None:
    """End a transaction in the driver's place: with it, the driver would forget every statement that it prepared.

    It cannot know whether they name tables that were made in it; here migrations alone make tables. Each `reading` ends
    so, and PostgreSQL would plan all that pages ask each time anew. A connection that fails is left to the driver; one
    that was lost has nothing to end.
    """
    if connection.invalidated:
        return
    driver: Any = connection.connection.driver_connection
    if driver.info.transaction_status.name in _UNDER_WAY:
        with suppress(driver.Error):
            driver.pgconn.exec_(b"ROLLBACK")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself, or savepoints leak.
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)
    searching.prepare(connection)


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("att_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
