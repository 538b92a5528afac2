"""A product with a plan in one entity, its advisor, and somebody who verifies."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from directory.models import Entity
from directory.models import Person
from directory.models import Region
from directory.models import Unit
from directory.principal import Principal
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


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
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
