"""Attached files that prove what is reported, and days that cannot lie ahead."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from db.errors import InvalidData
from db.files import StoredFile


def check_files(session: Session, tokens: Sequence[str], path: str) -> list[str]:
    """`tokens` without repetition. Raises InvalidData at `path` when one of them is no stored file."""
    wanted = list(dict.fromkeys(tokens))
    known = set(session.scalars(select(StoredFile.token).where(StoredFile.token.in_(wanted))))
    if len(known) < len(wanted):
        raise InvalidData({path: ["Un archivo adjunto no se encontró. Adjúntelo de nuevo."]})
    return wanted


def check_past(day: date, path: str, *, now: datetime) -> date:
    """`day`. Raises InvalidData at `path` when it is after today in Colombia."""
    if day > local_date(now):
        raise InvalidData({path: ["La fecha no puede ser posterior a hoy."]})
    return day
