"""Regions, in the schemes that the sources give; one scheme is current."""

from collections.abc import Collection
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func
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

CHAIN = "region_scheme"
"""The kind of the chain in which history keeps what is done to a scheme."""


def schemes(session: Session) -> list[RegionScheme]:
    """Every scheme, the current one first."""
    return list(session.scalars(select(RegionScheme).order_by(RegionScheme.current.desc(), RegionScheme.key)))


def scheme(session: Session, key: str) -> RegionScheme:
    """The scheme with this key. Raises NotFound."""
    row = session.scalars(select(RegionScheme).where(RegionScheme.key == key)).one_or_none()
    if row is None:
        raise NotFound("el esquema de regiones", key)
    return row


def unfinished(session: Session) -> set[str]:
    """Keys of the schemes that do not place every department: nothing can be divided by them yet."""
    placed = select(func.count()).where(RegionDepartment.scheme_id == RegionScheme.id).scalar_subquery()
    every = select(func.count()).select_from(Department).scalar_subquery()
    return set(session.scalars(select(RegionScheme.key).where(placed < every)))


def current(session: Session) -> list[Region]:
    """The regions of the current scheme, by name."""
    statement = select(Region).join(RegionScheme, RegionScheme.id == Region.scheme_id).where(RegionScheme.current)
    return list(session.scalars(statement.order_by(Region.name)))


def define(
    session: Session, key: str, regions: Mapping[str, Collection[str]], *, by: Actor, now: datetime
) -> RegionScheme:
    """Name the regions of a scheme that had none: name → codes of its departments.

    The caller has demanded `setting.change`. Raises NotFound; InvalidData (`regions`) when the scheme has regions
    already, their number is not the declared one, or a department is not in exactly one of them.
    """
    row = scheme(session, key)
    problems = _problems(session, row, regions)
    if problems:
        raise InvalidData({"regions": problems})
    for name, inside in regions.items():
        region = Region(scheme_id=row.id, name=name)
        session.add(region)
        session.flush()
        session.add_all(
            RegionDepartment(scheme_id=row.id, department_code=code, region_id=region.id) for code in inside
        )
    session.flush()
    _record(session, row, "region_scheme.defined", f"Nombró las regiones de «{row.name}».", by, now)
    return row


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
    _record(session, chosen, "region_scheme.made_current", f"El país se divide según «{chosen.name}».", by, now)
    return chosen


def _problems(session: Session, row: RegionScheme, regions: Mapping[str, Collection[str]]) -> list[str]:
    known = set(session.scalars(select(Department.code)))
    codes = [code for inside in regions.values() for code in inside]
    problems = []
    if session.scalars(select(Region.id).where(Region.scheme_id == row.id)).first() is not None:
        problems.append(f"El esquema «{row.name}» ya tiene sus regiones.")
    if len(regions) != row.region_count:
        problems.append(f"Deben ser {row.region_count} regiones y hay {len(regions)}.")
    if len(codes) != len(set(codes)) or set(codes) != known:
        problems.append("Cada departamento debe estar en una región y sólo en una.")
    return problems


def _record(session: Session, row: RegionScheme, action: str, summary: str, by: Actor, now: datetime) -> None:
    history.record(session, history.Subject(CHAIN, row.id), action, by=by, now=now, summary=summary)
