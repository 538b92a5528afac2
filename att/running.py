"""How jobs run: noted when they begin and end, and one bad row never stops the others."""

from collections.abc import Callable
from collections.abc import Iterable
from typing import TypeVar

import structlog

from db import clock
from db import jobs as heartbeat
from db import transaction
from db.jobs import Outcome

Row = TypeVar("Row")

log = structlog.get_logger("att.jobs")


def kept(name: str, act: Callable[[], Outcome], *, every: int = 0) -> Outcome:
    """Run the job `name`, and keep what came of it where people can see it. `every`: seconds between two runs, if any.

    A job that fails as a whole is logged and kept as failed; it does not raise.
    """
    with transaction() as session:
        heartbeat.started(session, name, now=clock.now(), every=every)
    try:
        outcome = act()
    except Exception as error:
        log.exception("job failed", job=name)
        outcome = Outcome(failed=1, error=in_words(error))
    with transaction() as session:
        heartbeat.finished(session, name, outcome, now=clock.now())
    return outcome


def each(name: str, rows: Iterable[Row], act: Callable[[Row], None]) -> Outcome:
    """Call `act` with each of `rows`; what fails is logged, counted and left for the next run."""
    found, failed, error = 0, 0, ""
    for row in rows:
        found += 1
        try:
            act(row)
        except Exception as problem:
            failed, error = failed + 1, in_words(problem)
            log.exception("row failed", job=name, row=str(row))
    if found:
        log.info("sweep", job=name, found=found, failed=failed)
    return Outcome(found=found, done=found - failed, failed=failed, error=error)


def in_words(error: Exception) -> str:
    """What went wrong, for the page of jobs."""
    return f"{type(error).__name__}: {error}"[:500]
