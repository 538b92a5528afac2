"""The closing of a corrective action, through the pages."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import principal
from edge import steps
from edge import words
from engine import instances
from engine import tasks
from engine.models import Task
from tests.web.conftest import Browse
from tests.web.sheets import downloaded
from tests.web.sheets import rows
from tests.web.test_feeds import events
from tests.web.test_feeds import opened
from tests.web.world import World
from tracking import corrective_actions
from tracking import life
from web.filters import day

FORMULATED = {"kind": "corrective", "finding": "Dos hitos vencieron", "cause": "Cambió el equipo de planeación",
              "action": "Designar un responsable nuevo", "responsible": "La alcaldía",
              "due_date": str(clock.local_date(clock.now()) + timedelta(days=10))}  # fmt: skip
FOLLOWED = {"progress": "Ya hay responsable", "effective": True}


def waiting(world: World, plan_id: int, *answers: Mapping[str, Any], advisor_name: str = "asesor") -> int:
    """A corrective action of the plan after these answers were sent; returns the task that waits then."""
    now, advisor = clock.now(), world.people[advisor_name]
    with transaction() as session:
        action = corrective_actions.open_action(
            session, plan_id, kind="corrective", finding="Dos hitos vencieron", by=SYSTEM, now=now
        )
        links = instances.Links(
            "Acción de mejora", unit_id=world.unit_id, entity_id=world.entities[0], region_id=world.region_id,
            people={"advisor": advisor}, refs={"plan_id": plan_id, "action_id": action.id},
        )  # fmt: skip
        case = instances.start(session, life.CORRECTIVE_ACTION, f"AC-{action.id}", links=links, by=SYSTEM, now=now)
        action.instance_id = case_id = case.id
    for sent in answers:
        with transaction() as session:
            (task,) = tasks.open_of(session, case_id)
            by = principal.load(session, advisor, now=now)
            tasks.complete(session, task.id, dict(sent), by=by, now=now, confirmed=True)
        steps.settle(case_id)
    with reading() as session:
        return tasks.open_of(session, case_id)[0].id


def test_whoever_closes_an_action_sees_what_was_to_be_done(browse: Browse, world: World, plan: int) -> None:
    page = browse("articulador").get(f"/tareas/{waiting(world, plan, FORMULATED, FOLLOWED)}")
    assert "Ya hay responsable" in page
    for said in ("Cambió el equipo de planeación", "Designar un responsable nuevo", "La alcaldía"):
        assert said in page
    assert "Ejemplo: Sí" not in page


def test_the_day_that_was_committed_to_stands_on_the_page_in_the_inbox_and_in_the_feed(
    browse: Browse, world: World, plan: int
) -> None:
    task, advisor = waiting(world, plan, FORMULATED), browse("asesor")
    day = words.day_of(clock.local_date(clock.now()) + timedelta(days=10), now=clock.now())
    page = advisor.get(f"/tareas/{task}").replace("\xa0", " ")
    assert f"Vence el {day}" in page
    assert "es el día que se fijó en este trámite" in page
    listed = advisor.get("/bandeja?paso=Activity_SeguirAccion").replace("\xa0", " ")
    assert f"vence el {day}" in listed
    path = opened(advisor)
    assert [one["url"].rpartition("/")[2] for one in events(browse(""), path) if "seguimiento" in one["summary"]] == [
        str(task)
    ]


def test_what_the_only_coordinator_wrote_is_verified_by_the_monitoring_of_the_der(
    browse: Browse, world: World, plan: int
) -> None:
    task = waiting(world, plan, FORMULATED, FOLLOWED, advisor_name="articulador")
    assert f"/tareas/{task}" not in browse("articulador").get("/bandeja")
    monitoring = browse("monitoreo")
    assert f"/tareas/{task}" in monitoring.get("/bandeja?paso=Activity_VerificarCierre")
    monitoring.post(f"/tareas/{task}/tomar", {})
    assert "Verificar el cierre" in monitoring.get(f"/tareas/{task}")
    with transaction() as session:
        by = principal.load(session, world.people["monitoreo"], now=clock.now())
        done = tasks.complete(session, task, {"closed": True, "closing_note": "Se revisó."}, by=by, now=clock.now())
    assert done.receipt


def test_what_the_advisor_wrote_is_verified_by_the_coordinator(browse: Browse, world: World, plan: int) -> None:
    task = waiting(world, plan, FORMULATED, FOLLOWED)
    assert f"/tareas/{task}" in browse("articulador").get("/bandeja")
    assert f"/tareas/{task}" not in browse("monitoreo").get("/bandeja")


def test_the_actions_of_a_region_stand_in_one_list(browse: Browse, world: World, plan: int) -> None:
    waiting(world, plan, FORMULATED)
    reader = browse("monitoreo")
    page = reader.get("/acciones-correctivas?estado=open&buscar=ALCALDIA")
    assert "Dos hitos vencieron" in page
    assert "Designar un responsable nuevo" in page
    assert 'href="/tareas/' in page
    assert "Ninguna acción coincide" in reader.get("/acciones-correctivas?estado=closed")
    assert "Ninguna acción coincide" in reader.get("/acciones-correctivas?estado=overdue")
    assert "Ninguna acción coincide" in reader.get("/acciones-correctivas?tipo=preventive")
    (row,) = rows(downloaded(reader, "/acciones-correctivas?estado=open&formato=xlsx"))
    assert (row["Hallazgo"], row["Responsable"]) == ("Dos hitos vencieron", "La alcaldía")
    assert str(row["Plazo"]) == FORMULATED["due_date"]


def test_what_an_action_waits_for_stands_on_the_page_of_its_plan(browse: Browse, world: World, plan: int) -> None:
    task = waiting(world, plan)
    with transaction() as session:
        session.get_one(Task, task).due_at = clock.now() - timedelta(days=9)
    link, advisor = f'href="/tareas/{task}"', browse("asesor")
    page = advisor.get(f"/planes/{plan}?parte=procedimiento")
    content, _, beside = page.partition('<aside class="context"')
    for part in (content, beside):
        assert link in part
        assert "Dos hitos vencieron" in part
        assert "venció" in part.partition(link)[2]
    listed = advisor.get("/acciones-correctivas")
    assert "venció" in listed.partition(link)[2]


def test_another_unit_does_not_see_them(browse: Browse, world: World, plan: int) -> None:
    waiting(world, plan, FORMULATED)
    browse("admin").get("/acciones-correctivas", 403)


def test_the_page_of_the_follow_up_says_which_action_it_is(browse: Browse, world: World, plan: int) -> None:
    page = browse("asesor").get(f"/tareas/{waiting(world, plan, FORMULATED)}")
    for said in ("Hallazgo: Dos hitos vencieron", "Acción: Designar un responsable nuevo", "Responsable: La alcaldía"):
        assert said in page
    assert "Fecha límite: " in page


def test_a_closed_action_says_on_which_day_and_by_whom_and_not_its_limit(
    browse: Browse, world: World, plan: int
) -> None:
    task, place = waiting(world, plan, FORMULATED, FOLLOWED), f"/planes/{plan}?parte=procedimiento"
    with transaction() as session:
        case = session.get_one(Task, task).instance_id
        by = principal.load(session, world.people["articulador"], now=clock.now())
        tasks.complete(session, task, {"closed": True, "closing_note": "Se revisó."}, by=by, now=clock.now())
        name = by.name
    steps.settle(case)
    page = browse("asesor").get(place).replace("\xa0", " ")
    today = clock.local_date(clock.now())
    closed, limit = (day(one).replace("\xa0", " ") for one in (today, today + timedelta(days=10)))
    assert f"Cerrada el {closed}, por {name}" in page
    assert limit not in page


def test_whoever_verifies_sees_each_change_that_is_counted_an_answer_that_went_too(
    browse: Browse, world: World, plan: int
) -> None:
    useless = {"progress": "Se convocó", "effective": False, "ineffective_reason": "No asistieron"}
    page = browse("articulador").get(f"/tareas/{waiting(world, plan, FORMULATED, useless, FORMULATED, FOLLOWED)}")
    shown = page.count('<span class="f-changed">Cambió.</span>')
    assert (f"Hay {shown} cambios" in page, shown) == (True, 3)
    assert "<del>No asistieron</del>" in page
