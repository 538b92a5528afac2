"""Reading what is shown afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

import db


@contextmanager
def reading() -> Iterator[Session]:
    """A session as `db.reading` gives it, whose rows keep what they hold: they are rendered when it is over."""
    with db.reading() as session:
        yield session
        session.expunge_all()
