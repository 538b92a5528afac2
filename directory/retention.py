"""How long this room keeps who came in, who tried, who read personal data, and how those who left are reached."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session

from db.retention import BATCH
from db.retention import DAYS
from db.retention import MONTHS
from db.retention import term
from directory import readings
from directory import sessions
from directory import throttle
from directory.models import LoginAttempt

SESSION_DAYS = 90  # ours, as the others: no source says how long such things are kept
ATTEMPT_DAYS = 1  # the longest pause ends within the hour


@term(
    "session_days", "Ingresos que terminaron, con su dirección y su navegador", becomes="Se borran.", unit=DAYS,
    default=SESSION_DAYS, least=2, most=3650, due=sessions.old,
)  # fmt: skip
def _forget_sessions(session: Session, limit: datetime, now: datetime) -> int:
    return sessions.purge(session, limit=limit, batch=BATCH)


def _attempts(limit: datetime) -> Select[Any]:
    return select(LoginAttempt.subject).where(LoginAttempt.last_at < limit)


@term(
    "attempt_days", "Intentos fallidos de ingreso", becomes="Se borran.", unit=DAYS, default=ATTEMPT_DAYS, least=1,
    most=365, due=_attempts,
)  # fmt: skip
def _forget_attempts(session: Session, limit: datetime, now: datetime) -> int:
    return throttle.purge(session, limit=limit)


def _may_delete_readings(session: Session) -> bool:
    """Whether this role may: that of the program on PostgreSQL may not, so that nobody deletes their own traces."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(text("SELECT has_table_privilege(current_user, 'personal_reading', 'DELETE')")))


@term(
    "reading_months", "Lecturas de datos personales", becomes="Se borran.", unit=MONTHS, default=0, least=0, most=600,
    due=readings.before, may=_may_delete_readings,
)  # fmt: skip
def _forget_readings(session: Session, limit: datetime, now: datetime) -> int:
    return readings.purge(session, limit, batch=BATCH)
