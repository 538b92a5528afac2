"""Whether the report of an earlier month tells what was registered afterwards, or a later one has to."""

from datetime import date
from datetime import datetime

from sqlalchemy.orm import Session

from notifications import owing
from notifications import periods
from notifications.periods import Period
from tracking.reports import kinds
from tracking.reports import store


class Reports:
    """The reports of a kind that somebody presents month by month, each looked up once."""

    def __init__(self, session: Session, kind: str, person_id: int) -> None:
        self._session, self._kind, self._person_id = session, kinds.kind(kind), person_id
        self._closed: dict[str, datetime | None] = {}

    def tells(self, on: date, registered_at: datetime) -> bool:
        """Whether the report of the month of `on` has what was registered at an instant, or will have it."""
        closed = self.closed(periods.of(periods.MONTHLY, on))
        return closed is None or registered_at <= closed

    def closed(self, month: Period) -> datetime | None:
        """From when on the report of a month takes nothing more; None while it is still to be presented.

        One that was never begun and is owed by nobody was closed from the start.
        """
        if month.key not in self._closed:
            row = store.find(self._session, self._kind.key, self._person_id, month.key)
            self._closed[month.key] = row.presented_at if row is not None else self._without(month)
        return self._closed[month.key]

    def _without(self, month: Period) -> datetime | None:
        ids = [self._person_id]
        owed = owing.of_period(self._session, self._kind.fact, self._kind.subject_kind, ids, month.key)
        return None if owed else periods.bounds(month)[0]
