"""A product is withdrawn while people work on it: they are told by mail, and whoever was writing is told in words."""

import pytest
from sqlalchemy import select

import tracking.withdrawal_notices  # registers its source
from db import clock
from db import reading
from db import transaction
from directory.models import Person
from engine.models import Operation
from notifications import reminders
from notifications.calendar import LAW
from notifications.models import Reminder
from notifications.notices import Round
from tests.processes.office import Office
from tests.snapshots import Stage
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import life
from tracking.models import Product
from tracking.models import WorkPlan
from tracking.withdrawal_notices import WITHDRAWN

REASON = "Se terminó el convenio que lo pagaba."


@pytest.fixture
def running(world: World, snapshot: Stage) -> tuple[str, int]:
    """A product with running plans, and the task with which the advisor of one begins."""

    def build() -> tuple[str, int]:
        code = desk.product(world, "Activity_DesarrollarAsistencia")

        def first(office: Office) -> int:
            office.work_through()
            plans = office.session.query(WorkPlan).filter(WorkPlan.advisor_id.is_not(None)).order_by(WorkPlan.id)
            return office.task(plans.first().instance_id, "Activity_IdentificarNecesidad").id

        return code, int(desk.work(world, first))

    return snapshot("withdrawn", build)


def withdraw(world: World, code: str, *, through: bool = True) -> None:
    def act(office: Office) -> None:
        row = office.session.query(Product).filter_by(code=code).one()
        director = office.people["technical_director"]
        life.withdraw_product(office.session, row.id, REASON, by=director, now=office.now)
        office.settle(row.instance_id)
        if through:
            office.work_through()

    desk.work(world, act)


def test_whoever_was_writing_is_told_who_withdrew_it_and_why(
    browse: Browse, world: World, running: tuple[str, int]
) -> None:
    code, task_id = running
    advisor = browse("asesor")
    advisor.get(f"/tareas/{task_id}")
    withdraw(world, code)
    refused = advisor.post(f"/tareas/{task_id}/borrador", {"revision": "0"}, 409).get_json()["message"]
    assert "Producto retirado: Se terminó el convenio que lo pagaba." in refused
    assert "ya se envió" not in refused
    assert "Producto retirado" in advisor.get(f"/tareas/{task_id}")
    late = advisor.post(f"/tareas/{task_id}", {"_action": "review", "revision": "0"}, 409).get_data(as_text=True)
    assert "Producto retirado" in late


def test_the_lead_reads_the_reason_on_a_task_that_ended(browse: Browse, world: World, running: tuple[str, int]) -> None:
    code, _ = running
    task_id = desk.task(world, code, "Activity_DesarrollarAsistencia")
    withdraw(world, code)
    page = browse("lider").get(f"/tareas/{task_id}")
    assert "Lo hizo Pedro Rey. Motivo: Se terminó el convenio que lo pagaba." in page


def test_those_who_worked_on_it_are_told_once(world: World, running: tuple[str, int]) -> None:
    withdraw(world, running[0])
    told: list[tuple[int, str]] = []
    with transaction() as session:
        for person in session.scalars(select(Person)):
            person.email = f"persona.{person.id}@example.org"
        session.flush()
        turn = Round(clock.now(), clock.local_date(clock.now()), LAW)
        reminders.tell(session, turn, world.people.values())
        found = list(session.scalars(select(Reminder).where(Reminder.source == WITHDRAWN)))
        lines = tracking.withdrawal_notices.Withdrawals().items(session, found, now=clock.now())
        told = [(row.recipient_id, lines[row.id].about) for row in found]
        spared = {row.recipient_id for row in found if "Sus tareas ya no hacen falta" in lines[row.id].why}
    by_person = dict(told)
    assert len(by_person) == len(told)
    assert world.people["director"] not in by_person
    assert "Se cerraron 2 planes suyos." in by_person[world.people["asesor"]]
    assert by_person[world.people["lider"]] == f"Motivo: {REASON}"
    assert spared == {world.people["lider"], world.people["asesor"]}, "the DER worked on it and had no open task"


def test_a_product_whose_plans_are_not_closed_yet_has_not_ended(
    browse: Browse, world: World, running: tuple[str, int]
) -> None:
    """The administrator stops the closing of its plans: with a reason, told to whoever reads either page."""
    code, _ = running
    withdraw(world, code, through=False)
    with reading() as session:
        operation = session.scalars(select(Operation).where(Operation.kind == "cancel_plans")).one()
        path, total = f"/operaciones/{operation.id}", operation.total
    admin = browse("admin")
    assert "Va a detener «Cerrar los planes de trabajo de" in admin.get(path)
    admin.post(f"{path}/cancelar", {}, 422)
    admin.post(f"{path}/cancelar", {"reason": "La dirección pidió esperar."})
    stopped = admin.get(path).replace("\xa0", " ")
    assert "Motivo" in stopped
    assert "La dirección pidió esperar." in stopped
    assert f"Faltan {total} de {total}" in stopped
    assert "La detuvo" in stopped
    product = browse("director").get(f"/productos/{code}")
    assert "Todavía no termina: Cerrar los planes de trabajo" in product
    assert f"va en 0 de {total} y está detenida." in product
    assert "<p>Terminó.</p>" not in product
    admin.get(path)
    admin.post(f"{path}/reanudar", {})
    desk.work(world, lambda office: office.work_through())
    assert "<p>Terminó.</p>" in browse("director").get(f"/productos/{code}")
