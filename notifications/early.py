"""What is stated or accepted while its period has not ended: it is confirmed, for what comes later is not in it.

No source forbids it; that it is confirmed is ours, as it is of reports (`tracking/reports/early.py`).
"""

from datetime import date
from datetime import datetime

from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import InvalidData
from notifications import chains
from notifications import policies
from notifications.calendar import in_words
from notifications.models import Obligation
from notifications.words import counted


def time_left(end: date, today: date) -> str:
    """«faltan 9 días, termina el 30 de noviembre de 2026», or «termina hoy»."""
    left = (end - today).days
    missing = "falta" if left == 1 else "faltan"
    return f"{missing} {counted(left, 'día', 'días')}, termina el {in_words(end)}" if left else "termina hoy"


def doubt(session: Session, row: Obligation, now: datetime) -> str:
    """What is to be confirmed before `row` is said to be done now, to follow «aunque»; empty when that is its time.

    It is time once the period ended, and from the day on which it is due, where that falls within the period. What is
    made ahead of its period, a recommendation, and what belongs to one day may be done on any day.
    """
    today = local_date(now)
    if today > row.period_end or today >= row.due_on or row.period_start == row.period_end:
        return ""
    spec = policies.many(session, [row.policy_id])[row.policy_id].at(row.period_start).spec
    if chains.step_of(session, row).days_ahead or not spec.escalates:
        return ""
    return unfinished(row.period_end, today)


def unfinished(end: date, today: date) -> str:
    """That a period which ends on the day `end` has not ended, to follow «aunque»; empty when it has."""
    return f"su periodo no ha terminado ({time_left(end, today)})" if today <= end else ""


def demand_confirmed(session: Session, row: Obligation, verb: str, now: datetime, *, confirmed: bool) -> None:
    """Raise InvalidData (`confirmed`) while there is a doubt; `verb` says what is done: «la presento»."""
    why = "" if confirmed else doubt(session, row, now)
    if why:
        raise InvalidData({"confirmed": [asked(verb, why)]})


def asked(verb: str, why: str) -> str:
    """What to confirm, in words."""
    return f"Confirme antes de continuar: «{verb} aunque {why}»."
