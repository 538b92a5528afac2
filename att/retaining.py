"""Applying the terms for which personal data are kept: in batches, each written in the history of the installation."""

from datetime import datetime

from db import SYSTEM
from db import installation
from db import reading
from db import retention
from db import transaction
from db.jobs import Outcome
from db.retention import Term

APPLIED = "retention.applied"


def apply(now: datetime) -> Outcome:
    """Take away what is older than the terms that are set. One that may not be applied here is left alone."""
    done = sum(_applied(one, now) for one in retention.TERMS.values())
    return Outcome(found=done, done=done)


def _applied(one: Term, now: datetime) -> int:
    with reading() as session:
        limit = retention.limit(one, retention.length(session, one), now)
        if limit is None or not one.may(session):
            return 0
    done = 0
    while count := _batch(one, limit, now):
        done += count
    return done


def _batch(one: Term, limit: datetime, now: datetime) -> int:
    """One batch and its act, in one transaction: what is gone is always written down."""
    with transaction() as session:
        count = one.touch(session, limit, now)
        if count:
            summary = f"Conservación de datos: {one.label} ({count}). {one.becomes}"
            installation.record(session, APPLIED, summary, by=SYSTEM, now=now)
    return count
