"""A product with a plan in one entity, its advisor, and somebody who verifies."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from db import Base
from db import transaction
from directory.models import Entity
from directory.models import Person
from directory.models import Region
from directory.models import Unit
from directory.principal import Principal
from tests.snapshots import Stage
from tests.tracking import factories
from tracking.models import Product
from tracking.models import WorkPlan


@dataclass
class Scene:
    """Who and what takes part in most tests."""

    unit: Unit
    region: Region
    entity: Entity
    other_entity: Entity
    lead: Person
    advisor: Person
    monitor: Person
    product: Product
    plan: WorkPlan

    @property
    def advising(self) -> Principal:
        return factories.principal(self.advisor, "territorial_advisor", "region", self.region.id)

    @property
    def monitoring(self) -> Principal:
        return factories.principal(self.monitor, "der_monitoring")

    @property
    def leading(self) -> Principal:
        return factories.principal(self.lead, "technical_lead", "unit", self.unit.id)


@dataclass(frozen=True)
class Placed:
    """The scene by id: what outlives a session."""

    rows: Mapping[str, tuple[type[Base], int]]

    @classmethod
    def of(cls, scene: Scene) -> "Placed":
        return cls({name: (type(row), row.id) for name, row in vars(scene).items()})

    def again(self, session: Session) -> Scene:
        return Scene(**{name: session.get_one(*where) for name, where in self.rows.items()})


@pytest.fixture
def placed(snapshot: Stage, now: datetime) -> Placed:
    """The scene, made once per process."""

    def build() -> Placed:
        with transaction() as session:
            return Placed.of(_made(session, now))

    return snapshot("scene", build)


@pytest.fixture
def session(request: pytest.FixtureRequest, database: None) -> Iterator[Session]:
    """A session in a transaction that is kept when the test ends well, on the scene where the test has one."""
    if "scene" in request.fixturenames:
        request.getfixturevalue("placed")
    with transaction() as session:
        yield session


@pytest.fixture
def scene(session: Session, placed: Placed) -> Scene:
    """Its rows in this test's session."""
    return placed.again(session)


def _made(session: Session, now: datetime) -> Scene:
    unit = factories.unit(session)
    region = factories.department(session)
    entity = factories.entity(session, "Quibdó", "27001")
    other = factories.entity(session, "Istmina", "27361")
    lead = factories.person(session, "Lina Líder", now, unit.id)
    advisor = factories.person(session, "Ana Asesora", now)
    monitor = factories.person(session, "Mario Monitor", now)
    product = factories.product(session, lead, unit.id, now)
    plan = factories.plan(session, product, entity.id, now, advisor=advisor)
    return Scene(unit, region, entity, other, lead, advisor, monitor, product, plan)
