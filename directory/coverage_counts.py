"""How many entities each department has and how many of them somebody accompanies, and how many each person does."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Coverage
from directory.models import Department
from directory.models import Entity
from directory.models import RegionDepartment
from directory.models import RegionScheme
from directory.periods import active_on


@dataclass(frozen=True, slots=True)
class Total:
    """A department: its region in the current scheme, how many entities it has, and how many are covered."""

    code: str
    name: str
    region_id: int | None
    entities: int
    covered: int

    @property
    def uncovered(self) -> int:
        """How many wait for somebody."""
        return self.entities - self.covered


def departments(session: Session, on: date) -> list[Total]:
    """Every department with its totals on a day, by name."""
    region = (
        select(RegionDepartment.department_code, RegionDepartment.region_id)
        .join(RegionScheme, and_(RegionScheme.id == RegionDepartment.scheme_id, RegionScheme.current))
        .subquery()
    )
    statement = (
        select(
            Department.code, Department.name, region.c.region_id, func.count(Entity.id), func.count(Coverage.entity_id)
        )
        .join(region, region.c.department_code == Department.code, isouter=True)
        .join(Entity, Entity.department_code == Department.code, isouter=True)
        .join(Coverage, and_(Coverage.entity_id == Entity.id, active_on(Coverage, on)), isouter=True)
        .group_by(Department.code, Department.name, Department.search_name, region.c.region_id)
        .order_by(Department.search_name)
    )
    return [Total(*row) for row in session.execute(statement)]


def people(session: Session, on: date, department_codes: Collection[str] | None = None) -> dict[int, int]:
    """Person → how many entities they cover on a day, in some departments or, without them, in all."""
    statement = select(Coverage.person_id, func.count()).where(active_on(Coverage, on)).group_by(Coverage.person_id)
    if department_codes is not None:
        inside = Entity.department_code.in_(sorted(department_codes))
        statement = statement.join(Entity, Entity.id == Coverage.entity_id).where(inside)
    return dict(session.execute(statement).all())


def uncovered(session: Session, on: date, department_codes: Collection[str], limit: int) -> list[Entity]:
    """At most `limit` entities of some departments that nobody covers on a day, by department and name."""
    covered = select(Coverage.entity_id).where(active_on(Coverage, on))
    statement = (
        select(Entity)
        .join(Department, Department.code == Entity.department_code)
        .where(Entity.department_code.in_(sorted(department_codes)), Entity.id.not_in(covered))
        .order_by(Department.search_name, Entity.search_name, Entity.id)
    )
    return list(session.scalars(statement.limit(limit)))
