"""The database goes away while programs push cases on: they are told so, nothing is lost, and all goes on by itself."""

import sqlite3
import threading
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy import text
from sqlalchemy.engine import make_url

from att.tables import metadata
from db import clock
from db import connect
from db import reading
from db.errors import Unavailable
from tests import databases
from tests.api.office import Office
from tests.faults import audit
from tests.faults import clients
from tests.faults import clusters
from tests.faults import house
from tests.faults.clients import Ledger
from tests.faults.clusters import Cluster
from tests.faults.conftest import SECRET
from tests.faults.conftest import opened
from tests.faults.conftest import works
from tests.faults.house import SERVE
from tests.faults.house import House
from tests.faults.house import wait_until

HANDS, STEPS = 4, 10
LONG = 12.0  # seconds: longer than a writer waits for a SQLite file (db/session.py)

# Takes the database away and gives it back; told how many were refused so far.
Loss = Callable[[Callable[[], int]], None]


@dataclass
class Lost:
    """A database, and what can happen to it."""

    url: str
    cluster: Cluster | None = None

    def locked(self, refused: Callable[[], int]) -> None:
        """Somebody who does not queue holds the file for long."""
        connection = sqlite3.connect(make_url(self.url).database or "", isolation_level=None)
        connection.execute("PRAGMA busy_timeout=60000")
        connection.execute("BEGIN IMMEDIATE")
        wait_until(refused, "somebody is refused", 5 * LONG)
        connection.execute("ROLLBACK")
        connection.close()

    def cut_off(self, _refused: Callable[[], int]) -> None:
        """Everybody's connection ends."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            here = "datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {here}"))
        engine.dispose()

    def killed(self, _refused: Callable[[], int]) -> None:
        """One of the server's processes is killed, and it starts all of them again."""
        assert self.cluster is not None
        self.cluster.kill_a_backend()

    def stopped(self, refused: Callable[[], int]) -> None:
        """The server stops, and is there again later."""
        assert self.cluster is not None
        before = refused()
        self.cluster.stop()
        wait_until(lambda: refused() >= before + HANDS, "everybody is refused")
        self.cluster.start()


def rounds() -> list[Any]:
    """What happens to the database of this run, how often; by the kind of database and what is installed."""
    many = pytest.mark.soak
    if databases.kind() == "sqlite":
        return [pytest.param("locked", 1, marks=many)]
    own = [pytest.param("killed", 5, marks=many), pytest.param("stopped", 3, marks=many)]
    return [("cut_off", 2), pytest.param("cut_off", 20, marks=many), *(own if clusters.programs() else [])]


@pytest.fixture
def lost(request: pytest.FixtureRequest, database_url: str) -> Iterator[Lost]:
    """The database of the test; a server of its own where the test is to kill it."""
    if request.getfixturevalue("what") not in ("killed", "stopped"):
        yield Lost(database_url)
        return
    programs = clusters.programs()
    assert programs is not None
    with clusters.running(programs) as cluster:
        engine = connect(cluster.url)
        metadata().create_all(engine)
        yield Lost(cluster.url, cluster)
        connect(database_url).dispose()


@pytest.fixture
def office(lost: Lost, tmp_path: Path) -> Iterator[Office]:
    with opened(lost.url, tmp_path) as office:
        yield office


@pytest.fixture
def served(office: Office, lost: Lost, tmp_path: Path) -> Iterator[House]:
    with house.at(tmp_path, lost.url, ATT_SECRET_KEY=SECRET) as found:
        found.keep(SERVE)
        yield found


@pytest.mark.parametrize(("what", "times"), rounds())
def test_a_database_that_goes_away_and_comes_back(
    office: Office, served: House, lost: Lost, what: str, times: int
) -> None:
    ledger, over = Ledger(patient=True), threading.Event()
    hands = clients.hands(HANDS, office, served.port, ledger, lambda: over.is_set() or ledger.unwelcome)
    for _ in range(times):
        goal = ledger.steps + STEPS
        wait_until(lambda goal=goal: ledger.steps >= goal or ledger.unwelcome, "steps are taken")
        getattr(lost, what)(lambda: len(ledger.unavailable))
    goal = ledger.steps + STEPS
    wait_until(lambda: ledger.steps >= goal or ledger.unwelcome, "steps are taken again")
    over.set()
    for hand in hands:
        hand.join()
    back = clock.now()
    wait_until(works(back), "the worker is at work again")
    assert {(told["status"], told["detail"]) for told in ledger.unavailable} <= {(503, Unavailable().message)}
    assert ledger.unavailable
    assert (served.kept[0].deaths, "worker ended" in served.said()) == (0, False)
    with reading() as session:
        audit.whole(session, ledger)
