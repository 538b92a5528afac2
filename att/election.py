"""One worker at a time, by a lock that the server or the kernel releases when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import create_engine
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

# Any number will do that no other program takes as an advisory lock of this database.
LOCK_NUMBER = 0x617474

WORKER, MAIL = "worker", "mail"
_OFFICES = (WORKER, MAIL)

log = structlog.get_logger("att.election")


class Lease(Protocol):
    """The right to run the jobs."""

    def holds(self) -> bool:
        """Whether it is still ours."""


@contextmanager
def elected(database_url: str, var: Path, office: str = WORKER) -> Iterator[Lease | None]:
    """Try to become the one worker of this database, or its one sender of messages (`office`).

    Yields the lease, or None when another has it, or nobody can have it now.
    """
    if make_url(database_url).get_backend_name() == "sqlite":
        with _file_lock(var / f"{office}.lock") as lease:
            yield lease
    else:
        with _server_lock(database_url, LOCK_NUMBER + _OFFICES.index(office)) as lease:
            yield lease


class _FileLease:
    def holds(self) -> bool:
        return True  # The kernel takes it back only when this process ends.


@contextmanager
def _file_lock(path: Path) -> Iterator[Lease | None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:  # on a full disk, or one that is gone; whoever asks will ask again
        log.warning("no place for the lock", exc_info=error)
        yield None
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        yield None
        return
    try:
        yield _FileLease()
    finally:
        os.close(descriptor)


class _ServerLease:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def holds(self) -> bool:
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True


@contextmanager
def _server_lock(database_url: str, number: int) -> Iterator[Lease | None]:
    # A connection of its own: the lock lives as long as the connection, and a pool would hand it on.
    engine = create_engine(database_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    connection = _holding(engine, number)
    try:
        yield _ServerLease(connection) if connection is not None else None
    finally:
        if connection is not None:
            connection.close()
        engine.dispose()


def _holding(engine: Engine, number: int) -> Connection | None:
    """A connection that holds the lock; None when another one does, or the server is gone or goes meanwhile."""
    try:
        with ExitStack() as opened:
            connection = opened.enter_context(engine.connect())
            taken = connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number})
            if taken:
                opened.pop_all()
            return connection if taken else None
    except DBAPIError:
        return None
