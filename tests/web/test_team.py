"""Tareas del equipo: how many there are, narrowing them, and giving several at once."""

import re
from datetime import timedelta

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import absences
from directory import coverage
from directory import grants
from directory import people
from directory.models import Entity
from directory.models import Person
from engine.models import Instance
from engine.models import Task
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.sheets import downloaded
from tests.web.sheets import rows
from tests.web.test_plan_acts import another_advisor
from tests.web.world import World
from tracking.models import Product
from tracking.models import WorkPlan

LIST = "/tareas-del-equipo"


@pytest.fixture
def several(world: World, plan: int) -> list[int]:
    """The open tasks of two plans, those of the second overdue."""
    now = clock.now()
    with transaction() as session:
        product = session.get_one(Product, session.get_one(WorkPlan, plan).product_id)
        advisor = session.get_one(Person, world.people["asesor"])
        factories.plan(session, product, world.entities[1], now, advisor=advisor)
        rows = session.query(Task).filter_by(status="open", assignee_id=advisor.id).order_by(Task.id).all()
        late = [row for row in rows if row.entity_id == world.entities[1]]
        for row in late:
            row.due_at = row.due_sort = now - timedelta(days=3)
        assert late
        return [row.id for row in rows]


def held(person_id: int) -> set[int]:
    with reading() as session:
        return {row.id for row in session.query(Task).filter_by(status="open", assignee_id=person_id)}


def listed(page: str) -> set[int]:
    return {int(key) for key in re.findall(r'href="/tareas/(\d+)/asignar"', page)}


def test_the_list_says_how_many_and_is_narrowed(browse: Browse, world: World, several: list[int]) -> None:
    coordinator = browse("articulador")
    page = coordinator.get(LIST)
    assert re.search(rf'class="figure">{len(listed(page))}</span> tareas', page)
    assert set(several) <= listed(page)
    assert f"Julio Peña ({len(several)})" in page
    late = listed(coordinator.get(f"{LIST}?plazo=vencidas"))
    assert late
    assert late < set(several)
    assert listed(coordinator.get(f"{LIST}?persona={world.people['asesor']}")) == set(several)
    with transaction() as session:
        session.get_one(Task, several[0]).assignee_id = None
    assert listed(coordinator.get(f"{LIST}?persona=nadie")) == {several[0]}
    assert "Nada coincide" in coordinator.get(f"{LIST}?persona=999")


def test_a_municipality_is_told_with_its_department(browse: Browse, world: World, several: list[int]) -> None:
    with reading() as session:
        place = session.get_one(Entity, world.entities[0])
        said = f"{place.name}, Antioquia · "
    coordinator = browse("articulador")
    assert said in coordinator.get(LIST)
    assert any(str(row["Sobre"]).startswith(said) for row in rows(downloaded(coordinator, f"{LIST}?formato=xlsx")))


def test_several_tasks_are_given_at_once(browse: Browse, world: World, several: list[int]) -> None:
    nora, coordinator = another_advisor(world), browse("articulador")
    page = coordinator.get(f"{LIST}/asignar?" + "&".join(f"tarea={key}" for key in several))
    assert f"{len(several)} tareas elegidas" in page
    coordinator.post(f"{LIST}/asignar", {"tarea": [str(key) for key in several], "person_id": ""}, 422)
    assert held(nora) == set()
    coordinator.post(
        f"{LIST}/asignar", {"tarea": [str(key) for key in several], "person_id": str(nora), "confirmed": str(nora)}
    )
    assert held(nora) == set(several)
    assert "quedaron asignadas a" in coordinator.get(LIST)


def test_nobody_gives_several_tasks_of_others(browse: Browse, world: World, several: list[int]) -> None:
    browse("asesor").get(f"{LIST}/asignar?tarea={several[0]}", 403)
    with transaction() as session:
        session.get_one(Task, several[0]).region_id = None
    browse("articulador").get(f"{LIST}/asignar?tarea={several[0]}", 403)
    assert "No eligió ninguna tarea" in browse("articulador").get(f"{LIST}/asignar")


def test_whoever_covers_the_entity_may_be_given_its_task(browse: Browse, world: World, plan: int) -> None:
    now = clock.now()
    today = clock.local_date(now)
    (task_id,) = held(world.people["asesor"])
    with transaction() as session:
        nora = people.add(session, "Nora Vega", by=SYSTEM, now=now).id
        coverage.hand_over(session, world.entities[0], nora, today, by=SYSTEM, now=now)
        absences.add(session, nora, "vacaciones", today, today, by=SYSTEM, now=now)
    coordinator = browse("articulador")
    assert "Nora Vega (sin cuenta, ausente hoy)" in coordinator.get(f"/tareas/{task_id}/asignar")
    coordinator.post(f"/tareas/{task_id}/asignar", {"person_id": str(nora), "confirmed": str(nora)})
    assert held(nora) == {task_id}


def test_where_nobody_else_may_do_it_the_ways_out_are_named(browse: Browse, world: World, plan: int) -> None:
    (task_id,) = held(world.people["asesor"])
    with transaction() as session:
        case = session.get_one(Instance, session.get_one(Task, task_id).instance_id)
        case.refs = {**case.refs, "plan_id": plan}
    page = browse("articulador").get(f"/tareas/{task_id}/asignar")
    assert "Nadie más puede hacerla" in page
    assert f'href="/planes/{plan}/traspaso"' in page
    assert 'href="/cobertura?departamento=05"' in page


def chosen(page: str) -> set[int]:
    return {int(key) for key in re.findall(r'name="tarea" value="(\d+)"', page)}


def test_only_what_somebody_else_could_do_is_offered_to_choose(
    browse: Browse, world: World, several: list[int]
) -> None:
    coordinator = browse("articulador")
    page = coordinator.get(LIST)
    assert set(several) <= listed(page)
    assert not set(several) & chosen(page)
    assert "Nadie más puede hacerla hoy" in page
    another_advisor(world)
    assert set(several) <= chosen(coordinator.get(LIST))


def test_all_that_fits_the_filters_is_chosen_beyond_the_page(
    browse: Browse, world: World, several: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    another_advisor(world)
    coordinator, address = browse("articulador"), f"persona={world.people['asesor']}&todas=1"
    page = coordinator.get(f"{LIST}/asignar?{address}")
    assert f"{len(several)} tareas elegidas" in page
    assert chosen(page) == set(several)
    monkeypatch.setattr("web.assigning.MOST", len(several) - 1)
    answer = coordinator.client.get(f"{LIST}/asignar?{address}")
    assert answer.location == f"{LIST}?persona={world.people['asesor']}"
    assert "Acótelo" in coordinator.get(answer.location)


def test_what_is_of_somebody_who_may_no_longer_act_is_counted_and_shown(
    browse: Browse, world: World, several: list[int]
) -> None:
    coordinator, advisor, now = browse("articulador"), world.people["asesor"], clock.now()
    assert "sin quien la atienda" not in coordinator.get(LIST)
    with transaction() as session:
        for row in grants.of(session, advisor):
            grants.revoke(session, row.id, reason="Terminó su contrato.", by=SYSTEM, now=now)
        for key in coverage.entities_of(session, advisor, clock.local_date(now)):
            coverage.end(session, advisor, key, clock.local_date(now) - timedelta(days=1), by=SYSTEM, now=now)
    page = coordinator.get(LIST)
    assert re.search(rf"persona=sin-quien[^>]*>{len(several)}</a></span> sin quien la atienda", page)
    assert '<span class="tag">sin quien la atienda</span>' in page
    assert "ya no puede actuar" in page
    assert listed(coordinator.get(f"{LIST}?persona=sin-quien")) == set(several)
    assert "que ya no puede atenderla" in coordinator.get(f"/tareas/{several[0]}")
