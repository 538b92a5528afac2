"""Regions, in the schemes that the sources give; one scheme is current."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from directory.models import Department
from directory.models import Region
from directory.models import RegionDepartment
from directory.models import RegionScheme


def schemes(session: Session) -> list[RegionScheme]:
    """Every scheme, the current one first."""
    return list(session.scalars(select(RegionScheme).order_by(RegionScheme.current.desc(), RegionScheme.key)))


def scheme(session: Session, key: str) -> RegionScheme:
    """The scheme with this key. Raises NotFound."""
    row = session.scalars(select(RegionScheme).where(RegionScheme.key == key)).one_or_none()
    if row is None:
        raise NotFound("el esquema de regiones", key)
    return row


def current(session: Session) -> list[Region]:
    """The regions of the current scheme, by name."""
    statement = select(Region).join(RegionScheme, RegionScheme.id == Region.scheme_id).where(RegionScheme.current)
    return list(session.scalars(statement.order_by(Region.name)))


def get(session: Session, region_id: int) -> Region:
    """The region with this id. Raises NotFound."""
    region = session.get(Region, region_id)
    if region is None:
        raise NotFound("la región", region_id)
    return region


def departments_of(session: Session, region_id: int) -> list[Department]:
    """The departments of a region, by name."""
    statement = select(Department).join(RegionDepartment, RegionDepartment.department_code == Department.code)
    inside = statement.where(RegionDepartment.region_id == region_id)
    return list(session.scalars(inside.order_by(Department.search_name)))


def make_current(session: Session, key: str, *, by: Actor, now: datetime) -> RegionScheme:
    """Divide the country by another scheme from now on. The caller has demanded `setting.change`.

    Raises NotFound; InvalidData (`key`) for a scheme that does not place every department.
    """
    chosen = scheme(session, key)
    placed = select(RegionDepartment.department_code).where(RegionDepartment.scheme_id == chosen.id)
    homeless = session.scalars(select(Department.name).where(Department.code.not_in(placed))).first()
    if homeless is not None:
        raise InvalidData({"key": [f"El esquema «{chosen.name}» no dice a qué región pertenece {homeless}."]})
    for row in schemes(session):
        row.current = row is chosen
    session.flush()
    subject = history.Subject("region_scheme", chosen.id)
    summary = f"El país se divide según «{chosen.name}»."
    history.record(session, subject, "region_scheme.made_current", by=by, now=now, summary=summary)
    return chosen
