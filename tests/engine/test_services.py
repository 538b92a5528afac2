"""What the system does by itself: for whom it acts, whatever happens meanwhile, and how history tells it."""

from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.history import HistoryRow
from directory.principal import Principal
from engine import definitions
from engine import narration
from engine import registry
from engine import seal
from engine import services
from engine import tasks
from engine import timers
from engine.instances import Links
from engine.instances import start
from engine.instances import subject
from engine.models import Instance
from engine.models import Timer
from engine.registry import Process
from tests.engine import diagrams as d
from tests.engine.conftest import NOTE

# Two branches, each a step and two services in a row; and a third that waits for a term.
BRANCHES = (
    d.start() + d.parallel("Gateway_Abre")
    + d.user("Activity_Uno", role="technical_lead") + d.service("Activity_GuardarUno", "toy.one")
    + d.service("Activity_AvisarUno", "toy.one")
    + d.user("Activity_Dos", role="der_reviewer") + d.service("Activity_GuardarDos", "toy.two")
    + d.wait("Event_Plazo", "working_days:1") + d.service("Activity_GuardarTres", "toy.three")
    + d.parallel("Gateway_Cierra") + d.end()
    + d.chain("Event_Inicio", "Gateway_Abre", "Activity_Uno", "Activity_GuardarUno", "Activity_AvisarUno",
              "Gateway_Cierra", "Event_Fin")
    + d.chain("Gateway_Abre", "Activity_Dos", "Activity_GuardarDos", "Gateway_Cierra")
    + d.chain("Gateway_Abre", "Event_Plazo", "Activity_GuardarTres", "Gateway_Cierra")
)  # fmt: skip


class Ledger:
    """For whom each service acted; those in `stuck` fail."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.stuck: set[str] = set()

    def keep(self, session: Session, context, *, by, now) -> None:  # type: ignore[no-untyped-def]
        if context.element in self.stuck:
            raise RuntimeError("the ledger is closed")
        self.lines.append((context.element, by.name))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def case(session: Session, ledger: Ledger, ana: Principal, now: datetime) -> Iterator[Instance]:
    """A case with both branches open, started by Ana."""
    seal.use("a secret of the tests")
    handlers = dict.fromkeys(("toy.one", "toy.two", "toy.three"), ledger.keep)
    process = Process("ramas", "Ramas", {"ramas.bpmn": d.diagram("ramas", BRANCHES)}, {"nota": NOTE}, handlers=handlers)
    before = dict(registry._handlers)
    registry.register(process)
    definitions.deploy(session, process, by=SYSTEM, now=now)
    yield start(session, "ramas", "R-1", links=Links("Ramas"), by=ana.actor(), now=now)
    registry._processes.pop("ramas")
    registry._handlers.clear()
    registry._handlers.update(before)


def send(session: Session, case: Instance, element: str, by: Principal, now: datetime) -> None:
    task = next(task for task in tasks.open_of(session, case.id) if task.element == element)
    tasks.complete(session, task.id, {"text": "Hola"}, by=by, now=now)


def settle(session: Session, case: Instance, now: datetime) -> None:
    while services.run_next(session, case.id, now=now):
        pass


def fail(session: Session, case: Instance, now: datetime) -> datetime:
    """The next service fails; when it is tried again."""
    retry_at = services.fail(session, case.id, RuntimeError("closed"), now=now).retry_at
    assert retry_at is not None
    return retry_at


def served(session: Session, case: Instance) -> list[HistoryRow]:
    return [row for row in history.of(session, subject(case.id)) if row.action == "service.completed"]


def test_a_service_acts_for_whoever_did_the_step_before_it_in_its_branch(
    session: Session, case: Instance, ledger: Ledger, ana: Principal, rosa: Principal, now: datetime
) -> None:
    """Rosa goes on in her branch while what Ana's step brought about waits to be tried again."""
    send(session, case, "Activity_Uno", ana, now)
    later = fail(session, case, now)
    send(session, case, "Activity_Dos", rosa, now)
    settle(session, case, now)
    settle(session, case, later)
    assert ledger.lines == [
        ("Activity_GuardarDos", "Rosa Díaz"), ("Activity_GuardarUno", "Ana Ruiz"), ("Activity_AvisarUno", "Ana Ruiz"),
    ]  # fmt: skip


def test_steps_sent_one_after_the_other_before_any_service(
    session: Session, case: Instance, ledger: Ledger, ana: Principal, rosa: Principal, now: datetime
) -> None:
    send(session, case, "Activity_Uno", ana, now)
    send(session, case, "Activity_Dos", rosa, now)
    settle(session, case, now)
    assert dict(ledger.lines) == {
        "Activity_GuardarUno": "Ana Ruiz", "Activity_AvisarUno": "Ana Ruiz", "Activity_GuardarDos": "Rosa Díaz",
    }  # fmt: skip


def test_what_a_term_brings_about_nobody_did(
    session: Session, case: Instance, ledger: Ledger, ana: Principal, now: datetime
) -> None:
    send(session, case, "Activity_Uno", ana, now)
    timer = session.query(Timer).one()
    timers.fire(session, timer.id, now=timer.due_at + timedelta(minutes=1))
    settle(session, case, now)
    assert ("Activity_GuardarTres", "Sistema") in ledger.lines


def test_a_term_runs_out_once_and_never_early(session: Session, case: Instance, ledger: Ledger, now: datetime) -> None:
    timer = session.query(Timer).one()
    assert timers.fire(session, timer.id, now=timer.due_at - timedelta(seconds=1)) is None
    assert timers.fire(session, timer.id, now=timer.due_at) == case.id
    assert timers.fire(session, timer.id, now=timer.due_at) is None
    settle(session, case, now)
    assert ledger.lines == [("Activity_GuardarTres", "Sistema")]


def test_history_names_the_act_that_led_to_a_service(
    session: Session, case: Instance, ana: Principal, rosa: Principal, now: datetime
) -> None:
    send(session, case, "Activity_Uno", ana, now)
    send(session, case, "Activity_Dos", rosa, now)
    settle(session, case, now)
    chain = {row.sequence: row for row in history.of(session, subject(case.id))}
    causes = {row.element: chain[row.details["cause"]].element for row in served(session, case)}
    assert causes == {
        "Activity_GuardarUno": "Activity_Uno", "Activity_AvisarUno": "Activity_Uno",
        "Activity_GuardarDos": "Activity_Dos",
    }  # fmt: skip
    assert {row.actor_name for row in served(session, case)} == {"Sistema"}


def test_a_case_that_waited_before_causes_were_kept_goes_on(
    session: Session, case: Instance, ledger: Ledger, ana: Principal, now: datetime
) -> None:
    send(session, case, "Activity_Uno", ana, now)
    session.flush()
    for row in history.of(session, subject(case.id)):
        row.details = {name: value for name, value in row.details.items() if name != "services"}
    settle(session, case, now)
    assert ledger.lines[0] == ("Activity_GuardarUno", "Ana Ruiz")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Publicar la ficha del producto", "El sistema publicó la ficha del producto"),
        ("Registrar que no hay seguimiento", "El sistema registró que no hay seguimiento"),
        ("Abrir los planes de trabajo", "El sistema abrió los planes de trabajo"),
        ("Transferir los casos", "El sistema transfirió los casos"),
        ("Aviso a la entidad", "El sistema completó «Aviso a la entidad»"),
    ],
)
def test_a_step_is_told_as_something_done(name: str, told: str) -> None:
    assert narration.done(name) == told


def test_history_says_who_led_to_what_the_system_did(
    session: Session, case: Instance, ana: Principal, now: datetime
) -> None:
    send(session, case, "Activity_Uno", ana, now)
    settle(session, case, now)
    assert served(session, case)[0].summary.endswith(", tras «Activity_Uno» de Ana Ruiz.")
