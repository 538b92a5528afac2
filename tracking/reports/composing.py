"""What a report shows: what is registered now, until it is presented; then what was frozen with what people added."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from engine.models import Submission
from tracking.models import Report
from tracking.reports import kinds
from tracking.reports import monthly
from tracking.reports import regional
from tracking.reports import seta
from tracking.reports import store


def registered(session: Session, row: Report, now: datetime) -> dict[str, Any]:
    """What the program composes of what is registered now, as it is frozen."""
    period = kinds.period(kinds.kind(row.kind), row.period)
    if row.kind == kinds.SETA:
        return {"rows": seta.rows(session, row)}
    if row.kind == kinds.ACTIVITIES:
        return monthly.compose(session, row.subject_id, period, row.content.get("moves"))
    return regional.compose(session, row.subject_id, period, now, but=row.person_id)


def shown(session: Session, row: Report, now: datetime) -> dict[str, Any]:
    """What was frozen when the report was presented; what is registered now while it is written or corrected."""
    return row.content if row.status in store.FROZEN else registered(session, row, now)


def answers(content: dict[str, Any], kind: str) -> dict[str, Any]:
    """What was composed, as rows of the form of a report."""
    return monthly.answers(content) if kind == kinds.ACTIVITIES else dict(content)


def sent(session: Session, row: Report) -> Submission | None:
    """The form with which a report was last presented, with its answers; None before, and where there is no form."""
    if not row.receipt:
        return None
    statement = select(Submission).where(Submission.receipt == row.receipt).options(undefer(Submission.data))
    return session.scalars(statement).one_or_none()
