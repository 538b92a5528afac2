"""Tasks that meet what somebody excused or opened again follow at once, and do not wait for the job."""

from collections.abc import Sequence

from db import clock
from db import reading
from db import transaction
from engine import ledger_dates
from tracking import owed_steps


def follow(obligation_ids: Sequence[int]) -> None:
    """Give the open tasks that meet these obligations the date that these have now, after they were changed.

    In a transaction of its own: whoever completes a task holds its case and then what it meets, never the reverse.
    """
    with reading() as session:
        cases = owed_steps.carrying(session, obligation_ids)
    if cases:
        with transaction() as session:
            ledger_dates.follow(session, cases, now=clock.now())
