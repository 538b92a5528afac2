"""The job of reports: begins, once their period is over, those that somebody owes and nobody began."""

from datetime import datetime

from db import SYSTEM
from db import transaction
from edge.steps import settle
from tracking.reports import starting


def begin(obligation_id: int, now: datetime) -> None:
    """Begin the report of one obligation, if it was not begun meanwhile."""
    with transaction() as session:
        row = starting.begin_owed(session, obligation_id, by=SYSTEM, now=now)
        instance_id = row.instance_id if row is not None else None
    if instance_id is not None:
        settle(instance_id)
