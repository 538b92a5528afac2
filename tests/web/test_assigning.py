"""Giving a task to somebody, filling a post for some days, and what a page says when things changed meanwhile."""

import re
from datetime import timedelta
from html import unescape

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import grants
from directory import people
from engine.models import Task
from tests.web.conftest import Browse
from tests.web.test_flow import start_product
from tests.web.world import World


def test_a_director_gives_a_task_to_who_may_do_it(browse: Browse, world: World) -> None:
    task_id = start_product(browse("lider"), world)
    director = browse("director")
    with transaction() as session:
        session.get_one(Task, task_id).assignee_id = world.people["director"]
    assert "Asignar a una persona" in director.get(f"/tareas/{task_id}")
    assert "Ana Ruiz" in director.get(f"/tareas/{task_id}/asignar")
    director.post(f"/tareas/{task_id}/asignar", {"person_id": str(world.people["lider"])})
    with reading() as session:
        assert session.get_one(Task, task_id).assignee_id == world.people["lider"]


def test_a_task_is_not_given_to_who_may_not_do_it(browse: Browse, world: World) -> None:
    task_id = start_product(browse("lider"), world)
    director = browse("director")
    director.get(f"/tareas/{task_id}/asignar")
    director.post(f"/tareas/{task_id}/asignar", {"person_id": str(world.people["asesor"])}, 422)


def test_a_lead_does_not_give_tasks(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    lead.get(f"/tareas/{task_id}/asignar", 403)


def test_somebody_fills_a_post_until_the_encargo_ends(browse: Browse, world: World) -> None:
    admin, person, today = browse("admin"), world.people["lider"], clock.local_date(clock.now())
    admin.get(f"/personas/{person}")
    data = {"encargo_role": "technical_director", "encargo_scope": f"unit:{world.unit_id}",
            "encargo_since": str(today), "encargo_until": str(today + timedelta(days=9)),
            "act": "Resolución 12 de 2026"}  # fmt: skip
    admin.post(f"/personas/{person}/encargos", data)
    page = admin.get(f"/personas/{person}")
    assert "Resolución 12 de 2026" in page
    end = re.search(r"/personas/\d+/encargos/\d+/fin", page)
    assert end
    field = f"encargo-reason-{end.group().split('/')[-2]}"
    refused = admin.post(end.group(), {}, 422).get_data(as_text=True)
    assert f'href="#{field}"' in refused
    assert "Diga por qué termina el encargo." in unescape(refused)
    admin.post(end.group(), {field: "Volvió quien ocupa el cargo"})
    assert "terminado el" in admin.get(f"/personas/{person}")
    assert "Volvió quien ocupa el cargo" in browse("control").get(f"/personas/{person}")


def test_an_encargo_without_its_last_day_says_so(browse: Browse, world: World) -> None:
    admin = browse("admin")
    admin.get(f"/personas/{world.people['lider']}")
    data = {"encargo_role": "technical_director", "encargo_scope": f"unit:{world.unit_id}"}
    answer = admin.post(f"/personas/{world.people['lider']}/encargos", data, 422).get_data(as_text=True)
    assert 'href="#encargo_until"' in answer


def test_the_mark_of_a_task_moves_when_it_does_and_not_with_my_own_draft(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    address = f"/cambios/tareas/{task_id}"
    before = lead.client.get(address).get_json()["mark"]
    assert f'data-mark="{before}"' in lead.get(f"/tareas/{task_id}")
    lead.post(f"/tareas/{task_id}/borrador", {"name": "A medias", "revision": "0"}, 200)
    assert lead.client.get(address).get_json()["mark"] == before
    director = browse("director")
    director.get(f"/tareas/{task_id}/asignar")
    with transaction() as session:
        session.get_one(Task, task_id).assignee_id = world.people["director"]
    director.post(f"/tareas/{task_id}/asignar", {"person_id": str(world.people["lider"])})
    assert lead.client.get(address).get_json()["mark"] != before


def test_the_mark_of_a_product_is_on_its_page(browse: Browse, world: World) -> None:
    lead = browse("lider")
    start_product(lead, world)
    code = re.search(r"/productos/(ATT-\d+-\d+)", lead.get("/productos"))
    assert code
    mark = lead.client.get(f"/cambios/productos/{code.group(1)}").get_json()["mark"]
    assert f'data-mark="{mark}"' in lead.get(f"/productos/{code.group(1)}")


def test_similar_products_are_told_while_naming(browse: Browse, world: World) -> None:
    lead = browse("lider")
    start_product(lead, world, "Bancos de proyectos municipales")
    task_id = start_product(lead, world, "Otra cosa del todo distinta")
    answer = lead.post(f"/tareas/{task_id}/borrador", {"name": "Bancos de proyectos municipales"}, 200).get_json()
    assert answer["hints"][0]["path"] == "name"
    assert "Bancos de proyectos municipales" in answer["hints"][0]["text"]
    assert 'class="f-hints"' in lead.get(f"/tareas/{task_id}")


def test_a_history_is_searched(browse: Browse, world: World) -> None:
    lead = browse("lider")
    start_product(lead, world)
    code = re.search(r"/productos/(ATT-\d+-\d+)", lead.get("/productos"))
    assert code
    address = f"/productos/{code.group(1)}?parte=historia"
    assert "Creó el producto" in lead.get(f"{address}&buscar=creó")
    assert "Nada coincide" in lead.get(f"{address}&buscar=nunca+jamás")


def test_a_new_strategy_shows_its_government(browse: Browse, world: World) -> None:
    director = browse("director")
    director.get("/estrategias/nueva")
    data = {"name": "Gobierno al plan", "objective": "Que los planes se ejecuten.", "unit_id": str(world.unit_id),
            "lead_id": str(world.people["lider"])}  # fmt: skip
    page = director.get(director.post("/estrategias/nueva", data).location)
    assert "Todavía no tiene productos" in page
    assert "Nada a su alcance" not in page
    assert "El gobierno de la estrategia" in page
    assert "<svg" in page
    assert "Definir la estrategia" in page


def test_a_task_goes_to_who_could_not_come_in_only_when_that_is_confirmed(browse: Browse, world: World) -> None:
    task_id, now = start_product(browse("lider"), world), clock.now()
    with transaction() as session:
        nora = people.add(session, "Nora Vega", unit_id=world.unit_id, by=SYSTEM, now=now).id
        grants.add(session, nora, "technical_lead", "unit", world.unit_id, by=SYSTEM, now=now)
    director, page = browse("director"), f"/tareas/{task_id}/asignar"
    assert "Nora Vega (sin cuenta)" in director.get(page)
    for path, sent in ((page, {}), ("/tareas-del-equipo/asignar", {"tarea": str(task_id)})):
        asked = unescape(director.post(path, {**sent, "person_id": str(nora)}, 422).get_data(as_text=True))
        assert "Nora Vega no tiene cuenta" in asked
        assert f'name="confirmed" value="{nora}"' in asked
    director.post(page, {"person_id": str(nora), "confirmed": str(nora)})
    with reading() as session:
        assert session.get_one(Task, task_id).assignee_id == nora
