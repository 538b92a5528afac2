"""A database on which everything may be tried and nothing stays: all of it happens in one transaction that is dropped.

What the program begins and keeps as a transaction is a savepoint in it. So a question costs no copy of the database,
and the next one finds the world as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy.pool import StaticPool

from db import session as sessions

INNER, QUESTION = "att_inner", "att_question"


class OneHand:
    """The only connection to the database; `taken_back` drops what is done meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self.connection: Any = engine.raw_connection().driver_connection

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Whatever is written inside is as if it had never been."""
        self.connection.execute(f"SAVEPOINT {QUESTION}")
        try:
            yield
        finally:
            self.connection.execute(f"ROLLBACK TO SAVEPOINT {QUESTION}")
            self.connection.execute(f"RELEASE SAVEPOINT {QUESTION}")


@contextmanager
def one_hand(url: str) -> Iterator[OneHand]:
    """Connect the program to `url` through one connection whose transaction never ends."""
    sqlite = url.startswith("sqlite")
    arguments = {"check_same_thread": False} if sqlite else {}
    engine = create_engine(url, poolclass=StaticPool, pool_reset_on_return=None, connect_args=arguments)
    if sqlite:
        event.listen(engine, "connect", sessions._prepare_sqlite)
    hand = OneHand(engine)
    if sqlite:
        hand.connection.execute("BEGIN")
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(f"SAVEPOINT {INNER}"))
    engine.dialect.do_commit = lambda connection: connection.execute(f"RELEASE SAVEPOINT {INNER}")
    engine.dialect.do_rollback = lambda connection: _roll_back(connection)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("engine", "writer", "glancer"):
            patch.setattr(sessions._Database, name, engine)
        yield hand
    hand.connection.rollback()
    hand.connection.close()


def _roll_back(connection: Any) -> None:
    connection.execute(f"ROLLBACK TO SAVEPOINT {INNER}")
    connection.execute(f"RELEASE SAVEPOINT {INNER}")
