"""The only source of now, and the zone in which people read it."""

from datetime import UTC
from datetime import date
from datetime import datetime
from zoneinfo import ZoneInfo

BOGOTA = ZoneInfo("America/Bogota")


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """`instant` as clocks in Colombia show it."""
    return instant.astimezone(BOGOTA)


def local_date(instant: datetime) -> date:
    """The calendar day of `instant` in Colombia."""
    return local(instant).date()
