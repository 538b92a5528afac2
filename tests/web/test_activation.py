"""Activating a product: what will happen is told before it is sent, and the receipt leads to how it goes."""

import re

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import clock
from directory import coverage
from engine import instances
from engine import operations
from engine import prefill
from engine.context import Context
from engine.registry import Consequence
from tests.meanwhile import during
from tests.processes.office import Office
from tests.snapshots import Stage
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import following
from tracking import trace
from tracking import work_plans
from tracking.models import PlanStatus
from workflows import arrival
from workflows import retiro

ARRIVAL = "Activity_ActivarLlegada"


@pytest.fixture
def code(world: World, snapshot: Stage) -> str:
    """A product that waits to be activated in three entities, of which one has no advisor."""
    return snapshot("arrival", lambda: desk.product(world, ARRIVAL))


def told(world: World, code: str, **data: object) -> dict[str, Consequence]:
    def ask(office: Office) -> dict[str, Consequence]:
        task = office.task(desk.case(office, code), ARRIVAL)
        found = prefill.consequences(office.session, task, {"year": office.now.year, **data}, now=office.now)
        return {one.kind: one for one in found}

    return dict(desk.work(world, ask))


def test_who_gets_a_procedure_is_told_with_its_advisor(world: World, code: str) -> None:
    found = told(world, code)
    assert found["plans"].count == 3
    (load,) = found["advisors"].named
    assert load.text.startswith("Julio Peña, 2 entidades: ")
    assert list(load.entity_ids) == sorted(world.entities[:2])


def test_the_entity_without_an_advisor_is_named(world: World, code: str) -> None:
    missing = told(world, code)["without_advisor"]
    assert missing.warning
    assert [list(one.entity_ids) for one in missing.named] == [[world.entities[2]]]
    assert "/cobertura?region=todas&departamento=05" in missing.named[0].url


def test_nobody_is_missing_once_somebody_attends(world: World, code: str) -> None:
    def cover(office: Office) -> None:
        by = office.people["technical_lead"].actor()
        person, today = world.people["asesor"], clock.local_date(office.now)
        coverage.cover(office.session, person, world.entities[2], today, by=by, now=office.now)

    desk.work(world, cover)
    assert "without_advisor" not in told(world, code)


def test_a_year_outside_the_protocol_is_a_warning(world: World, code: str) -> None:
    assert told(world, code)["plans"].warning is False
    assert "year" not in told(world, code)
    assert told(world, code, year=2058)["year"].warning
    assert "past_year" in told(world, code, year=2001)


def test_an_event_in_another_year_is_a_warning(world: World, code: str) -> None:
    now = clock.now()
    fits = [{"kind": "Entrenamiento", "date": f"{now.year}-06-01"}]
    assert "events" not in told(world, code, activation_events=fits)
    late = [{"kind": "Feria", "date": "2057-06-01"}, {"kind": "", "date": "mañana"}, *fits]
    found = told(world, code, activation_events=late)["events"]
    assert [one.text for one in found.named] == ["Feria: 1 de junio de 2057"]


def test_what_was_written_badly_does_not_break_the_telling(world: World, code: str) -> None:
    found = told(world, code, year="20x", activation_events="nada")
    assert "Aún no ha escrito la vigencia" in found["plans"].text


def test_an_entity_that_has_its_plan_keeps_it(world: World, code: str) -> None:
    desk.do(world, code, ARRIVAL)
    desk.work(world, lambda office: office.work_through())

    def again(office: Office) -> dict[str, int]:
        context = Context(office.session, office.instance(desk.case(office, code)), ARRIVAL)
        found = arrival.foreseen(office.session, context, {"year": office.now.year}, now=office.now)
        return {one.kind: one.count for one in found}

    counted = desk.work(world, again)
    assert (counted["plans"], counted["present"]) == (0, 3)


def test_the_page_says_what_will_happen(world: World, code: str, browse: Browse) -> None:
    page = browse("lider").get(f"/tareas/{desk.task(world, code, ARRIVAL)}")
    assert "Antes de enviar" in page
    assert "procedimientos de ATT de 3 entidades" in page
    assert "1 entidad no tiene enlace territorial" in page
    assert 'href="/cobertura' not in page.partition("Antes de enviar")[2]  # the lead does not read coverage
    watched = browse("monitoreo").get(f"/tareas/{desk.task(world, code, ARRIVAL)}")
    assert 'href="/cobertura?region=todas' in watched


def test_the_receipt_leads_to_the_operation(world: World, code: str, browse: Browse) -> None:
    lead, sent = browse("lider"), desk.do(world, code, ARRIVAL)
    found = re.search(r'href="(/operaciones/\d+)">Ver cómo va', lead.get(f"/tareas/{sent}/recibo"))
    assert found
    assert "Abrir los planes de trabajo" in lead.get(found.group(1))
    assert "Ver cómo va" in lead.get(f"/productos/{code}")
    desk.work(world, lambda office: office.work_through())
    assert "Terminó: 3 de 3" in lead.get(f"/tareas/{sent}/recibo")
    assert "Ver cómo va" not in lead.get(f"/productos/{code}")


def test_an_operation_knows_the_task_behind_it(world: World, code: str) -> None:
    sent = desk.do(world, code, ARRIVAL)
    kinds = desk.work(world, lambda office: [row.kind for row in operations.begun_by(office.session, sent)])
    assert kinds == ["start_plans"]
    other = desk.work(world, lambda office: operations.begun_by(office.session, sent + 1))
    assert other == []


def test_withdrawing_a_product_leads_to_the_closing_of_its_plans(world: World, code: str, browse: Browse) -> None:
    desk.do(world, code, ARRIVAL)
    desk.work(world, lambda office: office.work_through())
    lead, path = browse("lider"), f"/productos/{code}/retiro"
    assert "no se puede volver a abrir, y sus 3 planes de trabajo tampoco" in lead.get(path)
    lead.post(path, {"reason": "Se fusiona con otro."}, 422)
    lead.post(path, {"reason": "Se fusiona con otro.", "confirmed": "si"})
    page = lead.get(f"/productos/{code}")
    assert "Cerrar los planes de trabajo" in page
    assert "Ver cómo va" in page


def test_its_plans_are_closed_while_somebody_works_on_one(world: World, code: str, browse: Browse) -> None:
    """Both lock the procedure first and then its plan, so neither waits in a ring for the other."""
    desk.do(world, code, ARRIVAL)
    desk.work(world, lambda office: office.work_through())
    lead = browse("lider")
    lead.post(f"/productos/{code}/retiro", {"reason": "Se fusiona con otro.", "confirmed": "si"})
    assert "El producto quedó retirado. Se están cerrando 3 planes de trabajo." in lead.get(f"/productos/{code}")
    now = clock.now()
    (operation_id,) = desk.work(world, lambda office: operations.due(office.session, now))
    plan_id = desk.work(world, lambda office: operations.get(office.session, operation_id).params["plan_ids"][0])

    def close(session: Session) -> None:
        retiro.cancel_next_plans(session, operations.get(session, operation_id), by=SYSTEM, now=now)

    def step(session: Session) -> None:
        (case,) = following.cases(session, [plan_id])
        instances.hold(session, case)

    during(step, close, then=lambda session: trace.plan(session, plan_id))
    assert desk.work(world, lambda office: work_plans.get(office.session, plan_id).status) == PlanStatus.CANCELLED


def test_a_development_that_cannot_end_yet_keeps_what_was_typed(world: World, browse: Browse) -> None:
    code = desk.product(world, "Activity_DesarrollarAsistencia")
    desk.work(world, lambda office: office.work_through())
    lead, task = browse("lider"), desk.task(world, code, "Activity_DesarrollarAsistencia")
    page = lead.get(f"/tareas/{task}")
    names = re.findall(r'<textarea[^>]* name="(\w+)"', page)
    sent = {"_action": "review", "revision": "0", **dict.fromkeys(names, "Balance que costó escribir.")}
    answer = lead.post(f"/tareas/{task}", sent)
    page = lead.get(answer.location, 409) if answer.location else answer.get_data(as_text=True)
    assert "planes de trabajo en curso. Ciérrelos o cancélelos" in page.partition('id="resumen-de-errores"')[2]
    assert "Balance que costó escribir." in page
    assert "Ya cambió" not in page
