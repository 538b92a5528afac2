"""From one day to another: which rows count on a day, which overlap, and whether two dates are in order."""

from datetime import date

from sqlalchemy import BindParameter
from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import or_

from db.errors import InvalidData
from directory.models import Period

Day = date | BindParameter[date]  # known now, or given when the statement is asked


def active_on(table: type[Period], day: Day) -> ColumnElement[bool]:
    """The rows of `table` that count on `day`."""
    return overlapping(table, day, day)


def overlapping(table: type[Period], since: Day, until: Day | None) -> ColumnElement[bool]:
    """The rows of `table` that count on some day from `since` to `until` (None: for ever)."""
    begins_in_time = table.since <= until if until is not None else table.since.is_not(None)
    return and_(begins_in_time, or_(table.until.is_(None), table.until >= since), table.revoked_at.is_(None))


def check_order(since: date, until: date | None) -> None:
    """Raises InvalidData at `until` when it comes before `since`."""
    if until is not None and until < since:
        raise InvalidData({"until": ["La fecha final debe ser igual o posterior a la inicial."]})
