"""People at work on the built-in processes, for servers that are processes of their own."""

import http.client
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from att import schema
from att.app import build
from att.settings import Settings
from db import clock
from db import connect
from db import files
from db import jobs
from db import reading
from db.checkpoints import checking
from db.errors import Unavailable
from db.session import current_engine
from tests import databases
from tests.api.office import Office
from tests.faults import house
from tests.faults.house import House

SECRET = "k" * 40


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Office]:
    """An office on the database at `url`, with its files under `folder`, by the clock of this machine.

    The database says that it has the newest tables, as servers demand, until the end.
    """
    connect(url)
    files.keep_under(folder / "files")
    checking.keep_under(folder / "checkpoints", folder / "checkpoint_key.pem")
    schema.mark_newest(current_engine())
    app: Flask = build(Settings.from_env({"ATT_VAR": str(folder), "ATT_SECRET_KEY": SECRET}))
    yield Office.open(app, clock.now() - timedelta(days=1))  # whoever covers an entity does so since then
    connect(url)
    with current_engine().execution_options(att_write=True).begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    current_engine().dispose()
    databases.close_idle(url)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """People at work on an empty database."""
    with opened(database_url, tmp_path) as office:
        yield office


@pytest.fixture
def house_of(office: Office, database_url: str, tmp_path: Path) -> Iterator[House]:
    """Processes on the database of the office."""
    with house.at(tmp_path, database_url, ATT_SECRET_KEY=SECRET) as found:
        yield found


def status(port: int, path: str = "/readyz") -> int:
    """What a server answers, 0 when nobody does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def works(since: datetime) -> Callable[[], bool]:
    """Asks whether a worker began a job later than that; who asks may have lost their own connection meanwhile."""

    def asked() -> bool:
        try:
            with reading() as session:
                beat = jobs.last_beat(session)
        except Unavailable:
            return False
        return beat is not None and beat > since

    return asked
