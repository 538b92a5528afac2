"""Worlds that cost too much to build for every test: built once per process, put back for every other test.

What is kept is what the database and the folder of files hold, and whatever `build` returned.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any
from typing import TypeVar

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.pool import QueuePool

from att.tables import metadata
from db import database_kind
from db import reading
from db.history import HistoryRow
from db.session import current_engine
from tests import databases

Made = TypeVar("Made")


@dataclass(frozen=True)
class Snapshot:
    """A world: its database, its files, what `build` returned, and how long its history is."""

    database: Path
    files: Path
    made: Any
    acts: int


@dataclass
class Shelf:
    """The snapshots of this process, under `folder`."""

    folder: Path
    snapshots: dict[str, Snapshot] = field(default_factory=dict)

    def keep(self, name: str, made: Any, files: Path) -> None:
        """Keep the connected database and `files` as the snapshot `name`."""
        kept = Snapshot(self.folder / f"{name}.database", self.folder / f"{name}.files", made, _acts())
        _SAVE[database_kind()](kept.database)
        files.mkdir(parents=True, exist_ok=True)
        shutil.copytree(files, kept.files)
        self.snapshots[name] = kept

    def put_back(self, name: str, files: Path) -> None:
        """Make the connected database and `files` what they were when `name` was kept."""
        kept = self.snapshots[name]
        _PUT_BACK[database_kind()](kept.database)
        shutil.rmtree(files, ignore_errors=True)
        shutil.copytree(kept.files, files)


@dataclass
class Stage:
    """Where the worlds of one test are put up, each on the one before."""

    shelf: Shelf
    files: Path
    name: str = "empty"
    acts: int = 0

    def __call__(self, name: str, build: Callable[[], Made]) -> Made:
        """What `build` makes of the connected database: built by the first test that asks, put back for the others.

        What it returns is shared by all of them: it must not be changed. A world stands on the one that was put
        up before it, and on nothing else: what the test did meanwhile would be lost (AssertionError).
        """
        assert _untouched() or _acts() == self.acts, (
            f"«{name}» is to stand on «{self.name}» as it was, and it was changed"
        )
        self.name = f"{self.name}-{name}"
        if self.name in self.shelf.snapshots:
            self.shelf.put_back(self.name, self.files)
        else:
            self.shelf.keep(self.name, build(), self.files)
        kept = self.shelf.snapshots[self.name]
        self.acts = kept.acts
        made: Made = kept.made
        return made


def _untouched() -> bool:
    """Whether nobody connected since the database was put up: to ask it, SQLite would first read its whole schema."""
    pool = current_engine().pool
    return isinstance(pool, QueuePool) and pool.checkedin() + pool.checkedout() == 0


def _acts() -> int:
    with reading() as session:
        return session.scalar(select(func.count(HistoryRow.id))) or 0


def _save_sqlite(place: Path) -> None:
    shutil.copyfile(_sqlite_file(), place)


def _put_back_sqlite(place: Path) -> None:
    shutil.copyfile(place, _sqlite_file())


def _sqlite_file() -> Path:
    """The file of the connected database, closed: the last connection to leave writes the log back into it."""
    engine = current_engine()
    engine.dispose()
    file = Path(str(engine.url.database))
    assert not file.with_name(f"{file.name}-wal").exists(), "a connection is still open"
    return file


def _save_postgresql(place: Path) -> None:
    place.mkdir()
    with current_engine().connect() as connection:
        databases.dump(connection, metadata(), place)


def _put_back_postgresql(place: Path) -> None:
    """At once where somebody connected before; else the database is empty, or awaits the world under this one."""
    engine = current_engine()
    if _untouched():
        databases.await_first(engine.url.render_as_string(hide_password=False), place)
        return
    with engine.begin() as connection:
        databases.empty(connection, metadata())
        databases.restore(connection.connection.driver_connection, place)


_SAVE = {"sqlite": _save_sqlite, "postgresql": _save_postgresql}
_PUT_BACK = {"sqlite": _put_back_sqlite, "postgresql": _put_back_postgresql}
