"""People, units, entities, products and plans for tests, made directly."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
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
from engine import instances
from engine.models import Definition
from engine.models import FormText
from engine.models import Instance
from engine.models import Task
from engine.undated import STANDING
from tracking import consent
from tracking import life
from tracking import products
from tracking import templates
from tracking import work_plans
from tracking.execution import STEP
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
    advisor: Person | None = None, consented: bool = True, executing: bool = True,
) -> WorkPlan:  # fmt: skip
    """A plan for 2026 with the milestones of `rows`, an advisor, the consent of its entity, and its execution open."""
    if templates.latest(session, of.id) is None:
        templates.parameterise(session, of.id, rows, by=BY, now=now)
    (row,) = work_plans.open_many(session, of.id, [entity_id], 2026, by=BY, now=now)
    if advisor is not None:
        work_plans.assign_advisor(session, row.id, advisor.id, by=BY, now=now)
    if consented:
        consent.record(
            session, row.id, given=True, name="Carlos Mena", post="Secretario", date=local_date(now), by=BY, now=now
        )
    if executing:
        execution(session, row, now)
    return row


def execution(session: Session, of: WorkPlan, now: datetime) -> Task:
    """The step at which the assistance of a plan is carried out, open from the start.

    Where the processes are deployed it hangs on the plan's own procedure; elsewhere on one that has nothing else.
    """
    if session.get(FormText, "f") is None:
        session.add(FormText(hash="f", name="ejecucion_asistencia", body={}))
    deployed = session.query(Definition).filter_by(key=life.PROCEDURE).count() > 0
    instance = procedure(session, of, now) if deployed else _bare_procedure(session, of, now)
    of.instance_id = instance.id
    task = Task(
        instance_id=instance.id, work_id=f"execution {of.id}", process_key=life.PROCEDURE, element=STEP,
        name="Ejecutar la asistencia técnica", form_hash="f", role="territorial_advisor", entity_id=of.entity_id,
        status="open", round=1, due_sort=STANDING, revision=1, created_at=now,
    )  # fmt: skip
    session.add(task)
    session.flush()
    return task


def procedure(session: Session, of: WorkPlan, now: datetime) -> Instance:
    """The eight steps of a plan, begun as its activation begins them."""
    product = session.get_one(Product, of.product_id)
    links = life.plan_links(session, of, product)
    return instances.start(session, life.PROCEDURE, life.plan_key(product, of), links=links, by=BY, now=now)


def _bare_procedure(session: Session, of: WorkPlan, now: datetime) -> Instance:
    key = "procedure of a test"
    definition = session.query(Definition).filter_by(key=key).first()
    if definition is None:
        definition = Definition(key=key, version=1, hash="d", title="Procedimiento", files={}, deployed_at=now)
        session.add(definition)
        session.flush()
    instance = Instance(
        definition_id=definition.id, business_key=f"plan {of.id}", title="Plan", status="open", revision=1,
        variables={}, people={}, refs={"plan_id": of.id}, entity_id=of.entity_id, awaits_service=False, state=b"",
        seal="", started_at=now,
    )  # fmt: skip
    session.add(instance)
    session.flush()
    return instance


def finish(session: Session, of: WorkPlan, now: datetime) -> None:
    """Let the assistance of a plan end."""
    for task in session.query(Task).filter_by(instance_id=of.instance_id, element=STEP, status="open"):
        task.status, task.ended_at = "completed", now
    session.flush()


def milestone(session: Session, of: WorkPlan, number: int = 1) -> PlanMilestone:
    return session.query(PlanMilestone).filter_by(plan_id=of.id, number=number).one()
