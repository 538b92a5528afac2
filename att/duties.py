"""The jobs of the ledger: obligations opened ahead, overdue when their limit passed, moved when the calendar changes.

Every batch has a transaction of its own; a policy that fails stops no other, and a job that is cut off is run again.
"""

from collections.abc import Callable
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from att import fanout
from db import reading
from db import transaction
from db.clock import local_date
from db.jobs import Outcome
from directory.chunks import chunks
from engine import ledger_dates
from engine import postponing
from notifications import departures
from notifications import ledger
from notifications import policies
from notifications import recompute
from notifications import sources
from notifications import steps
from notifications.ledger import Counts
from notifications.places import Places
from notifications.policies import Held

log = structlog.get_logger("att.duties")


def open_obligations(now: datetime) -> Outcome:
    """Open what is owed and not in the ledger yet, and bring up to date who owes it."""
    with reading() as session:
        held, places = {policy.id: policy for policy in policies.enabled(session)}, Places(session)
    one_by_one = ([policy_id] for policy_id in held)
    return fanout.each("obligations", one_by_one, now, here=lambda ids: _opened(held[ids[0]], places, now))


def date_tasks(now: datetime) -> Outcome:
    """Give the tasks that meet something owed the date that it has now."""
    moved = _through(lambda session, after: ledger_dates.batch(session, after=after, now=now))
    return Outcome(found=moved, done=moved)


@fanout.batch("obligations")
def open_some(ids: Sequence[int], now: datetime) -> Outcome:
    """Open what some policies ask for, wherever this runs."""
    with reading() as session:
        held, places = policies.many(session, ids), Places(session)
    return fanout.total(_opened(policy, places, now) for policy in held.values())


def _opened(policy: Held, places: Places, now: datetime) -> Outcome:
    try:
        changed = _open(policy, places, now).total
    except Exception as problem:
        log.exception("policy failed", policy=policy.key)
        return Outcome(found=1, failed=1, error=f"{policy.key}: {type(problem).__name__}: {problem}"[:500])
    return Outcome(found=changed, done=changed)


def mark_overdue(now: datetime) -> Outcome:
    """Mark what nobody met in time, once what the step before let go has its date."""
    done = _through(lambda session, after: steps.batch(session, after=after, now=now))
    while True:
        with transaction() as session:
            count = ledger.overdue_batch(session, now=now)
        if not count:
            return Outcome(found=done, done=done)
        done += count


def follow_calendar(now: datetime) -> Outcome:
    """Compute open due dates anew under the newest calendar and policies."""
    with reading() as session:
        held = {policy.id: policy for policy in policies.every(session)}
        places = Places(session)
    done = _through(lambda session, after: postponing.batch(session, after=after, now=now))
    done += _each_batch(lambda session, after: recompute.batch(session, held, places, after=after, now=now)).total
    return Outcome(found=done, done=done)


def _through(batch: Callable[[Session, int], tuple[int | None, int]]) -> int:
    """Run `batch` to its end, each time in a transaction of its own. Returns how many rows it changed."""
    changed, after = 0, 0
    while True:
        with transaction() as session:
            following, count = batch(session, after)
        changed += count
        if following is None:
            return changed
        after = following


def _open(policy: Held, places: Places, now: datetime) -> Counts:
    counts = Counts()
    for part in policy.parts():
        counts.add(_open_part(part, places, now))
    return counts


def _open_part(policy: Held, places: Places, now: datetime) -> Counts:
    """Open the periods that one version of a policy governs."""
    counts = Counts()
    listed: set[tuple[str, int]] = set()
    with reading() as session:
        found = sources.subjects(session, policy.spec.subjects, local_date(now))
        for batch in chunks(found, ledger.BATCH):
            listed.update((subject.kind, subject.id) for subject in batch)
            with transaction() as writing:
                counts.add(ledger.open_batch(writing, policy, batch, places, now=now))
    with reading() as session:
        for ids in chunks(departures.leaving(session, policy, listed, now=now), ledger.BATCH):
            with transaction() as writing:
                counts.add(departures.let_go(writing, ids, now=now))
    return counts


def _each_batch(batch: Callable[[Session, int], tuple[int | None, Counts]]) -> Counts:
    """Run `batch` to its end, each time in a transaction of its own, from where it left off."""
    counts, after = Counts(), 0
    while True:
        with transaction() as session:
            following, changed = batch(session, after)
        counts.add(changed)
        if following is None:
            return counts
        after = following
