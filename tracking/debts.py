"""What is owed passes on in the act that changes who carries the work, as the job that keeps the ledger would do."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

import tracking.sources  # noqa: F401 - registers who owes what
from db.clock import local_date
from directory.chunks import chunks
from notifications import ledger
from notifications import policies
from notifications import sources
from notifications.places import Places
from notifications.sources import Subject


def pass_on(session: Session, people: Collection[int], *, now: datetime) -> None:
    """Open what these people owe by now, and give them what is owed of what they carry.

    What fell due under somebody else stays with that person.
    """
    places, known = Places(session), dict[str, list[Subject]]()
    for policy in policies.enabled_parts(session):
        name = policy.spec.subjects
        if name not in known:
            listed = sources.subjects(session, name, local_date(now))
            known[name] = [one for one in listed if one.debtor_id in people]
        for batch in chunks(known[name], ledger.BATCH):
            ledger.open_batch(session, policy, batch, places, now=now)
