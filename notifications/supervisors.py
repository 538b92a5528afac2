"""Who supervises an obligation, and who else is told of it.

The supervisor is whoever holds the coordination of its region; without a region, the technical direction of its unit
or of the nearest unit above; failing both, the monitoring team of the DER. Nobody supervises what they owe themselves:
then the next in that order does.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.orm import Session

from directory import roles
from directory.models import Encargo
from directory.models import Person
from directory.models import RoleGrant
from directory.models import Unit
from directory.periods import active_on

COORDINATOR, DIRECTOR, MONITORING = "regional_coordinator", "technical_director", "der_monitoring"


class Book:
    """Who holds which role over which place on a day, read once: two queries, for however many obligations."""

    def __init__(self, session: Session, on: date) -> None:
        self._holders: dict[tuple[str, str, int | None], list[int]] = defaultdict(list)
        held = union_all(_posts(RoleGrant, 0, on), _posts(Encargo, 1, on)).subquery()
        for row in session.execute(select(held).order_by(held.c.order, held.c.id)):
            people = self._holders[row.role, row.scope_kind, row.scope_id]
            if row.person_id not in people:
                people.append(row.person_id)
        self._parents = {unit: parent for unit, parent in session.execute(select(Unit.id, Unit.parent_id))}  # noqa: C416 - rows

    @property
    def der(self) -> tuple[int, ...]:
        """Every holder of the monitoring of the DER."""
        return tuple(self._holders.get((MONITORING, roles.NATIONAL, None), ()))

    def of(self, *, region_id: int | None, unit_id: int | None, debtor_id: int | None) -> tuple[int, ...]:
        """The supervisors of an obligation of `debtor_id` in a region or a unit; never the debtor."""
        levels = [self._coordinators(region_id)] if region_id is not None else []
        levels += list(self._directors(unit_id)) if region_id is None else []
        for people in (*levels, self.der):
            others = tuple(one for one in people if one != debtor_id)
            if others:
                return others
        return ()

    def holders(
        self, role: str, *, region_id: int | None = None, unit_id: int | None = None, entity_id: int | None = None
    ) -> tuple[int, ...]:
        """Who holds `role` over the whole country or over one of these places."""
        scopes: list[tuple[str, int | None]] = [(roles.NATIONAL, None), (roles.REGION, region_id)]
        scopes += [(roles.ENTITY, entity_id), *((roles.UNIT, one) for one in self._upwards(unit_id))]
        found = [
            person
            for kind, place in scopes
            if kind == roles.NATIONAL or place is not None
            for person in self._holders.get((role, kind, place), ())
        ]
        return tuple(dict.fromkeys(found))

    def over(self, role: str, scope_kind: str, scope_id: int | None) -> tuple[int, ...]:
        """Who holds `role` over exactly this place: appointed ones before those by encargo, the oldest first."""
        return tuple(self._holders.get((role, scope_kind, scope_id), ()))

    def _coordinators(self, region_id: int | None) -> Iterable[int]:
        return self._holders.get((COORDINATOR, roles.REGION, region_id), ())

    def _directors(self, unit_id: int | None) -> Iterable[Iterable[int]]:
        return (self._holders.get((DIRECTOR, roles.UNIT, one), ()) for one in self._upwards(unit_id))

    def _upwards(self, unit_id: int | None) -> Iterable[int]:
        """A unit and those above it."""
        seen: set[int] = set()
        while unit_id is not None and unit_id not in seen:
            seen.add(unit_id)
            yield unit_id
            unit_id = self._parents.get(unit_id)


def _posts(table: type[RoleGrant] | type[Encargo], order: int, on: date) -> Any:
    columns = (table.person_id, table.role, table.scope_kind, table.scope_id, literal(order).label("order"), table.id)
    active = select(*columns).join(Person, Person.id == table.person_id)
    return active.where(active_on(table, on), Person.disabled_at.is_(None))
