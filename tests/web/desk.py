"""The people of the small country push a product through its life, up to where a test looks at it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from db import SYSTEM
from db import clock
from db import files
from db import transaction
from directory.models import Entity
from directory.principal import load
from tests.processes.office import PDF
from tests.processes.office import Office
from tests.web.world import PEOPLE
from tests.web.world import World
from tracking.models import Product

PART = {"asesor": "territorial_advisor"} | {name: role for name, (_, role, _) in PEOPLE.items()}


def work(world: World, do: Callable[[Office], Any]) -> Any:
    """What `do` gives, done by an office of the world's people in a transaction of its own."""
    with transaction() as session:
        return do(_office(session, world))


def product(world: World, until: str) -> str:
    """A new product pushed by example until `until` waits; returns its code."""

    def pushed(office: Office) -> str:
        row = office.start_product("Bancos de proyectos")
        office.push(row.instance_id, until=until)
        return row.code

    return str(work(world, pushed))


def task(world: World, code: str, element: str) -> int:
    """The open task of the product at `element`."""
    return int(work(world, lambda office: office.task(case(office, code), element).id))


def do(world: World, code: str, element: str, **changes: Any) -> int:
    """Complete the open task of the product at `element` with its example, as changed; returns its id."""
    return int(work(world, lambda office: office.do(case(office, code), element, **changes).task.id))


def case(office: Office, code: str) -> int | None:
    """The instance of a product."""
    return office.session.query(Product).filter_by(code=code).one().instance_id


def _office(session: Session, world: World) -> Office:
    now = clock.now()
    people = {role: load(session, world.people[name], now=now) for name, role in PART.items()}
    entities = [session.get_one(Entity, key) for key in world.entities]
    stored = files.save(session, "acta.pdf", PDF, by=SYSTEM, now=now)
    return Office(session, now, people, world.unit_id, entities, stored.token)
