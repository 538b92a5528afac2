"""Which departments a region has."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import RegionDepartment


def codes_of(session: Session, region_id: int) -> list[str]:
    """The codes of the departments of a region."""
    statement = select(RegionDepartment.department_code).where(RegionDepartment.region_id == region_id)
    return list(session.scalars(statement.order_by(RegionDepartment.department_code)))
