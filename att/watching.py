"""The sweep over what must always hold: every check on its own; what came of it stands where people can see it."""

import time
from datetime import datetime

import structlog

from att import running
from db import invariants
from db import reading
from db import transaction
from db.invariants import Check
from db.jobs import Outcome

log = structlog.get_logger("att.watching")


def sweep(now: datetime) -> Outcome:
    """Look at every invariant as of `now`. Returns how many rows break one; failed are those it could not look at."""
    outcomes = [_looked(check, now) for check in invariants.CHECKS.values()]
    with transaction() as session:
        invariants.forget(session, now=now)
    return Outcome(
        found=sum(one.found for one in outcomes),
        done=sum(one.done for one in outcomes),
        failed=sum(one.failed for one in outcomes),
        error=next((one.error for one in outcomes if one.error), ""),
    )


def _looked(check: Check, now: datetime) -> Outcome:
    begun = time.perf_counter()
    try:
        with reading() as session:
            found = check.look(session, now)
    except Exception as error:  # one that cannot be asked stops no other, and is told
        log.exception("invariant failed", invariant=check.key)
        said = running.in_words(error)
        with transaction() as session:
            invariants.failed(session, check.key, said, now=now)
        return Outcome(failed=1, error=f"{check.key}: {said}"[:500])
    with transaction() as session:
        invariants.keep(session, check.key, found, seconds=time.perf_counter() - begun, now=now)
    if found:
        log.warning("invariant broken", invariant=check.key, found=len(found))
    return Outcome(found=len(found), done=len(found))
