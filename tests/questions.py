"""What the database is asked meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from db.session import current_engine


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements that are run meanwhile, in order."""
    seen: list[str] = []

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(current_engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(current_engine(), "before_cursor_execute", note)
