"""What turns a whole plan, who may do it, and the pages of whoever organises the work of others."""

import re

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import clock
from db import history
from db import reading
from db import transaction
from directory import absences
from directory import accounts
from directory import coverage
from directory import grants
from directory import people
from directory.models import Person
from engine import instances
from engine import tasks
from engine.models import Task
from tests.questions import asked
from tests.snapshots import Stage
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.test_territory import options
from tests.web.world import LONG_AGO
from tests.web.world import PASSWORD
from tests.web.world import World
from tracking import life
from tracking import products
from tracking import templates
from tracking.models import Product
from tracking.models import WorkPlan


@pytest.fixture
def plan(world: World, snapshot: Stage) -> int:
    """A running plan in the first entity with its procedure, so that a task waits for its advisor."""

    def build() -> int:
        now = clock.now()
        with transaction() as session:
            lead, advisor = (session.get_one(Person, world.people[name]) for name in ("lider", "asesor"))
            product = factories.product(session, lead, world.unit_id, now)
            row = factories.plan(
                session, product, world.entities[0], now, advisor=advisor, consented=False, executing=False
            )
            row.instance_id = factories.procedure(session, row, now).id
            products.focalise(session, product.id, world.entities[:1], now=now)
            return row.id

    return snapshot("plan_procedure", build)


def another_advisor(world: World, name: str = "Nora Vega") -> int:
    with transaction() as session:
        person = people.add(session, name, by=SYSTEM, now=clock.now())
        grants.add(session, person.id, "territorial_advisor", "region", world.region_id, since=LONG_AGO, by=SYSTEM,
                   now=clock.now())  # fmt: skip
        return person.id


def row_of(plan_id: int) -> WorkPlan:
    with reading() as session:
        row = session.get_one(WorkPlan, plan_id)
        session.expunge(row)
        return row


def holders(plan_id: int) -> set[int | None]:
    with reading() as session:
        return {task.assignee_id for task in tasks.open_of(session, session.get_one(WorkPlan, plan_id).instance_id)}


def last_act(plan_id: int) -> tuple[str, str, str]:
    with reading() as session:
        row = history.of(session, history.Subject("work_plan", plan_id))[-1]
        return row.action, row.capacity, row.reason


def test_a_plan_goes_with_its_tasks_to_another_advisor(browse: Browse, world: World, plan: int) -> None:
    nora, coordinator = another_advisor(world), browse("articulador")
    assert f"/planes/{plan}/traspaso" in coordinator.get(f"/planes/{plan}")
    page = coordinator.get(f"/planes/{plan}/traspaso")
    assert "Nora Vega" in page
    assert "Julio Peña" in page
    coordinator.post(f"/planes/{plan}/traspaso", {"advisor_id": str(nora)}, 422)
    data = {"advisor_id": str(nora), "reason": "Reparto de cargas"}
    asked = coordinator.post(f"/planes/{plan}/traspaso", data, 200).get_data(as_text=True)
    assert "Nora Vega no tiene cuenta" in asked
    assert row_of(plan).advisor_id == world.people["asesor"]
    coordinator.post(f"/planes/{plan}/traspaso", {**data, "confirmed": "0"}, 200)
    coordinator.post(f"/planes/{plan}/traspaso", {**data, "confirmed": str(nora)})
    assert (row_of(plan).advisor_id, holders(plan)) == (nora, {nora})
    assert last_act(plan) == ("plan.assigned", "Articulación regional", "Reparto de cargas")


def test_who_had_the_task_open_when_it_passed_on_keeps_what_they_typed(browse: Browse, world: World, plan: int) -> None:
    nora, advisor, coordinator = another_advisor(world), browse("asesor"), browse("articulador")
    with transaction() as session:
        accounts.create(session, nora, "nora", PASSWORD, by=SYSTEM, now=clock.now())
        (task,) = tasks.open_of(session, session.get_one(WorkPlan, plan).instance_id)
    advisor.get(f"/tareas/{task.id}")
    advisor.post(f"/tareas/{task.id}", {"_action": "draft", "needs": "El banco está desactualizado", "revision": "0"})
    data = {"advisor_id": str(nora), "reason": "Reparto de cargas", "confirmed": str(nora)}
    coordinator.get(f"/planes/{plan}/traspaso")
    coordinator.post(f"/planes/{plan}/traspaso", data)
    for path, sent in (("", {"_action": "review", "needs": "Ya no hay banco", "revision": "1"}), ("/enviar", {})):
        told = advisor.post(f"/tareas/{task.id}{path}", sent, 409).get_data(as_text=True)
        assert "pasó a Nora Vega hace" in told
        assert "El borrador que guardó antes sigue en la tarea" in told
        assert sent.get("needs", "El banco está desactualizado") in told
    assert "El borrador que está abajo lo escribió Julio Peña" in browse("nora").get(f"/tareas/{task.id}")
    browse("comunicaciones").post(f"/tareas/{task.id}/enviar", {}, 404)


@pytest.mark.parametrize("receiver", ["control", "admin", "comunicaciones"])
def test_a_plan_does_not_go_to_who_could_not_write_in_it(
    browse: Browse, world: World, plan: int, receiver: str
) -> None:
    coordinator = browse("articulador")
    coordinator.get(f"/planes/{plan}/traspaso")
    data = {"advisor_id": str(world.people[receiver]), "reason": "Porque sí"}
    assert "no tiene un rol" in coordinator.post(f"/planes/{plan}/traspaso", data, 422).get_data(as_text=True)
    assert row_of(plan).advisor_id == world.people["asesor"]


@pytest.mark.parametrize("path", ["traspaso", "cancelacion", "permanencia"])
@pytest.mark.parametrize("who", ["asesor", "control"])
def test_who_only_works_or_watches_turns_no_plan(browse: Browse, plan: int, path: str, who: str) -> None:
    browse(who).get(f"/planes/{plan}/{path}", 403)


@pytest.mark.parametrize("who", ["director", "lider"])
def test_a_plan_is_cancelled_with_a_reason_and_a_tick(browse: Browse, plan: int, who: str) -> None:
    browser = browse(who)
    assert "No se puede deshacer" in browser.get(f"/planes/{plan}/cancelacion")
    for missing in ({"reason": "Se repitió"}, {"confirmed": "si"}):
        browser.post(f"/planes/{plan}/cancelacion", missing, 422)
    assert row_of(plan).status == "open"
    browser.post(f"/planes/{plan}/cancelacion", {"reason": "Se repitió", "confirmed": "si"})
    assert (row_of(plan).status, row_of(plan).closing_reason, holders(plan)) == ("cancelled", "Se repitió", set())
    assert "El plan ya terminó" in browser.get(f"/planes/{plan}/cancelacion")


def test_a_plan_of_an_entity_taken_out_is_kept_or_closed(browse: Browse, plan: int) -> None:
    lead = browse("lider")
    with transaction() as session:
        product_id = session.get_one(WorkPlan, plan).product_id
        code = session.get_one(Product, product_id).code
        products.focalise(session, product_id, [], now=clock.now())
    page = lead.get(f"/productos/{code}?parte=entidades")
    assert "sin_focalizar=1" in page
    assert re.search(r"\d+ plan(es)? de trabajo, por entidad\.", page.replace("\xa0", " "))
    assert f"/planes/{plan}" in lead.get(f"/planes?producto={product_id}&sin_focalizar=1")
    assert "cerrar o mantener" in lead.get(f"/planes/{plan}")
    lead.post(f"/planes/{plan}/permanencia", {}, 422)
    lead.post(f"/planes/{plan}/permanencia", {"reason": "Ya va en la mitad"})
    assert "cerrar o mantener" not in lead.get(f"/planes/{plan}")
    assert last_act(plan) == ("plan.kept", "Líder técnico", "Ya va en la mitad")
    assert "No hay nada por decidir" in lead.get(f"/planes/{plan}/permanencia")


@pytest.fixture
def doubtful(world: World, snapshot: Stage) -> str:
    """The code of a product whose weights nobody has confirmed."""

    def build() -> str:
        with transaction() as session:
            lead = session.get_one(Person, world.people["lider"])
            product = factories.product(session, lead, world.unit_id, clock.now(), "Pesos en duda")
            templates.parameterise(session, product.id, factories.ROWS, confirmed=False,
                                   note="Dos fuentes no coinciden.", by=SYSTEM, now=clock.now())  # fmt: skip
            return product.code

    return snapshot("doubtful", build)


def test_doubtful_weights_are_confirmed_by_monitoring(browse: Browse, doubtful: str) -> None:
    monitor = browse("monitoreo")
    assert f"/productos/{doubtful}/pesos" in monitor.get(f"/productos/{doubtful}")
    page = monitor.get(f"/productos/{doubtful}/pesos")
    assert "Dos fuentes no coinciden" in page
    version = re.findall(r'name="template" value="(\d+)"', page)[0]
    for wrong in ({"template": version}, {"note": "Acta 12", "template": "0"}):
        monitor.post(f"/productos/{doubtful}/pesos", wrong, 422)
    monitor.post(f"/productos/{doubtful}/pesos", {"template": version, "note": "La subdirección, en el acta 12"})
    assert f"/productos/{doubtful}/pesos" not in monitor.get(f"/productos/{doubtful}")
    assert "están confirmados" in monitor.get(f"/productos/{doubtful}/pesos")


def test_a_lead_does_not_confirm_the_weights_of_their_product(browse: Browse, doubtful: str) -> None:
    browse("lider").get(f"/productos/{doubtful}/pesos", 403)


def test_a_coordinator_finds_the_tasks_of_the_region_and_gives_them(browse: Browse, world: World, plan: int) -> None:
    nora, today = another_advisor(world), clock.local_date(clock.now())
    with transaction() as session:
        absences.add(session, world.people["asesor"], "vacaciones", today, today, by=SYSTEM, now=clock.now())
    coordinator = browse("articulador")
    page = coordinator.get("/tareas-del-equipo?buscar=julio+peña")
    assert "ausente hoy" in page
    assert "/tareas-del-equipo" in coordinator.get("/bandeja")
    (task_id,) = re.findall(r"/tareas/(\d+)/asignar", page)
    coordinator.get(f"/tareas/{task_id}/asignar")
    coordinator.post(f"/tareas/{task_id}/asignar", {"person_id": str(nora), "confirmed": str(nora)})
    assert holders(plan) == {nora}
    assert "Nada coincide" in coordinator.get("/tareas-del-equipo?buscar=julio+peña")
    browse("asesor").get("/tareas-del-equipo", 403)


def test_internal_control_reads_coverage_and_changes_nothing(browse: Browse, world: World) -> None:
    control = browse("control")
    page = control.get("/cobertura?departamento=05")
    assert "Julio Peña" in page
    assert 'name="person_id"' not in page
    control.post("/cobertura", {"person_id": str(world.people["asesor"]), "entity": str(world.entities[2])}, 403)


def test_a_forged_handover_is_told_what_the_receiver_lacks(browse: Browse, world: World, plan: int) -> None:
    liaison = browse("articulador")
    liaison.get("/empalmes/nuevo")
    today = str(clock.local_date(clock.now()))
    for receiver, lacks in (("control", "Control interno"), ("admin", "Administración del sistema")):
        data = {"from_id": str(world.people["asesor"]), "to_id": str(world.people[receiver]), "since": today,
                "reason": "Traslado", "confirmed": "si"}  # fmt: skip
        answer = liaison.post("/empalmes/nuevo", data, 422).get_data(as_text=True)
        assert "no puede recibir este trabajo" in answer
        assert lacks in answer
    assert row_of(plan).advisor_id == world.people["asesor"]


@pytest.fixture
def crowd(world: World) -> list[int]:
    """Two hundred and twenty people with an account and the role of advisor, the last of them hard to find."""
    now, found = clock.now(), []
    with transaction() as session:
        for number in range(220):
            name = "Zoraida Última" if number == 219 else f"Persona {number:03}"
            person = people.add(session, name, by=SYSTEM, now=now)
            grants.add(session, person.id, "territorial_advisor", "region", world.region_id, since=LONG_AGO, by=SYSTEM,
                       now=now)  # fmt: skip
            if number == 219:
                accounts.create(session, person.id, "zoraida", PASSWORD, by=SYSTEM, now=now)
            found.append(person.id)
    return found


def test_somebody_beyond_the_first_two_hundred_is_found_by_name(browse: Browse, plan: int, crowd: list[int]) -> None:
    coordinator, path = browse("articulador"), f"/planes/{plan}/traspaso"
    assert str(crowd[-1]) not in options(coordinator.get(path), "advisor_id")
    typed = {"advisor_id_buscar": "ultima zor", "_buscar": "advisor_id", "reason": "No se pierde"}
    answer = coordinator.post(path, typed, 200).get_data(as_text=True)
    assert str(crowd[-1]) in options(answer, "advisor_id")
    assert "No se pierde" in answer
    assert row_of(plan).advisor_id is not None


def test_offering_a_task_asks_as_much_for_many_as_for_few(browse: Browse, world: World, plan: int) -> None:
    coordinator = browse("articulador")
    with reading() as session:
        task_id = session.query(Task).filter_by(assignee_id=world.people["asesor"]).one().id
    counts = []
    for number in range(2):
        for extra in range(10 * number + 1):
            another_advisor(world, f"Persona {number} {extra}")
        with asked() as seen:
            coordinator.get(f"/tareas/{task_id}/asignar")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_giving_all_the_tasks_of_somebody_asks_as_much_for_many_as_for_few(world: World, plan: int) -> None:
    receiver, counts = another_advisor(world), []
    for copies in (1, 12):
        with transaction() as session:
            session.query(Task).filter_by(assignee_id=receiver).update({"assignee_id": world.people["asesor"]})
            _more_cases(session, world, copies)
        with asked() as seen, transaction() as session:
            moved = tasks.reassign_person(session, world.people["asesor"], receiver, by=SYSTEM, now=clock.now())
        assert moved >= copies
        counts.append(len([one for one in seen if one.lstrip().upper().startswith("SELECT")]))
    assert counts[0] == counts[1]


def _more_cases(session: Session, world: World, copies: int) -> None:
    for number in range(copies):
        title = f"Otro caso {copies}-{number}"
        links = instances.Links(title, unit_id=world.unit_id, entity_id=world.entities[0],
                                people={"advisor": world.people["asesor"], "lead": world.people["lider"]})  # fmt: skip
        instances.start(session, life.PROCEDURE, title, links=links, by=SYSTEM, now=clock.now())


def test_coverage_makes_an_advisor_who_may_be_chosen(world: World) -> None:
    with transaction() as session:
        person = people.add(session, "Nora Vega", by=SYSTEM, now=clock.now())
        coverage.cover(session, person.id, world.entities[2], clock.local_date(clock.now()), by=SYSTEM, now=clock.now())
        assert (person.id, "Nora Vega") in coverage.advisors(session, now=clock.now())
