"""Names of the people, entities and products that a list mentions, each in one query."""

from collections.abc import Iterable
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.files import StoredFile
from directory import entities
from directory.models import Person
from directory.models import Region
from directory.models import Unit
from engine.models import Instance
from engine.models import Task
from tracking.models import Product
from tracking.models import Strategy

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
    return entities.names(session, _wanted(ids))


def of_products(session: Session, ids: Ids) -> dict[int, Product]:
    """Product id → product."""
    wanted = _wanted(ids)
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(Product).where(Product.id.in_(wanted)))}


def of_strategies(session: Session, ids: Ids) -> dict[int, str]:
    """Strategy id → name."""
    return _names(session, Strategy, ids)


def of_instances(session: Session, ids: Ids) -> dict[int, str]:
    """Instance id → title."""
    wanted = _wanted(ids)
    if not wanted:
        return {}
    return dict(session.execute(select(Instance.id, Instance.title).where(Instance.id.in_(wanted))).all())


def of_cases(session: Session, tasks: Sequence[Task]) -> dict[int, str]:
    """Instance id → title of the case of each task, its place with its department: many municipalities share a name.

    A procedure is called after its entity and its product («Sonsón · Bancos de proyectos»).
    """
    known, places = entities.many(session, _wanted(task.entity_id for task in tasks)), {}
    said = of_entities(session, known)
    for task in tasks:
        title, place = task.instance.title, known.get(task.entity_id or 0)
        follows = place is not None and title.startswith(f"{place.name} · ")
        places[task.instance_id] = said[place.id] + title[len(place.name) :] if place and follows else title
    return places


def of_files(session: Session, tokens: Iterable[str]) -> dict[str, str]:
    """Token → name of an attached file."""
    wanted = sorted({token for token in tokens if token})
    if not wanted:
        return {}
    rows = session.execute(select(StoredFile.token, StoredFile.name).where(StoredFile.token.in_(wanted)))
    return dict(rows.all())


def _names(session: Session, table: type[Person | Unit | Region | Strategy], ids: Ids) -> dict[int, str]:
    wanted = _wanted(ids)
    if not wanted:
        return {}
    return dict(session.execute(select(table.id, table.name).where(table.id.in_(wanted))).all())


def _wanted(ids: Ids) -> list[int]:
    return sorted({key for key in ids if key is not None})
