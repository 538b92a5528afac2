"""Names of the people, entities and products that a list mentions, each in one query."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.files import StoredFile
from directory.models import Department
from directory.models import Entity
from directory.models import Person
from directory.models import Region
from directory.models import Unit
from engine.models import Instance
from tracking.models import Product

Ids = Iterable[int | None]


def of_people(session: Session, ids: Ids) -> dict[int, str]:
    """Person id → name."""
    return _names(session, Person, ids)


def of_units(session: Session, ids: Ids) -> dict[int, str]:
    """Unit id → name."""
    return _names(session, Unit, ids)


def of_regions(session: Session, ids: Ids) -> dict[int, str]:
    """Region id → name."""
    return _names(session, Region, ids)


def of_entities(session: Session, ids: Ids) -> dict[int, str]:
    """Entity id → name with its department («Sonsón, Antioquia»)."""
    wanted = _wanted(ids)
    if not wanted:
        return {}
    statement = (
        select(Entity.id, Entity.name, Department.name)
        .join(Department, Department.code == Entity.department_code)
        .where(Entity.id.in_(wanted))
    )
    return {
        key: name if department in name else f"{name}, {department}"
        for key, name, department in session.execute(statement)
    }


def of_products(session: Session, ids: Ids) -> dict[int, Product]:
    """Product id → product."""
    wanted = _wanted(ids)
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(Product).where(Product.id.in_(wanted)))}


def of_instances(session: Session, ids: Ids) -> dict[int, str]:
    """Instance id → title."""
    wanted = _wanted(ids)
    if not wanted:
        return {}
    return dict(session.execute(select(Instance.id, Instance.title).where(Instance.id.in_(wanted))).all())


def of_files(session: Session, tokens: Iterable[str]) -> dict[str, str]:
    """Token → name of an attached file."""
    wanted = sorted({token for token in tokens if token})
    if not wanted:
        return {}
    rows = session.execute(select(StoredFile.token, StoredFile.name).where(StoredFile.token.in_(wanted)))
    return dict(rows.all())


def _names(session: Session, table: type[Person] | type[Unit] | type[Region], ids: Ids) -> dict[int, str]:
    wanted = _wanted(ids)
    if not wanted:
        return {}
    return dict(session.execute(select(table.id, table.name).where(table.id.in_(wanted))).all())


def _wanted(ids: Ids) -> list[int]:
    return sorted({key for key in ids if key is not None})
