"""One worker at a time, whatever kills the one before."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from att.election import elected
from tests import databases

HOLDER = """
import sys
from pathlib import Path
from att.election import elected
with elected(sys.argv[1], Path(sys.argv[2])) as lease:
    print("holds" if lease else "waits", flush=True)
    sys.stdin.read()
"""

CUT = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def holder(url: str, var: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, url, str(var)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_the_first_is_elected_and_knows_it(database_url: str, tmp_path: Path) -> None:
    with elected(database_url, tmp_path) as lease:
        assert lease is not None
        assert lease.holds()


def test_a_second_one_waits(database_url: str, tmp_path: Path) -> None:
    with elected(database_url, tmp_path), elected(database_url, tmp_path) as second:
        assert second is None


def test_the_next_is_elected_after_the_first(database_url: str, tmp_path: Path) -> None:
    with elected(database_url, tmp_path):
        pass
    with elected(database_url, tmp_path) as second:
        assert second is not None


def test_nobody_is_elected_where_the_lock_cannot_be_made(database_url: str, tmp_path: Path) -> None:
    with elected(database_url, tmp_path / "gone") as lease:
        assert (lease is None) == database_url.startswith("sqlite")


def test_a_killed_process_gives_its_place_up(database_url: str, tmp_path: Path) -> None:
    with holder(database_url, tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holds\n"
        with elected(database_url, tmp_path) as waiting:
            assert waiting is None
        process.kill()
        process.wait()
    assert becomes_elected(database_url, tmp_path)


def becomes_elected(url: str, var: Path) -> bool:
    """Whether it is elected in a few tries; the server may take a moment to see that a connection is gone."""
    for _ in range(200):
        with elected(url, var) as lease:
            if lease is not None:
                return True
    return False


def test_a_server_that_is_gone_elects_nobody(tmp_path: Path) -> None:
    with elected("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path) as lease:
        assert lease is None


def test_a_lease_whose_connection_is_cut_is_lost(database_url: str, tmp_path: Path) -> None:
    if databases.kind() == "sqlite":
        return  # The kernel takes a file lock back only when the process ends.
    from sqlalchemy import create_engine
    from sqlalchemy import text

    with elected(database_url, tmp_path) as lease:
        assert lease is not None
        engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(CUT))
        engine.dispose()
        assert not lease.holds()


def test_a_server_that_goes_while_it_is_asked_elects_nobody(database_url: str, tmp_path: Path) -> None:
    if databases.kind() == "sqlite":
        return  # There is no server to go.
    from sqlalchemy import Engine
    from sqlalchemy import create_engine
    from sqlalchemy import event
    from sqlalchemy import text

    other = create_engine(database_url, isolation_level="AUTOCOMMIT")

    def cut(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "pg_try_advisory_lock" in statement:
            pid = connection.connection.driver_connection.info.backend_pid
            with other.connect() as mine:
                mine.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    event.listen(Engine, "before_cursor_execute", cut)
    try:
        with elected(database_url, tmp_path) as lease:
            assert lease is None
    finally:
        event.remove(Engine, "before_cursor_execute", cut)
        other.dispose()
    assert becomes_elected(database_url, tmp_path)
