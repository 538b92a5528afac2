"""Transactions keep all or nothing, say when the database is gone, and queue SQLite's writers."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import SYSTEM
from db import connect
from db import database_kind
from db import reading
from db import settings
from db import transaction
from db.errors import Unavailable
from db.session import build_engine
from db.session import glancing
from directory.models import Unit
from tests import databases


def put(key: str, value: int, now: datetime) -> None:
    with transaction() as session:
        settings.put(session, key, value, by=SYSTEM, now=now)


def put_and_fail(now: datetime) -> None:
    with transaction() as session:
        settings.put(session, "a", 1, by=SYSTEM, now=now)
        session.flush()
        raise ZeroDivisionError


def value(key: str) -> int:
    with reading() as session:
        return int(settings.get(session, key, 0))


def test_the_tests_run_on_the_database_that_was_chosen(database: None) -> None:
    assert database_kind() == databases.kind()


def test_a_block_that_ends_is_kept(database: None, now: datetime) -> None:
    put("a", 1, now)
    assert value("a") == 1


def test_a_block_that_raises_keeps_nothing(database: None, now: datetime) -> None:
    with pytest.raises(ZeroDivisionError):
        put_and_fail(now)
    assert value("a") == 0


def test_reading_keeps_nothing(database: None, now: datetime) -> None:
    with reading() as session:
        settings.put(session, "a", 1, by=SYSTEM, now=now)
        session.flush()
    assert value("a") == 0


def test_who_reads_still_sees_one_instant(database: None, now: datetime) -> None:
    put("a", 1, now)
    with reading(still=True) as session:
        assert settings.get(session, "a", 0) == 1
        put("a", 2, now)
        session.expire_all()
        assert settings.get(session, "a", 0) == 1
    assert value("a") == 2, "whoever reads next on that connection sees what is stored"


def test_a_savepoint_that_is_dropped_leaves_the_rest(database: None, now: datetime) -> None:
    with transaction() as session:
        settings.put(session, "a", 1, by=SYSTEM, now=now)
        with session.begin_nested() as savepoint:
            settings.put(session, "b", 1, by=SYSTEM, now=now)
            session.flush()
            savepoint.rollback()
    assert (value("a"), value("b")) == (1, 0)


def test_no_write_is_lost_when_many_count_at_once(database: None, now: datetime) -> None:
    if database_kind() == "sqlite":
        put("count", 0, now)
        race(lambda: increment(now), threads=8)
        assert value("count") == 8
    else:
        race(lambda: put(threading.current_thread().name, 1, now), threads=8)
        assert sum(value(f"writer-{number}") for number in range(8)) == 8


def increment(now: datetime) -> None:
    with transaction() as session:
        settings.put(session, "count", settings.get(session, "count", 0) + 1, by=SYSTEM, now=now)


def race(act, *, threads: int) -> None:  # type: ignore[no-untyped-def]
    barrier = threading.Barrier(threads)

    def run() -> None:
        barrier.wait()
        act()

    writers = [threading.Thread(target=run, name=f"writer-{number}") for number in range(threads)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


def test_a_writer_of_another_process_waits_its_turn(tmp_path: Path, database: None, now: datetime) -> None:
    """Two engines on one SQLite file stand for two processes: no «database is locked», no lost write.

    The writer reads first: begun as a reader, it would be refused at once, however long it is ready to wait.
    """
    if databases.kind() != "sqlite":
        assert database_kind() == "postgresql"
        return
    put("taken out meanwhile", 1, now)
    other = build_engine(f"sqlite:///{tmp_path / 'att.db'}").execution_options(att_write=True)
    begun, release = threading.Event(), threading.Event()

    def hold() -> None:
        with other.begin() as connection:
            connection.exec_driver_sql("DELETE FROM setting")
            begun.set()
            release.wait(2)

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait()
    threading.Timer(0.05, release.set).start()
    increment(now)
    holder.join()
    other.dispose()
    assert value("count") == 1


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/att.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_a_database_that_is_gone_is_unavailable(url: str) -> None:
    engine = connect(url)
    with pytest.raises(Unavailable), transaction() as session:
        settings.get(session, "a", 0)
    engine.dispose()


def test_foreign_keys_hold(database: None) -> None:
    if database_kind() == "sqlite":
        with reading() as session:
            assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_look_sees_what_was_kept(database: None, now: datetime) -> None:
    put("a", 1, now)
    with glancing() as session:
        assert settings.get(session, "a", 0) == 1


def test_what_follows_a_look_on_its_connection_is_a_transaction(database: None, now: datetime) -> None:
    for _ in range(3):
        with glancing() as session:
            assert settings.get(session, "a", 0) == 0
        with suppress(ZeroDivisionError):
            put_and_fail(now)
    assert value("a") == 0


def test_a_look_asks_nothing_besides_on_postgresql(database: None) -> None:
    with glancing() as session:
        settings.get(session, "a", 0)
        driver = session.connection().connection.driver_connection
        assert driver is not None
        if database_kind() == "postgresql":
            assert driver.autocommit
            assert driver.info.transaction_status == driver.info.transaction_status.IDLE
    with reading() as session:
        settings.get(session, "a", 0)
        driver = session.connection().connection.driver_connection
        assert driver is not None
        assert database_kind() == "sqlite" or not driver.autocommit


def test_what_postgresql_prepared_outlives_a_transaction_that_is_dropped(database: None) -> None:
    for _ in range(8):  # its driver prepares a question that comes for the sixth time
        with reading() as session:
            session.scalar(NAMES)
    with reading() as session:
        assert _prepared(session) == {"postgresql": 1, "sqlite": 0}[databases.kind()]


def test_a_transaction_that_the_database_gave_up_ends_as_well(database: None, now: datetime) -> None:
    for _ in range(2):
        with reading() as session, suppress(DBAPIError):
            session.execute(text("SELECT nothing FROM unit"))
    put("a", 1, now)
    assert value("a") == 1


@pytest.mark.parametrize("opened", [reading, transaction])
def test_a_connection_that_is_lost_on_the_way_is_said_to_be(
    database: None, opened: Callable[[], AbstractContextManager[Session]]
) -> None:
    if database_kind() == "sqlite":
        return  # its connections are to a file
    with pytest.raises(Unavailable), opened() as session:
        _lose(session)
    with opened() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_connection_that_is_lost_within_a_savepoint_is_said_to_be(database: None) -> None:
    if database_kind() == "sqlite":
        return
    with pytest.raises(Unavailable), transaction() as session, session.begin_nested():
        _lose(session)


NAMES = select(Unit.name).where(Unit.code == "A")


def _prepared(session: Session) -> int:
    """How many statements the server keeps for this connection that are about units."""
    if database_kind() == "sqlite":
        return 0
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT unit.name%'"
    return int(session.scalar(text(kept)) or 0)


def _lose(session: Session) -> None:
    """Let the server drop the connection of a session, and ask something of it."""
    process = session.scalar(text("SELECT pg_backend_pid()"))
    with reading() as other:
        other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
    session.scalar(text("SELECT 1"))
