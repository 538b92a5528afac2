"""The inbox page: why a task is there, what comes first, and what belongs together."""

from datetime import timedelta

import pytest

from db import clock
from db import transaction
from directory.models import Delegation
from engine.models import Task
from engine.undated import STANDING
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.test_flow import start_product
from tests.web.world import World


def moved(task_id: int, due: timedelta | None, assignee_id: int | None) -> None:
    """Give a task another due date and another holder."""
    with transaction() as session:
        task = session.get_one(Task, task_id)
        task.due_at = None if due is None else clock.now() + due
        task.due_sort = task.due_at or STANDING
        task.assignee_id = assignee_id


def test_a_task_says_why_it_is_there(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    assert "asignada a usted" in lead.get("/bandeja")
    assert "la tiene Ana Ruiz" in browse("director").get("/bandeja?ver=todas")
    moved(task_id, None, None)
    assert "libre; puede tomarla como Líder técnico" in browse("lider").get("/bandeja")
    assert "libre para Líder técnico" in browse("director").get("/bandeja?ver=todas")


def test_what_a_colleague_lent_names_the_colleague(browse: Browse, world: World) -> None:
    start_product(browse("lider"), world)
    now = clock.now()
    with transaction() as session:
        session.add(
            Delegation(from_id=world.people["lider"], to_id=world.people["comunicaciones"], role=None,
                       since=clock.local_date(now), until=clock.local_date(now))
        )  # fmt: skip
    assert "asignada a Ana Ruiz, que le delegó sus tareas" in browse("comunicaciones").get("/bandeja")


def test_tasks_stand_under_their_terms_with_how_many_there_are(browse: Browse, world: World) -> None:
    lead, mine = browse("lider"), world.people["lider"]
    late, undated = start_product(lead, world), start_product(lead, world, "Rutas de cuidado")
    moved(late, -timedelta(days=3), mine)
    moved(undated, None, mine)
    page = lead.get("/bandeja")
    assert page.index('id="grupo-overdue"') < page.index('id="grupo-undated"')
    assert 'Vencidas <span class="count">1</span>' in page
    assert f"/tareas/{late}" not in lead.get("/bandeja?grupo=undated")


def test_a_search_counts_nothing_and_finds(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    page = lead.get("/bandeja?buscar=nombrar")
    assert f"/tareas/{task_id}" in page
    assert 'class="count"' not in page


def test_tasks_of_one_product_stand_together(browse: Browse, world: World) -> None:
    lead, mine = browse("lider"), world.people["lider"]
    one, other = start_product(lead, world), start_product(lead, world, "Rutas de cuidado")
    moved(one, timedelta(days=9), mine)
    moved(other, timedelta(days=2), mine)
    page = lead.get("/bandeja?agrupar=asunto")
    assert page.index(f"/tareas/{other}") < page.index(f"/tareas/{one}")
    assert page.count('id="grupo-asunto-') == 2


def test_what_was_sent_back_and_what_is_new_come_before_what_stays_open(browse: Browse, world: World) -> None:
    writing = "Activity_DiligenciarProtocolo"
    running = desk.product(world, "Activity_DesarrollarAsistencia")
    back = desk.product(world, "Activity_ValidarProtocolo")
    desk.do(world, back, "Activity_ValidarProtocolo", verdict="returned", remarks="Precise el alcance.")
    fresh = start_product(browse("lider"), world, "Rutas de cuidado")
    page = browse("lider").get("/bandeja")
    places = [
        page.index(f'/tareas/{desk.task(world, code, element)}"')
        for code, element in ((back, writing), (running, "Activity_DesarrollarAsistencia"))
    ]
    places.insert(1, page.index(f'/tareas/{fresh}"'))
    assert places == sorted(places)
    assert page.index("Devuelta") < places[1]
    assert page.count(">Devuelta<") == 1
    standing = browse("lider").get("/bandeja?grupo=standing")
    assert "Desarrollar la asistencia técnica" in standing
    assert "Diligenciar el protocolo" not in standing


@pytest.mark.parametrize("words", ["alineacion", "ALINEACIÓN", "estrategica revisar"])
def test_the_inbox_is_searched_without_accents(browse: Browse, world: World, words: str) -> None:
    desk.product(world, "Activity_RevisarAlineacion")
    assert "Revisar la alineación estratégica" in browse("lider").get(f"/bandeja?buscar={words}")
