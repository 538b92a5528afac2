"""Attached files that prove what is reported, and days that cannot lie ahead."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import InvalidData
from db.files import StoredFile
from directory import attachments
from directory.principal import Principal
from forms.words import long_date
from tracking.models import WorkPlan

EARLIEST = date(2000, 1, 1)
AHEAD = "La fecha no puede ser posterior a hoy."
LONG_AGO = f"Revise el año: la fecha no puede ser anterior a {EARLIEST.year}."


def check_files(session: Session, tokens: Sequence[str], path: str, *, by: Principal | None = None) -> list[str]:
    """`tokens` without repetition. Raises InvalidData at `path` when one of them is no file that `by` may attach.

    A service has no `by`: what it passes on was checked when a person sent it.
    """
    wanted = list(dict.fromkeys(tokens))
    if not wanted:
        return wanted
    known = session.scalars(select(StoredFile).where(StoredFile.token.in_(wanted))).all()
    if len(known) < len(wanted) or (by is not None and attachments.foreign_among(session, known, by=by)):
        raise InvalidData({path: ["Un archivo adjunto no se encontró. Adjúntelo de nuevo."]})
    return wanted


def check_in_plan(day: date, path: str, plan: WorkPlan, *, now: datetime) -> date:
    """`day`, on which something was done in a plan. Raises InvalidData at `path` when it lies ahead or before it.

    A plan reaches back to the beginning of its year, or of that in which it was opened when that was earlier: what was
    done before the system was in use is registered too.
    """
    begins = date(min(plan.vigencia, local_date(plan.opened_at).year), 1, 1)
    if day < begins:
        first = long_date(begins.isoformat())
        told = f"Revise el año: la fecha es anterior al plan de trabajo, que registra lo ocurrido desde el {first}."
        raise InvalidData({path: [told]})
    return check_past(day, path, now=now)


def check_past(day: date, path: str, *, now: datetime) -> date:
    """`day`. Raises InvalidData at `path` when it is after today in Colombia, or so long ago that it is a slip."""
    if day > local_date(now):
        raise InvalidData({path: [AHEAD]})
    if day < EARLIEST:
        raise InvalidData({path: [LONG_AGO]})
    return day
