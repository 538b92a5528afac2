"""Reading for a page: its rows can still be shown once the session is over."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from db import reading as session_for_reading


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading that lets its rows go before it drops what it held, so that templates can read them."""
    with session_for_reading() as session:
        yield session
        session.expunge_all()
