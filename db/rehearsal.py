"""Doing things to see what would come of them: everything may be written, and nothing stays."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from db import session as sessions


@contextmanager
def rehearsal() -> Iterator[Session]:
    """A session on the present data whose changes vanish with it.

    On PostgreSQL it is a transaction that is never kept. On SQLite, where that would hold up every writer, it works on
    a private copy.
    """
    engine = sessions.current_engine()
    if engine.dialect.name != "sqlite":
        with Session(engine, expire_on_commit=False) as session:
            yield session
        return
    with TemporaryDirectory(prefix="att-rehearsal-") as folder:
        copy = Path(folder) / "copy.db"
        with engine.connect() as live, closing(sqlite3.connect(copy)) as target:
            source = live.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(target)
        apart = sessions.build_engine(f"sqlite:///{copy}")
        try:
            with Session(apart.execution_options(att_write=True), expire_on_commit=False) as session:
                yield session
        finally:
            apart.dispose()
