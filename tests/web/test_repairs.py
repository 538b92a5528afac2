"""The desk of incidents: what failed, trying one or many again, and the acts that repair a case, by whoever may."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text

from att import jobs
from db import SYSTEM
from db import clock
from db import history
from db import invariants
from db import reading
from db import transaction
from directory import grants
from directory import people
from engine import registry
from engine import repairs
from engine import services
from engine import tasks
from engine.instances import subject
from engine.models import Incident
from engine.models import Task
from tests.processes.office import Office
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World
from tracking.invariants import _products
from tracking.models import Product

WHY = "Se corrigió la tabla de entidades"
NAMED = "Activity_NombrarProducto"


class Switch:
    """A service that fails until it is mended."""

    def __init__(self, name: str) -> None:
        self.name, self.works, self.mended = name, registry._handlers[name], False

    def __call__(self, *args: Any, **options: Any) -> Any:
        if not self.mended:
            raise RuntimeError("está roto")
        return self.works(*args, **options)


@pytest.fixture
def broken(world: World) -> Iterator[Switch]:
    """What follows when a product is named fails."""
    switch = Switch("tracking.name_product")
    registry._handlers[switch.name] = switch
    yield switch
    registry._handlers[switch.name] = switch.works


def failed(world: World, name: str) -> int:
    """A product whose name was sent and whose service failed after it; its case."""

    def act(office: Office) -> int:
        row = office.start_product(name)
        task = office.task(row.instance_id, NAMED)
        data = office.answer(task, {"name": name})
        tasks.complete(office.session, task.id, data, by=office.who(task), now=office.now, confirmed=True)
        services.fail(office.session, task.instance_id, RuntimeError("está roto"), now=office.now)
        return task.instance_id

    return int(desk.work(world, act))


def incident_of(case: int) -> Incident:
    with reading() as session:
        return session.scalars(select(Incident).where(Incident.instance_id == case)).one()


def last_act(case: int) -> history.HistoryRow:
    with reading() as session:
        return history.of(session, subject(case))[-1]


def waits(case: int, kind: str) -> str:
    """How the first thing of a kind for which a case waits is named."""
    with reading() as session:
        return next(one.work_id for one in repairs.waiting(session, case) if one.kind == kind)


def repair(case: int) -> str:
    return f"/incidentes/tramites/{case}"


def test_the_desk_says_what_failed_where_since_when_and_how_often(browse: Browse, world: World, broken: Switch) -> None:
    failed(world, "Bancos de proyectos")
    page = browse("admin").get("/incidentes")
    assert "Activity_" not in page
    for said in (
        "Ocurrió un error inesperado.",
        "Registrar el nombre",
        'data-label="Intentos">1<',
        'data-label="Desde"',
    ):
        assert said in page


def test_many_are_tried_again_at_once(browse: Browse, world: World, broken: Switch) -> None:
    cases = [failed(world, f"Producto {number} de prueba") for number in range(3)]
    broken.mended = True
    admin = browse("admin")
    ids = [incident_of(case).id for case in cases]
    admin.get("/incidentes")
    admin.post("/incidentes/reintentar", {"incident": ids[:2], "reason": WHY})
    assert "Resueltos: 2." in admin.get("/incidentes")
    assert [incident_of(case).status for case in cases] == ["resolved", "resolved", "open"]
    with reading() as session:
        acts = [row for row in history.of(session, subject(cases[0])) if row.action == "incident.retried"]
    assert [act.reason for act in acts] == [WHY]


def test_one_that_was_solved_meanwhile_stops_no_other(browse: Browse, world: World, broken: Switch) -> None:
    first, second = (failed(world, f"Producto {number} de prueba") for number in range(2))
    broken.mended = True
    admin = browse("admin")
    admin.get("/incidentes")
    admin.post("/incidentes/reintentar", {"incident": [incident_of(first).id]})
    admin.post("/incidentes/reintentar", {"incident": [incident_of(first).id, incident_of(second).id, 99999]})
    assert incident_of(second).status == "resolved"


def test_all_that_a_search_finds_are_tried_again(browse: Browse, world: World, broken: Switch) -> None:
    one, other = failed(world, "Bancos de proyectos"), failed(world, "Catastro multipropósito")
    broken.mended = True
    admin = browse("admin")
    titles = admin.get("/incidentes?buscar=bancos")
    assert "Reintentar todos los que coinciden" in titles
    admin.post("/incidentes/reintentar", {"todos": "1", "buscar": "bancos"})
    assert (incident_of(one).status, incident_of(other).status) == ("resolved", "open")
    assert "Nada coincide con su búsqueda" in admin.get("/incidentes?buscar=inexistente")


def test_a_failing_step_is_restarted_with_a_reason(browse: Browse, world: World, broken: Switch) -> None:
    case = failed(world, "Bancos de proyectos")
    admin = browse("admin")
    work = waits(case, "service")
    assert f'<option value="{work}">' in admin.get(repair(case))
    admin.post(f"{repair(case)}/reinicio", {"work": work, "restart-reason": " "}, 422)
    broken.mended = True
    admin.post(f"{repair(case)}/reinicio", {"work": work, "restart-reason": WHY})
    assert incident_of(case).resolved_by == world.people["admin"]
    page = admin.get(repair(case))
    assert "Reinició el paso" in page
    assert f"Motivo: {WHY}" in page
    assert "Lo reinició" in admin.get(f"/incidentes/{incident_of(case).id}")
    with reading() as session:
        assert session.scalars(select(Product.name)).one() == "Bancos de proyectos"


def test_a_case_that_nobody_sees_is_set_going_again(browse: Browse, world: World) -> None:
    """From what the sweep finds to the case, and the task is back in the inbox of whoever is to do it."""
    code = desk.product(world, "Activity_DelimitarProblema")
    with transaction() as session:
        session.execute(text("UPDATE task SET status = 'cancelled' WHERE status = 'open'"))
        case = session.scalars(select(Product.instance_id).where(Product.code == code)).one()
    jobs.run("invariants", clock.now())
    admin = browse("admin")
    assert f'href="{repair(case)}"' in admin.get("/invariantes/open_case_waits")
    page = admin.get(repair(case))
    assert "Nadie lo ve" in page
    admin.post(f"{repair(case)}/reinicio", {"work": waits(case, "task"), "restart-reason": WHY})
    jobs.run("invariants", clock.now())
    assert "Todo se cumple." in admin.get("/invariantes")
    assert "Nadie lo ve" not in admin.get(repair(case))
    assert "Delimitar" in browse("lider").get("/bandeja")


def test_whoever_directs_changes_who_does_a_step_with_a_reason(browse: Browse, world: World) -> None:
    code = desk.product(world, "Activity_DelimitarProblema")
    task_id = desk.task(world, code, "Activity_DelimitarProblema")
    with transaction() as session:
        other = people.add(session, "Nora Vega", unit_id=world.unit_id, by=SYSTEM, now=clock.now())
        grants.add(session, other.id, "technical_lead", "unit", world.unit_id, by=SYSTEM, now=clock.now())
        case, other_id = session.get_one(Task, task_id).instance_id, other.id
    director = browse("director")
    assert "Nora Vega" in director.get(repair(case))
    data = {"task": task_id, "person_id": other_id}
    director.post(f"{repair(case)}/reasignacion", {**data, "reassign-reason": ""}, 422)
    director.post(f"{repair(case)}/reasignacion", {**data, "reassign-reason": WHY})
    act = last_act(case)
    assert (act.action, act.reason) == ("task.assigned", WHY)
    assert "Nora Vega" in director.get(repair(case))


def test_the_case_of_a_product_ends_with_it(browse: Browse, world: World) -> None:
    code = desk.product(world, "Activity_DelimitarProblema")
    with reading() as session:
        case = session.scalars(select(Product.instance_id).where(Product.code == code)).one()
        assert _products(session) == []
    director = browse("director")
    page = director.get(repair(case))
    assert f'<a href="/productos/{code}">Abrir el producto</a>: este trámite termina con él' in page
    assert "Terminar el trámite antes de su fin" not in page
    director.post(f"{repair(case)}/terminacion", {"cancel-reason": WHY}, 409)


def test_whoever_runs_the_system_does_no_act_of_the_case(browse: Browse, world: World) -> None:
    code = desk.product(world, "Activity_DelimitarProblema")
    with reading() as session:
        case = session.scalars(select(Product.instance_id).where(Product.code == code)).one()
    admin = browse("admin")
    page = admin.get(repair(case))
    assert "Reiniciar un paso" in page
    assert "Cambiar quién lo hace" not in page
    admin.post(f"{repair(case)}/reasignacion", {}, 403)
    admin.post(f"{repair(case)}/terminacion", {}, 403)


def test_who_may_open_the_desk(browse: Browse, world: World) -> None:
    code = desk.product(world, "Activity_DelimitarProblema")
    with reading() as session:
        case = session.scalars(select(Product.instance_id).where(Product.code == code)).one()
    for name in ("admin", "monitoreo", "control", "director"):
        browse(name).get(repair(case))
    for name in ("monitoreo", "control", "director"):
        assert "Reiniciar un paso" not in browse(name).get(repair(case))
        browse(name).post(f"{repair(case)}/reinicio", {}, 403)
    browse("articulador").get("/incidentes")
    browse("articulador").get(repair(case), 404)  # it is of a unit, not of their region
    for name in ("asesor", "lider", "der"):
        browse(name).get(repair(case), 403)


def test_a_state_that_was_altered_is_told(browse: Browse, world: World) -> None:
    desk.product(world, "Activity_DelimitarProblema")
    with transaction() as session:
        session.execute(text("UPDATE instance SET seal = 'otro'"))
        case = session.scalars(select(Product.instance_id)).one()
    assert "se alteró por fuera del sistema" in browse("admin").get(repair(case))


def test_what_else_failed_is_told_on_the_desk(browse: Browse, world: World) -> None:
    assert "También falló" not in browse("admin").get("/incidentes")
    with transaction() as session:
        found = [invariants.Finding("message", 1, "Mensaje 1: debía haber salido")]
        invariants.keep(session, "message_leaves", found, seconds=0.1, now=clock.now())
    page = browse("admin").get("/incidentes")
    assert "También falló" in page
    assert '<a href="/invariantes">1 invariante que no se cumple</a>' in page
    assert "También falló" not in browse("articulador").get("/incidentes")
