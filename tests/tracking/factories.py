"""People, units, entities, products and plans for tests, made directly."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.actor import Actor
from directory.models import Department
from directory.models import Entity
from directory.models import Person
from directory.models import Region
from directory.models import RegionDepartment
from directory.models import RegionScheme
from directory.models import Unit
from directory.names import normalise
from directory.principal import Grant
from directory.principal import Principal
from tracking import consent
from tracking import products
from tracking import templates
from tracking import work_plans
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import WorkPlan

BY = Actor(person_id=None, name="Prueba")


def unit(session: Session, code: str = "DER") -> Unit:
    row = Unit(code=code, name=f"Dirección {code}", search_name=f"direccion {code.lower()}")
    session.add(row)
    session.flush()
    return row


def person(session: Session, name: str, now: datetime, unit_id: int | None = None) -> Person:
    row = Person(name=name, search_name=normalise(name), unit_id=unit_id, created_at=now)
    session.add(row)
    session.flush()
    return row


def department(session: Session, code: str = "27", name: str = "Chocó") -> Region:
    """A department in a region of the current scheme; returns the region."""
    scheme = session.query(RegionScheme).filter_by(current=True).one_or_none()
    if scheme is None:
        scheme = RegionScheme(key="test", name="Regiones", region_count=8, current=True)
        session.add(scheme)
        session.flush()
    region = Region(scheme_id=scheme.id, name=f"Región de {name}")
    session.add_all([region, Department(code=code, name=name, search_name=normalise(name))])
    session.flush()
    session.add(RegionDepartment(scheme_id=scheme.id, department_code=code, region_id=region.id))
    session.flush()
    return region


def entity(session: Session, name: str, code: str, department_code: str = "27") -> Entity:
    row = Entity(
        kind="municipality", code=code, name=name, search_name=normalise(name), department_code=department_code
    )
    session.add(row)
    session.flush()
    return row


def principal(who: Person, role: str, scope_kind: str = "national", scope_id: int | None = None) -> Principal:
    """`who` with one role over one scope."""
    units = frozenset({scope_id}) if scope_kind == "unit" and scope_id is not None else frozenset()
    return Principal(who.id, who.name, who.unit_id, (Grant(role, scope_kind, scope_id, units=units),))


def product(session: Session, lead: Person, unit_id: int, now: datetime, name: str = "Bancos al día") -> Product:
    by = principal(lead, "technical_lead", "unit", unit_id)
    return products.create(session, name=name, unit_id=unit_id, lead_id=lead.id, by=by, now=now)


ROWS: tuple[Mapping[str, Any], ...] = (
    {"number": 1, "name": "Diagnóstico", "group": "Alistamiento", "weight": "40", "group_weight": "30"},
    {"number": 2, "name": "Equipo", "group": "Alistamiento", "weight": "60", "group_weight": "30"},
    {"number": 3, "name": "Actualización", "group": "Ejecución", "weight": "100", "group_weight": "70"},
)


def plan(
    session: Session, of: Product, entity_id: int, now: datetime, *, rows: Sequence[Mapping[str, Any]] = ROWS,
    advisor: Person | None = None, consented: bool = True,
) -> WorkPlan:  # fmt: skip
    """A plan for 2026 with the milestones of `rows`, an advisor, and the consent of its entity."""
    if templates.latest(session, of.id) is None:
        templates.parameterise(session, of.id, rows, by=BY, now=now)
    row = work_plans.open_plan(session, of.id, entity_id, 2026, by=BY, now=now)
    if advisor is not None:
        work_plans.assign_advisor(session, row.id, advisor.id, by=BY, now=now)
    if consented:
        consent.record(
            session, row.id, given=True, name="Carlos Mena", post="Secretario", date=now.date(), by=BY, now=now
        )
    return row


def milestone(session: Session, of: WorkPlan, number: int = 1) -> PlanMilestone:
    return session.query(PlanMilestone).filter_by(plan_id=of.id, number=number).one()
