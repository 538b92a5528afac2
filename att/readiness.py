"""Whether this process can answer, and the installation do its work; what keeps them from it, in sentences."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta

from sqlalchemy.orm import Session

from att import schema
from db import clock
from db import jobs
from db import reading
from db.errors import Unavailable
from notifications import outbox

SILENT = timedelta(minutes=5)
"""Some job begins every few seconds: after this without one, nobody is elected to run them, or nobody was started."""

HELD_UP = timedelta(hours=1)
"""A message that nobody takes out for so long after its time: the sender is not there. A server that refuses gives
messages another time, so it holds nothing up."""


def to_answer() -> list[str]:
    """What keeps this process from answering people; nothing when a balancer may send it requests."""
    return _missing(lambda session, now: ())


def to_work() -> list[str]:
    """What is missing for the work of this installation to go on; nothing when all of it does."""
    return _missing(_asleep)


def _missing(besides: Callable[[Session, datetime], Iterable[str]]) -> list[str]:
    """What the database lacks, which is told alone, or else what is missing `besides`."""
    try:
        with reading() as session:
            lacks = schema.lacking(session.connection())
            return [lacks] if lacks else list(besides(session, clock.now()))
    except Unavailable:
        return ["La base de datos no responde."]


def _asleep(session: Session, now: datetime) -> Iterator[str]:
    beat = jobs.last_beat(session)
    if beat is None or now - beat > SILENT:
        yield "Ningún proceso corre los trabajos automáticos."
    oldest = outbox.oldest_due(session, now=now)
    if oldest is not None and now - oldest > HELD_UP:
        yield "Nadie está enviando los mensajes."
