"""Choosing the entities of a product as they are pasted, and what becomes of names that nobody knows."""

import pytest

from directory import seed
from tests.snapshots import Stage
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World

FOCUS = "Activity_FocalizarEntidades"


@pytest.fixture
def task_id(world: World, snapshot: Stage) -> int:
    return snapshot("focusing", lambda: desk.task(world, desk.product(world, until=FOCUS), FOCUS))


def box(page: str) -> str:
    """What stands in the box where names are pasted."""
    return page.partition('name="entities__lines"')[2].partition(">")[2].partition("</textarea>")[0]


def paste(browser: Browser, task_id: int, lines: str, action: str = "draft", status: int = 303) -> str:
    browser.get(f"/tareas/{task_id}")
    sent = {"entities__lines": lines, "entities": "", "_action": action}
    return browser.post(f"/tareas/{task_id}", sent, status=status).get_data(as_text=True)


def test_what_is_recognised_is_ticked(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    paste(lead, task_id, "Andes (Antioquia)\n5004", action="add-entities:entities")
    page = lead.get(f"/tareas/{task_id}")
    assert page.count('name="entities" value="') - page.count('name="entities" value=""') == page.count(" checked>")
    assert ("Andes (Antioquia)" in page, "Abriaquí (Antioquia)" in page, box(page)) == (True, True, "")


def test_what_is_not_recognised_stays_in_its_box(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    refused = paste(lead, task_id, "Andes (Antioquia)\nMacondo", status=422)
    assert "No se encontró «Macondo»" in refused
    assert box(refused) == "Macondo"
    assert box(lead.get(f"/tareas/{task_id}")) == "Macondo"


def test_the_quiet_saving_keeps_it_too(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    lead.get(f"/tareas/{task_id}")
    lead.post(f"/tareas/{task_id}/borrador", {"entities__lines": "Macondo\n05034", "entities": ""}, status=200)
    page = lead.get(f"/tareas/{task_id}")
    assert (box(page), "Andes (Antioquia)" in page) == ("Macondo", True)


def test_nothing_is_sent_while_something_is_not_recognised(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    paste(lead, task_id, "Andes (Antioquia)\nMacondo", status=422)
    assert "lo que no se reconoció: «Macondo»" in lead.get(f"/tareas/{task_id}/revision", 422)


def test_entities_are_looked_for_without_a_script(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    page = lead.get(f"/tareas/{task_id}")
    assert "Buscar por nombre o por código del DANE" in page
    sent = {"entities__search": "mani", "entities": "", "_action": "find-entities:entities"}
    answer = lead.post(f"/tareas/{task_id}", sent)
    assert answer.location == f"/tareas/{task_id}?en=entities&entidad=mani#p-entities"
    found = lead.get(answer.location.partition("#")[0])
    assert "Maní (Casanare)" in found
    assert found.index("Maní (Casanare)") < found.index("Manizales (Caldas)")
    assert "checked" not in found.partition("Maní (Casanare)")[0].rpartition("<input")[2]
    nothing = lead.get(f"/tareas/{task_id}?en=entities&entidad=macondo")
    assert "Ninguna entidad coincide con «macondo»" in nothing


def test_enter_in_the_box_of_a_search_looks_for_it(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    lead.get(f"/tareas/{task_id}")
    sent = {"entities__search": "mani", "entities__searched": "", "entities": "", "_action": "review"}
    answer = lead.post(f"/tareas/{task_id}", sent)  # Enter presses the first button of the form
    assert answer.location == f"/tareas/{task_id}?en=entities&entidad=mani#p-entities"
    assert 'name="entities__searched" value="mani"' in lead.get(answer.location.partition("#")[0])
    assert "datos por corregir" in lead.post(f"/tareas/{task_id}", {**sent, "entities__searched": "mani"}, 422).text


def test_a_whole_department_comes_at_once(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    lead.get(f"/tareas/{task_id}")
    sent = {"entities__department": "97", "entities": "", "_action": "add-department:entities"}
    lead.post(f"/tareas/{task_id}", sent)
    page = lead.get(f"/tareas/{task_id}")
    assert page.count(" checked>") == len([one for one in seed.read("municipalities.csv") if one["code"][:2] == "97"])
    lead.post(f"/tareas/{task_id}", {**sent, "entities__department": "", "entities": ""})
    assert lead.get(f"/tareas/{task_id}").count(" checked>") == 0


def test_the_script_is_told_entities_as_one_types(browse: Browse, task_id: int) -> None:
    answer = browse("lider").client.get(f"/tareas/{task_id}/entidades?buscar=13001")
    assert answer.json["items"][0]["label"] == "Cartagena de Indias (Bolívar)"
    assert browse("lider").client.get(f"/tareas/{task_id}/entidades?buscar=").json == {"items": [], "more": False}
    assert browse("lider").client.get(f"/tareas/{task_id}/entidades?buscar=san").json["more"] is True
    assert browse("control").client.get(f"/tareas/{task_id}/entidades?buscar=san").status_code == 403
    assert browse("asesor").client.get(f"/tareas/{task_id}/entidades?buscar=san").status_code == 404
