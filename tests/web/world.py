"""A small country to look at: people with their roles, three entities, and the built-in processes."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date

from sqlalchemy.orm import Session

import workflows
from att.setup import deploy_built_in
from db import SYSTEM
from db import clock
from db import transaction
from directory import accounts
from directory import coverage
from directory import grants
from directory import people
from directory import seed
from directory import units
from directory.models import Entity

PASSWORD = "una clave bastante larga"
LONG_AGO = date(2026, 1, 1)

# Username → name, role, kind of scope.
PEOPLE = {
    "lider": ("Ana Ruiz", "technical_lead", "unit"),
    "der": ("Rosa Díaz", "der_reviewer", "national"),
    "monitoreo": ("Elena Soto", "der_monitoring", "national"),
    "asesor": ("Julio Peña", "territorial_advisor", "region"),
    "articulador": ("Marta Gil", "regional_coordinator", "region"),
    "director": ("Pedro Rey", "technical_director", "unit"),
    "comunicaciones": ("Sara Paz", "communications", "national"),
    "control": ("Luz Mora", "internal_control", "national"),
    "admin": ("Iván Cruz", "administrator", "national"),
}


@dataclass
class World:
    """Ids by name."""

    people: dict[str, int] = field(default_factory=dict)
    entities: list[int] = field(default_factory=list)
    unit_id: int = 0
    region_id: int = 0


def build() -> World:
    """Fill the connected database."""
    workflows.register()
    deploy_built_in()
    world, now = World(), clock.now()
    with transaction() as session:
        seed.load_catalogues(session, by=SYSTEM, now=now)
    with transaction() as session:
        world.unit_id = units.every(session)[0].id
        rows = session.query(Entity).filter_by(department_code="05", kind="municipality").order_by(Entity.code).limit(3)
        world.entities = [row.id for row in rows]
        world.region_id = _region(session, world)
        for username, (name, role, kind) in PEOPLE.items():
            world.people[username] = _person(session, world, username, name, role, kind)
        for entity_id in world.entities[:2]:
            coverage.cover(session, world.people["asesor"], entity_id, LONG_AGO, by=SYSTEM, now=now)
    return world


def _region(session: Session, world: World) -> int:
    from directory import entities

    return entities.region_of(session, world.entities[0]) or 0


def _person(session: Session, world: World, username: str, name: str, role: str, kind: str) -> int:
    now = clock.now()
    scope = {"unit": world.unit_id, "region": world.region_id}.get(kind)
    person = people.add(session, name, unit_id=world.unit_id, by=SYSTEM, now=now)
    accounts.create(session, person.id, username, PASSWORD, by=SYSTEM, now=now)
    grants.add(session, person.id, role, kind, scope, since=LONG_AGO, by=SYSTEM, now=now)
    return person.id
