"""Days before the one on which the demonstration is loaded, at hours when offices are open."""

import re
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import Any

from db.clock import BOGOTA
from db.clock import local_date

FRIDAY = 4
OPENING = time(8, 0)
OFFICE_MINUTES = 9 * 60

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def before(now: datetime, days: float) -> datetime:
    """The instant `days` before `now`, put back to a working hour of that day or of the Friday before it.

    Order is kept: a day is drawn together into the hours from 8 a. m. to 5 p. m., a weekend into its Friday.
    """
    instant = (now - timedelta(days=days)).astimezone(BOGOTA)
    day = instant.date()
    share = (instant.hour * 60 + instant.minute) / (24 * 60)
    if day.weekday() >= FRIDAY:
        share = (share + day.weekday() - FRIDAY) / 3
        day -= timedelta(days=day.weekday() - FRIDAY)
    opened = datetime.combine(day, OPENING, tzinfo=BOGOTA)
    return min(opened + timedelta(minutes=int(share * OFFICE_MINUTES)), now.astimezone(BOGOTA)).astimezone(UTC)


def day_before(now: datetime, days: float) -> date:
    """The calendar day of `before` in Colombia."""
    return local_date(before(now, days))


def shifted(value: Any, by: timedelta) -> Any:
    """`value` (answers of a form) with every date in it moved `by` so much; all else stays."""
    if isinstance(value, str):
        return (date.fromisoformat(value) + by).isoformat() if _DAY.fullmatch(value) else value
    if isinstance(value, list):
        return [shifted(item, by) for item in value]
    if isinstance(value, dict):
        return {key: shifted(item, by) for key, item in value.items()}
    return value
