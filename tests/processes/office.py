"""A small office with real people in every role, and the acts by which they push a product through its life."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import workflows
from db import SYSTEM
from db import files
from directory import coverage
from directory import seed
from directory.models import Entity
from directory.models import Person
from directory.models import RoleGrant
from directory.models import Unit
from directory.principal import Principal
from directory.principal import load
from engine import definitions
from engine import operations
from engine import prefill
from engine import seal
from engine import services
from engine import tasks
from engine.models import Instance
from engine.models import Task
from tracking import life
from tracking.models import Product
from workflows.forms.examples import example

PDF = b"%PDF-1.7\n%%EOF\n"
SECRET = "a secret of the tests"
FROM_THE_CASE = ("plan_milestones", "milestone_states", "milestone_progress")  # tables that the form brings filled in
ROLES = (
    "technical_lead", "technical_director", "der_reviewer", "der_monitoring", "communications", "regional_coordinator",
)  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """Who works there and on what, by id: what outlives a session."""

    people: dict[str, int]
    unit_id: int
    entities: list[int]
    file: str


@dataclass
class Office:
    """Principals by role, with what the examples need."""

    session: Session
    now: datetime
    people: dict[str, Principal]
    unit_id: int
    entities: list[Entity]
    file: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def open(cls, session: Session, now: datetime, *, entity_count: int = 2) -> "Office":
        """Found an office and go to work."""
        return cls.of(session, found(session, now, entity_count), now)

    @classmethod
    def of(cls, session: Session, staff: Staff, now: datetime) -> "Office":
        """The office that was founded, at work in this session."""
        seal.use(SECRET)
        people = {role: load(session, person_id, now=now) for role, person_id in staff.people.items()}
        entities = [session.get_one(Entity, entity_id) for entity_id in staff.entities]
        return cls(session, now, people, staff.unit_id, entities, staff.file)

    def start_product(self, name: str = "Armonización presupuestal y plan indicativo") -> Product:
        product = life.start_product(
            self.session,
            name=name,
            unit_id=self.unit_id,
            lead_id=self.people["technical_lead"].person_id,
            by=self.people["technical_lead"],
            now=self.now,
        )
        self.settle(product.instance_id)
        return product

    def who(self, task: Task) -> Principal:
        """Whoever is to do `task`."""
        for person in self.people.values():
            if task.assignee_id == person.person_id or (task.assignee_id is None and person.has_role(task.role)):
                return person
        raise AssertionError(f"nobody does {task.element} ({task.role})")

    def do(self, instance_id: int | None, element: str, **changes: Any) -> tasks.Completed:
        """Complete the open task at `element` with its example, as changed."""
        return self.complete(self.task(instance_id, element), changes)

    def task(self, instance_id: int | None, element: str) -> Task:
        """The open task at `element`."""
        return next(task for task in tasks.open_of(self.session, _started(instance_id)) if task.element == element)

    def complete(self, task: Task, changes: Mapping[str, Any] | None = None) -> tasks.Completed:
        data, by = self.answer(task, changes or {}), self.who(task)
        done = tasks.complete(self.session, task.id, data, by=by, now=self.now, confirmed=True)
        self.settle(task.instance_id)
        return done

    def answer(self, task: Task, changes: Mapping[str, Any]) -> dict[str, Any]:
        form = tasks.form_of(self.session, task)
        given = example(form.name, entities=[e.id for e in self.entities], files=[self.file], year=self.now.year)
        known = prefill.initial(self.session, task, now=self.now)
        kept = {name: known[name] for name in FROM_THE_CASE if known.get(name)}
        return {**given, **kept, **self.answers.get(form.name, {}), **changes}

    def settle(self, instance_id: int | None) -> None:
        while services.run_next(self.session, _started(instance_id), now=self.now):
            pass

    def work_through(self) -> None:
        """Do the long work that waits."""
        for operation_id in operations.due(self.session, self.now):
            while operations.advance(self.session, operation_id, now=self.now):
                pass

    def waiting(self, instance_id: int | None) -> list[str]:
        return sorted(task.element for task in tasks.open_of(self.session, _started(instance_id)))

    def push(self, instance_id: int | None, *, until: str = "", **changes: Any) -> None:
        """Do whatever waits, by example, until `until` waits or the case ends."""
        for _ in range(200):
            waiting = tasks.open_of(self.session, _started(instance_id))
            if not waiting or until in {task.element for task in waiting}:
                return
            self.complete(waiting[0], changes.get(waiting[0].element))
        raise AssertionError(f"{until or 'the end'} is never reached")

    def instance(self, instance_id: int | None) -> Instance:
        return self.session.get_one(Instance, _started(instance_id))


def _started(instance_id: int | None) -> int:
    """The case of a product, a plan or an action, which must have one."""
    assert instance_id is not None
    return instance_id


def found(session: Session, now: datetime, entity_count: int) -> Staff:
    """Deploy the processes, load the catalogues, and give every role to somebody."""
    seal.use(SECRET)
    workflows.register()
    for process in workflows.ALL:
        definitions.deploy(session, process, by=SYSTEM, now=now)
    seed.load_catalogues(session, by=SYSTEM, now=now)
    unit = session.query(Unit).filter_by(code="DER").one()
    chosen = session.query(Entity).filter_by(kind="municipality").order_by(Entity.id).limit(entity_count).all()
    people = {role: _person(session, role, unit.id, now) for role in ROLES}
    people["territorial_advisor"] = _advisor(session, chosen, now)
    stored = files.save(session, "acta.pdf", PDF, by=SYSTEM, now=now)  # nobody's own, so everybody attaches it
    return Staff(people, unit.id, [entity.id for entity in chosen], stored.token)


def _person(session: Session, role: str, unit_id: int, now: datetime) -> int:
    row = Person(name=f"Persona {role}", search_name=role, unit_id=unit_id, created_at=now)
    session.add(row)
    session.flush()
    session.add(RoleGrant(person_id=row.id, role=role, scope_kind="national", since=now.date()))
    session.flush()
    return row.id


def _advisor(session: Session, chosen: list[Entity], now: datetime) -> int:
    row = Person(name="Asesora territorial 1", search_name="asesora territorial 1", created_at=now)
    session.add(row)
    session.flush()
    for entity in chosen:
        coverage.cover(session, row.id, entity.id, now.date(), by=SYSTEM, now=now)
    return row.id
