"""The working days of many places, read once."""

from collections import defaultdict
from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Entity
from notifications import days
from notifications.calendar import CUT_OFF
from notifications.calendar import WorkingDays
from notifications.models import CalendarVersion
from notifications.models import NonWorkingDay


class Places:
    """The calendar as it stands, for whoever asks about many places: three queries at most, however many they are.

    It says what `days.load` says for each place; with `added`, without the row `removed` or with the hour `cut_off`,
    what it would say.
    """

    def __init__(
        self,
        session: Session,
        *,
        added: NonWorkingDay | None = None,
        removed: int | None = None,
        cut_off: time | None = None,
    ) -> None:
        self.version = days.current(session)
        kept = select(CalendarVersion.cut_off).where(CalendarVersion.number == self.version)
        self._cut_off = cut_off or session.scalar(kept)
        self._rows = list(session.scalars(select(NonWorkingDay).order_by(NonWorkingDay.id)))
        self._removed = removed
        if added is not None:
            self._rows.append(added)
        self._of: dict[tuple[str, str], set[int]] = defaultdict(set)
        for number, row in enumerate(self._rows):
            self._of[row.scope_kind, row.scope_code].add(number)
        self._departments = self._departments_of_entities(session)
        self._known: dict[frozenset[int], WorkingDays] = {}

    def of(self, *, entity_id: int | None = None, region_id: int | None = None) -> WorkingDays:
        """The working days of a place."""
        found = self._reaching(entity_id, region_id)
        return self._with(frozenset(one for one in found if self._is_valid(self._rows[one])))

    def declared(self, *, entity_id: int | None = None, region_id: int | None = None) -> list[NonWorkingDay]:
        """The extra days that were ever declared for a place, those taken back among them, as they came."""
        return [self._rows[one] for one in sorted(self._reaching(entity_id, region_id))]

    def _is_valid(self, row: NonWorkingDay) -> bool:
        return row.removed_at is None and (self._removed is None or row.id != self._removed)

    def _reaching(self, entity_id: int | None, region_id: int | None) -> set[int]:
        found = set(self._of.get(("national", ""), ()))
        if region_id is not None:
            found |= self._of.get(("region", str(region_id)), set())
        if entity_id is not None:
            found |= self._of.get(("entity", str(entity_id)), set())
            found |= self._of.get(("department", self._departments.get(entity_id, "")), set())
        return found

    def _with(self, rows: frozenset[int]) -> WorkingDays:
        known = self._known.get(rows)
        if known is None:
            extra = {self._rows[number].day: self._rows[number].reason for number in sorted(rows)}
            known = WorkingDays(extra, self.version, self._cut_off or CUT_OFF)
            self._known[rows] = known
        return known

    def _departments_of_entities(self, session: Session) -> dict[int, str]:
        codes = {row.scope_code for row in self._rows if row.scope_kind == "department"}
        if not codes:
            return {}
        statement = select(Entity.id, Entity.department_code).where(Entity.department_code.in_(sorted(codes)))
        return {row.id: row.department_code for row in session.execute(statement)}
