"""Which changes of the calendar moved a due date: the days by name, and the hour at which a working day ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.calendar import CUT_OFF
from notifications.calendar import WorkingDays
from notifications.calendar import in_words
from notifications.models import CalendarVersion
from notifications.models import NonWorkingDay
from notifications.places import Places

BY_CALENDAR = "Cambió el calendario de días hábiles."

Dated = Callable[[WorkingDays], datetime]
"""When something is due in a place whose working days are given."""


class Causes:
    """Looks up once how the calendar changed, for whoever asks about many due dates."""

    def __init__(self, session: Session, places: Places) -> None:
        self.places = places
        statement = select(CalendarVersion.number, CalendarVersion.changed_at, CalendarVersion.cut_off)
        found = session.execute(statement.order_by(CalendarVersion.number)).all()
        self._changed_at = {number: at for number, at, _ in found}
        self._cut_offs: dict[int, time] = {number: cut_off for number, _, cut_off in found}

    def since(
        self, version: int, dated: Dated, *, entity_id: int | None = None, region_id: int | None = None,
        sure: bool = True,
    ) -> str:  # fmt: skip
        """What moved, since `version` of the calendar, what `dated` says is due at a place; a sentence.

        A change counts when the due date would be another one without it. Where none alone does, the sentence says just
        that the calendar changed; it is empty then unless it is `sure` that the calendar was the cause.
        """
        days = self.places.of(entity_id=entity_id, region_id=region_id)
        present = dated(days)
        said = []
        for row in self.places.declared(entity_id=entity_id, region_id=region_id):
            before = self._without(row, version, days)
            if before is not None and dated(before) != present:
                said.append(_in_words(row))
        hour = self._cut_offs.get(version, CUT_OFF)
        if hour != days.cut_off:
            said.append(f"la hora límite del día hábil pasó de las {hour:%H:%M} a las {days.cut_off:%H:%M}")
        if not said:
            return BY_CALENDAR if sure else ""
        return f"Cambió el calendario: {'; '.join(said)}."

    def then(self, version: int, *, entity_id: int | None = None, region_id: int | None = None) -> WorkingDays:
        """The working days of a place as they were under `version` of the calendar."""
        days = self.places.of(entity_id=entity_id, region_id=region_id)
        for row in self.places.declared(entity_id=entity_id, region_id=region_id):
            days = self._without(row, version, days) or days
        return replace(days, cut_off=self._cut_offs.get(version, CUT_OFF))

    def _without(self, row: NonWorkingDay, version: int, days: WorkingDays) -> WorkingDays | None:
        """`days` as if `row` had not been declared, or taken back, after `version`; None when it was not."""
        first = self._changed_at.get(version + 1)
        if first is None:
            return None
        if row.removed_at is None and row.created_at >= first:
            return replace(days, extra={day: why for day, why in days.extra.items() if day != row.day})
        if row.removed_at is not None and row.removed_at >= first > row.created_at:
            return replace(days, extra={**days.extra, row.day: row.reason})
        return None


def _in_words(row: NonWorkingDay) -> str:
    if row.removed_at is not None:
        return f"el {in_words(row.day)} volvió a ser hábil"
    return f"el {in_words(row.day)} no es hábil ({row.reason})"
