"""How long personal data are kept: terms that rooms declare, each a setting, and what goes when one is over.

A room registers a term with `@term`; `att/retaining.py` applies them all. A term of 0 keeps for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.settings import Setting

MONTHS, DAYS = "months", "days"
BATCH = 500

Touch = Callable[[Session, datetime, datetime], int]
"""Take away some of what ended before an instant, as of another. Returns of how many rows; 0 when nothing is left."""
Due = Callable[[datetime], Select[Any]]
"""The rows that ended before an instant and are still whole."""


@dataclass(frozen=True, slots=True)
class Term:
    """How long something is kept.

    `key` is its setting, `label` what is kept, `becomes` what happens to it then. `default` counts `unit`, 0 for ever,
    which `least` 0 allows. `may` says whether the program has the right to do it on this database.
    """

    key: str
    label: str
    becomes: str
    unit: str
    default: int
    least: int
    most: int
    due: Due
    touch: Touch
    may: Callable[[Session], bool]


TERMS: dict[str, Term] = {}


def term(
    key: str, label: str, *, becomes: str, unit: str, default: int, least: int, most: int, due: Due,
    may: Callable[[Session], bool] = lambda session: True,
) -> Callable[[Touch], Touch]:  # fmt: skip
    """Register what takes away what is older than the term `key`."""

    def register(touch: Touch) -> Touch:
        TERMS[key] = Term(key, label, becomes, unit, default, least, most, due, touch, may)
        return touch

    return register


def lengths(session: Session) -> dict[str, int]:
    """How many days or months each term has now, asked at once; 0 for ever."""
    kept = select(Setting.key, Setting.value).where(Setting.key.in_(list(TERMS)))
    return {key: one.default for key, one in TERMS.items()} | {key: int(value) for key, value in session.execute(kept)}


def length(session: Session, one: Term) -> int:
    """How many days or months a term has now; 0 for ever."""
    return lengths(session)[one.key]


def limit(one: Term, count: int, now: datetime) -> datetime | None:
    """What ended before this is over, for a term of `count`; None when it is kept for ever."""
    if not count:
        return None
    return now - timedelta(days=count * 365 // 12 if one.unit == MONTHS else count)


def waiting(session: Session, one: Term, count: int, now: datetime) -> int:
    """How many rows a term of `count` would touch at `now`."""
    ends = limit(one, count, now)
    if ends is None:
        return 0
    return session.scalar(select(func.count()).select_from(one.due(ends).subquery())) or 0
