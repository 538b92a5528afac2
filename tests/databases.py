"""Databases for tests: quick to make, empty at the start of every test, gone at the end of the run."""

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import MetaData
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db.session import build_engine

SERVER = os.environ.get("ATT_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432")
SEQUENCES = "sequences.json"

AS_NEW = "SELECT pg_advisory_unlock_all(); RESET SESSION AUTHORIZATION; RESET ALL; UNLISTEN *; DISCARD TEMP"
MOST_IDLE = 4  # of a process, for each database
_idle: defaultdict[str, list[Any]] = defaultdict(list)
_awaited: dict[str, Path] = {}  # what the first connection to a database is to find in it
_one_at_a_time = Lock()


def kind() -> str:
    """`sqlite` or `postgresql`: the database this run is about."""
    chosen = os.environ.get("ATT_TEST_DATABASE", "sqlite")
    if chosen not in ("sqlite", "postgresql"):
        raise ValueError("ATT_TEST_DATABASE must be sqlite or postgresql")
    return chosen


def make_template(path: Path, metadata: MetaData) -> Path:
    """Make a SQLite file with every table, to be copied for each test."""
    engine = build_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return path


def copy_of(template: Path, folder: Path) -> str:
    """A fresh SQLite database under `folder`; returns its URL."""
    shutil.copyfile(template, folder / "att.db")
    return f"sqlite:///{folder / 'att.db'}"


def remembering() -> Callable[[str], Engine]:
    """A `build_engine` whose engines share what they know of SQL: a statement is compiled once, not once per test.

    They share the dialect, by which compiled statements are found again. It learns from a first connection what the
    server can do, so one is made here.
    """
    keeper = build_engine("sqlite://" if kind() == "sqlite" else f"{SERVER}/postgres")
    with keeper.connect():
        pass
    keeper.dispose()
    compiled: dict[Any, Any] = {}

    def build(url: str) -> Engine:
        engine = build_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _wait_for_no_disk)
        else:
            _lend_to(engine)
        if engine.dialect.name == keeper.dialect.name:
            engine.dialect.initialize = lambda _connection: None  # the keeper knows
            engine.dialect = keeper.dialect
            engine.update_execution_options(compiled_cache=compiled)
        return engine

    return build


def _lend_to(engine: Engine) -> None:
    """Let `engine` use connections that engines before it closed, as if they were new.

    A process of the server that just began knows no table: reading of them again cost half of all that the server did.
    """
    url = engine.url.render_as_string(hide_password=False)

    def close(connection: Any) -> None:
        idle = _idle[url]
        if len(idle) < MOST_IDLE and _is_as_new(connection):
            idle.append(connection)
        else:
            connection.close()

    def open_again(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        with _one_at_a_time:
            idle = _idle[url]
            connection = idle.pop() if idle else dialect.connect(*arguments, **options)
            if url in _awaited:
                with connection.transaction():
                    restore(connection, _awaited.pop(url))
        return connection

    event.listen(engine, "do_connect", open_again)
    engine.dialect.do_terminate = lambda connection: connection.close()
    engine.dialect.do_close = close


def _is_as_new(connection: Any) -> bool:
    """Whether `connection` could be put back to what it was when it began: no locks, no settings, nothing under way."""
    try:
        connection.rollback()
        connection.execute(AS_NEW)
        connection.commit()
    except connection.Error:
        return False
    return True


def close_idle(url: str) -> None:
    """Close what is kept of connections to `url`."""
    for connection in _idle.pop(url, []):
        connection.close()


def _wait_for_no_disk(connection: Any, _record: Any) -> None:
    """Nothing of a test's database need outlive a power cut."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def postgresql_database(name: str, template: str = "template0") -> Iterator[str]:
    """A PostgreSQL database, empty or as the database `template` is, dropped at the end; yields its URL."""
    close_idle(f"{SERVER}/{template}")  # what is in use is no template
    server = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
            # Nothing here need outlive a power cut: no commit waits for the disk.
            connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
        yield f"{SERVER}/{name}"
        close_idle(f"{SERVER}/{name}")
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        server.dispose()


@contextmanager
def apart(folder: Path, metadata: MetaData) -> Iterator[str]:
    """A database of its own with every table, of the kind that this run is about; yields its URL."""
    if kind() == "sqlite":
        yield f"sqlite:///{make_template(folder / 'att.db', metadata)}"
        return
    with postgresql_database(f"att_apart_{os.getpid()}") as url:
        engine = build_engine(url)
        metadata.create_all(engine)
        engine.dispose()
        yield url


def empty(connection: Connection, metadata: MetaData) -> None:
    """Empty every table, and number the rows from 1 again.

    Rows are deleted, without looking at keys or triggers: TRUNCATE makes new files for every table and costs a hundred
    times as much for the few rows of a test. A sequence moves even when the transaction is rolled back.
    """
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    connection.execute(text("; ".join(f'DELETE FROM "{name}"' for name in metadata.tables)))
    connection.execute(text(_SEQUENCES_BACK))


def dump(connection: Connection, metadata: MetaData, folder: Path) -> None:
    """Write the rows of every table that has any into `folder`, a file per table, and how far their ids went."""
    used = set(connection.scalars(text(_rows_query(metadata))).all())
    with connection.connection.cursor() as cursor:
        for name in sorted(used):
            with cursor.copy(f'COPY "{name}" TO STDOUT (FORMAT BINARY)') as copy:
                (folder / name).write_bytes(b"".join(bytes(chunk) for chunk in copy))
    moved = connection.execute(text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"))
    (folder / SEQUENCES).write_text(json.dumps({row.sequencename: row.last_value for row in moved}))


def restore(connection: Any, folder: Path) -> None:
    """Fill an empty database with what `dump` wrote, by a connection of the driver: COPY is beyond SQLAlchemy.

    The rows held together when they were written: no key is checked again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for file in folder.iterdir():
            if file.name != SEQUENCES:
                with cursor.copy(f'COPY "{file.name}" FROM STDIN (FORMAT BINARY)') as copy:
                    copy.write(file.read_bytes())
        cursor.execute(_SEQUENCES_ON, {"moved": (folder / SEQUENCES).read_text()})


def await_first(url: str, folder: Path) -> None:
    """Let the first connection to the empty database at `url` find in it what `dump` wrote into `folder`.

    Of worlds that stand on each other only the last is put up so.
    """
    _awaited[url] = folder


def nothing_awaited(url: str) -> None:
    """The first connection to `url` finds the database as it is."""
    _awaited.pop(url, None)


_SEQUENCES_BACK = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences
WHERE last_value IS NOT NULL
"""

_SEQUENCES_ON = """
SELECT setval(CAST(quote_ident(key) AS regclass), CAST(value AS bigint)) FROM json_each_text(CAST(%(moved)s AS json))
"""


def _rows_query(metadata: MetaData) -> str:
    return " UNION ALL ".join(
        f"SELECT '{name}' AS name WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in metadata.tables
    )


def refuses(session: Session, edit: str) -> bool:
    """Whether the database itself refuses an edit, as PostgreSQL does of what is no value of a column."""
    try:
        with session.begin_nested():
            session.execute(text(edit))
    except DBAPIError:
        return True
    return False
