"""A small ministry of its own: the engine runs a process that has nothing to do with ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from directory.models import Person
from directory.models import RoleGrant
from directory.principal import Principal
from directory.principal import load
from engine import definitions
from engine import registry
from engine import seal
from engine.instances import Links
from engine.instances import start
from engine.models import Instance
from engine.registry import Process
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section
from tests.engine import diagrams as d

NOTE = Form(
    "nota",
    "Nota",
    (
        Section(
            "nota",
            "Nota",
            (
                Field(kind=Kind.TEXT, name="text", label="Texto", required=True),
                Field(kind=Kind.BOOLEAN, name="again", label="¿Otra vez?"),
            ),
        ),
    ),
)

REVIEWED = (
    d.start() + d.choice("Gateway_Union")
    + d.user("Activity_Escribir", participant="writer", prefill="Activity_Escribir")
    + d.user("Activity_Revisar", role="der_reviewer", reviews="Activity_Escribir", separate_from="Activity_Escribir",
             outputs="again=again", term="working_days:3")
    + d.choice("Gateway_Otra", "Flow_Seguir") + d.service("Activity_Anotar", "toy.note") + d.end()
    + d.chain("Event_Inicio", "Gateway_Union", "Activity_Escribir", "Activity_Revisar", "Gateway_Otra")
    + d.flow("Gateway_Otra", "Gateway_Union", "again == True")
    + d.flow("Gateway_Otra", "Activity_Anotar", name="Flow_Seguir") + d.flow("Activity_Anotar", "Event_Fin")
)  # fmt: skip


@dataclass
class Notebook:
    """What the toy handler wrote, whether it is to fail, and what it says of the case."""

    lines: list[str]
    broken: bool = False
    says: dict[str, str] = field(default_factory=dict)

    def note(self, session: Session, context, *, by, now) -> dict[str, str]:
        if self.broken:
            raise RuntimeError("the notebook is closed")
        self.lines.append(f"{by.name}: {context.answers('Activity_Escribir')['text']}")
        return self.says


@pytest.fixture
def notebook() -> Notebook:
    return Notebook([])


@pytest.fixture
def toy(session: Session, notebook: Notebook, now: datetime) -> Iterator[Process]:
    """The toy process, deployed."""
    seal.use("a secret of the tests")
    text = d.diagram("tramite", REVIEWED, variables="again:yes_no")
    process = Process(
        "tramite", "Trámite", {"tramite.bpmn": text}, {"nota": NOTE}, handlers={"toy.note": notebook.note}
    )
    before = dict(registry._handlers)
    registry.register(process)
    definitions.deploy(session, process, by=SYSTEM, now=now)
    yield process
    registry._processes.pop("tramite")
    registry._handlers.clear()
    registry._handlers.update(before)


def person(session: Session, name: str, role: str, now: datetime) -> Principal:
    """Somebody with a national role."""
    row = Person(name=name, search_name=name.lower(), created_at=now)
    session.add(row)
    session.flush()
    session.add(RoleGrant(person_id=row.id, role=role, scope_kind="national", since=now.date()))
    session.flush()
    return load(session, row.id, now=now)


@pytest.fixture
def ana(session: Session, now: datetime) -> Principal:
    return person(session, "Ana Ruiz", "technical_lead", now)


@pytest.fixture
def rosa(session: Session, now: datetime) -> Principal:
    return person(session, "Rosa Díaz", "der_reviewer", now)


@pytest.fixture
def case(session: Session, toy: Process, ana: Principal, now: datetime) -> Instance:
    """A case that waits for Ana to write."""
    links = Links("Trámite uno", people={"writer": ana.person_id}, refs={"case_id": 1})
    return start(session, "tramite", "T-1", links=links, by=ana.actor(), now=now)
