"""The batches of a sweep: done here one after the other or, with a broker, by whichever worker of the queue is free.

A batch is a list of ids. Doing it twice does no harm, so that one whose worker died is simply handed out again.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from att.settings import Settings
from att.settings import wrong
from db.jobs import Outcome

if TYPE_CHECKING:
    from att.crew import Crew

Batch = Callable[[Sequence[int], datetime], Outcome]

BATCHES: dict[str, Batch] = {}
"""What the workers of the queue can do, by name."""


class _InUse:
    crew: "Crew | None" = None


def batch(name: str) -> Callable[[Batch], Batch]:
    """Register a function as the batch `name`, so that any worker can do it."""

    def register(act: Batch) -> Batch:
        BATCHES[name] = act
        return act

    return register


def use(settings: Settings) -> None:
    """Hand batches to the queue that `settings` name; do them here when they name none.

    Raises InvalidData when the queue cannot be used with this installation.
    """
    if _InUse.crew is not None:
        _InUse.crew.close()
    _InUse.crew = None
    if settings.broker_url:
        try:
            from att.crew import Crew
        except ImportError as error:
            raise wrong("ATT_BROKER_URL", "falta instalar requirements/distributed.txt.") from error
        _InUse.crew = Crew(settings)


def each(
    name: str, ids: Iterable[Sequence[int]], now: datetime, *, here: Callable[[Sequence[int]], Outcome] | None = None
) -> Outcome:
    """Do the batch `name` with each of `ids`, and say what came of all of them.

    `here` does a batch in this process when no queue is in use, for sweeps that keep what they looked up.
    """
    crew, act = _InUse.crew, BATCHES[name]
    if crew is None:
        return total(here(some) if here is not None else act(some, now) for some in ids)
    return total(crew.each(name, ids, now))


def total(outcomes: Iterable[Outcome]) -> Outcome:
    """Several outcomes as one; the last error stands."""
    whole = Outcome()
    for one in outcomes:
        whole = replace(
            whole, found=whole.found + one.found, done=whole.done + one.done, failed=whole.failed + one.failed,
            error=one.error or whole.error,
        )  # fmt: skip
    return whole
