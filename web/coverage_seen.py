"""What a confirmation of coverage was computed from, so that it is shown again when somebody changed that meanwhile."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import Self

from flask import request
from sqlalchemy.orm import Session

from db import history
from db.history import HistoryRow
from db.history import Subject
from directory import coverage
from tracking.models import WorkPlan


@dataclass(frozen=True, slots=True)
class Seen:
    """What a confirmation told, as a mark, and when it was shown."""

    mark: str
    at: int

    @classmethod
    def sent(cls) -> Self:
        """As the form that confirms brings it; without it, a mark that nothing has."""
        mark, _, at = request.form.get("seen", "").partition(".")
        return cls(mark, int(at) if at.isascii() and at.isdigit() and len(at) < 12 else 0)

    def __str__(self) -> str:
        return f"{self.mark}.{self.at}"


def standing(
    session: Session, entity_ids: Sequence[int], since: date, plans: Sequence[Sequence[WorkPlan]], at: datetime
) -> Seen:
    """What would change for others as things stand: whose coverage of these entities, and which `plans` of whom.

    `plans` is as it is told: those that go, those that stay.
    """
    touched = coverage.displaced(session, entity_ids, since)
    covers = sorted(
        (one.coverage.id, str(one.until), str(one.coverage.until)) for rows in touched.values() for one in rows
    )
    whose = [sorted((plan.id, plan.advisor_id or 0) for plan in rows) for rows in plans]
    mark = hashlib.sha256(repr((covers, whose)).encode()).hexdigest()[:16]
    return Seen(mark, int(at.timestamp()))


def acts_after(session: Session, entity_ids: Sequence[int], seen: Seen) -> list[HistoryRow]:
    """The newest act of a person on each of the entities, of those done since the confirmation was shown."""
    last = [history.last_by_person(session, Subject("entity", key)) for key in entity_ids]
    since = datetime.fromtimestamp(seen.at, UTC)
    return [row for row in last if row is not None and row.at >= since] if seen.at else []
