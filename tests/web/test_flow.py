"""A product's first steps through the pages alone, as somebody without JavaScript does them."""

import re

import pytest

from db import reading
from db import transaction
from engine.models import Draft
from engine.models import Task
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World
from web import histories


def start_product(browser: Browser, world: World, name: str = "Bancos de proyectos") -> int:
    """Create a product and return the id of its first task."""
    browser.get("/productos/nuevo")
    data = {"name": name, "unit_id": str(world.unit_id), "lead_id": str(world.people["lider"])}
    location = browser.post("/productos/nuevo", data).location
    found = re.fullmatch(r"/tareas/(\d+)", location)
    assert found, location
    return int(found.group(1))


def test_a_new_product_leads_to_its_first_task(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    assert "Revisar y enviar" in lead.get(f"/tareas/{task_id}")
    assert "Bancos de proyectos" in lead.get("/bandeja")


def test_the_name_typed_at_the_start_is_not_asked_again(browse: Browse, world: World) -> None:
    lead = browse("lider")
    page = lead.get(f"/tareas/{start_product(lead, world)}")
    assert re.search(r'name="name"[^>]*>\s*Bancos de proyectos\s*<', page)
    assert "Se parece a" not in page


def test_similar_products_are_told_at_once_and_once_more_before_sending(browse: Browse, world: World) -> None:
    lead = browse("lider")
    start_product(lead, world)
    lead.get("/productos/nuevo")
    data = {"name": "Bancos de proyectos", "unit_id": str(world.unit_id), "similar_seen": "Bancos de proyectos"}
    task = lead.post("/productos/nuevo", data).location
    assert "Se parece a" in lead.get(task)
    location = lead.post(task, {"_action": "review", "name": "Bancos de proyectos", "revision": "0"}).location
    assert "Se parece a" in lead.get(location)


def test_similar_products_are_shown_before_creating_another(browse: Browse, world: World) -> None:
    lead = browse("lider")
    start_product(lead, world)
    lead.get("/productos/nuevo")
    data = {"name": "Bancos de proyectos", "unit_id": str(world.unit_id)}
    response = lead.post("/productos/nuevo", data, 200)
    assert "Ya hay productos parecidos" in response.get_data(as_text=True)


def test_a_name_too_long_is_told_at_its_box(browse: Browse, world: World) -> None:
    lead = browse("lider")
    assert re.search(r'id="name"[^>]* maxlength="120"', lead.get("/productos/nuevo"))
    told = lead.post("/productos/nuevo", {"name": "Banco " * 70, "unit_id": str(world.unit_id)}, 422).text
    assert re.search(r'id="name-error">.*Escriba como máximo 120 caracteres en «Nombre»: tiene 419', told)


def test_a_wrong_answer_says_what_is_wrong_and_keeps_what_was_typed(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    lead.get(f"/tareas/{task_id}")
    field = first_text_field(lead, task_id)
    typed = "Algo demasiado largo " * 200
    text = lead.post(f"/tareas/{task_id}", {"_action": "review", field: typed}, 422).get_data(as_text=True)
    assert "por corregir" in text
    assert typed.strip() in text


def test_the_draft_comes_back(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    field = first_text_field(lead, task_id)
    lead.post(f"/tareas/{task_id}", {"_action": "draft", field: "Nombre en borrador", "revision": "0"})
    assert "Nombre en borrador" in lead.get(f"/tareas/{task_id}")


def test_a_draft_that_somebody_else_saved_is_not_overwritten(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    field = first_text_field(lead, task_id)
    lead.post(f"/tareas/{task_id}", {"_action": "draft", field: "Primera", "revision": "0"})
    with transaction() as session:
        session.get_one(Draft, task_id).saved_by = world.people["director"]
    late = lead.post(f"/tareas/{task_id}", {"_action": "draft", field: "Segunda", "revision": "0"}, 409)
    text = late.get_data(as_text=True)
    assert "Esto cambió mientras usted escribía" in text
    assert "Segunda" in text
    with reading() as session:
        draft = session.get_one(Draft, task_id)
        assert "Primera" in str(draft.data)


def test_a_quiet_saving_under_way_is_no_conflict_with_oneself(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    field = first_text_field(lead, task_id)
    lead.post(f"/tareas/{task_id}/borrador", {field: "A medias", "revision": "0", "page": "a"}, 200)
    lead.post(f"/tareas/{task_id}", {"_action": "draft", field: "Completa", "revision": "0", "page": "a"})
    assert "Completa" in lead.get(f"/tareas/{task_id}")


def test_another_window_of_ones_own_overwrites_nothing_in_silence(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    field = first_text_field(lead, task_id)
    lead.post(f"/tareas/{task_id}/borrador", {field: "Desde A", "revision": "0", "page": "a"}, 200)
    refused = lead.post(f"/tareas/{task_id}/borrador", {field: "Desde B", "revision": "0", "page": "b"}, 409)
    assert "en otra ventana" in refused.get_json()["message"]
    shown = lead.post(f"/tareas/{task_id}", {"_action": "draft", field: "Desde B", "revision": "0", "page": "b"}, 409)
    assert "Desde B" in shown.get_data(as_text=True)
    assert "Desde A" in lead.get(f"/tareas/{task_id}")


def test_the_quiet_saving_answers_with_the_revision(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    field = first_text_field(lead, task_id)
    answer = lead.post(f"/tareas/{task_id}/borrador", {field: "Poco a poco", "revision": "0"}, 200).get_json()
    assert answer["saved"]
    assert answer["revision"] == 1


def test_a_task_is_sent_once_and_gives_a_receipt(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    fill(task_id, lead)
    review = lead.get(f"/tareas/{task_id}/revision")
    data = dict(re.findall(r'name="(key|revision)" value="([^"]*)"', review))
    assert lead.post(f"/tareas/{task_id}/enviar", data).location == f"/tareas/{task_id}/recibo"
    assert lead.post(f"/tareas/{task_id}/enviar", data).location == f"/tareas/{task_id}/recibo"
    receipt = lead.get(f"/tareas/{task_id}/recibo")
    assert "Radicado" in receipt
    assert "Continuar con" in receipt


def test_the_history_says_what_was_decided(browse: Browse, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    monkeypatch.setattr(histories, "DECISIONS", frozenset({first_text_field(lead, task_id)}))
    fill(task_id, lead)
    review = lead.get(f"/tareas/{task_id}/revision")
    lead.post(f"/tareas/{task_id}/enviar", dict(re.findall(r'name="(key|revision)" value="([^"]*)"', review)))
    code = re.search(r"/productos/(ATT-\d+-\d+)", lead.get("/productos"))
    assert code
    story = f"/productos/{code.group(1)}?parte=historia"
    assert "»: Bancos de proyectos fortalecidos." in lead.get(story)
    assert re.search(r'href="/envios/\d+">Lo que se envió', lead.get(story))
    assert "»: Bancos de proyectos fortalecidos." in lead.get(f"{story}&buscar=completo+fortalecido")
    assert "Nada coincide" in lead.get(f"{story}&buscar=fortalecidos+zzz")


def test_a_modification_is_offered_only_when_it_can_begin(browse: Browse, world: World) -> None:
    director = browse("director")
    start_product(browse("lider"), world)
    code = re.search(r"/productos/(ATT-\d+-\d+)", director.get("/productos"))
    assert code
    text = director.get(f"/productos/{code.group(1)}")
    assert "Retirar producto" in text
    assert "Solicitar modificación" not in text


def test_somebody_else_sees_the_task_without_inputs(browse: Browse, world: World) -> None:
    task_id = start_product(browse("lider"), world)
    assert "Guardar borrador" not in browse("control").get(f"/tareas/{task_id}")


@pytest.mark.parametrize("part", ["formularios", "historia", "entidades", "personas", "archivos"])
def test_every_part_of_a_product_opens(browse: Browse, world: World, part: str) -> None:
    lead = browse("lider")
    start_product(lead, world)
    code = re.search(r"/productos/(ATT-\d+-\d+)", lead.get("/productos"))
    assert code
    text = lead.get(f"/productos/{code.group(1)}?parte={part}")
    assert "<svg" in text
    assert "Prediseño" in text


def test_retiring_a_product_names_what_happens_and_asks_for_a_reason(browse: Browse, world: World) -> None:
    director = browse("director")
    start_product(browse("lider"), world)
    code = re.search(r"/productos/(ATT-\d+-\d+)", director.get("/productos"))
    assert code
    assert "Va a retirar «Bancos de proyectos»" in director.get(f"/productos/{code.group(1)}/retiro")
    director.post(f"/productos/{code.group(1)}/retiro", {"reason": ""}, 422)
    director.post(f"/productos/{code.group(1)}/retiro", {"reason": "Se unió con otro."}, 422)
    director.post(f"/productos/{code.group(1)}/retiro", {"reason": "Se unió con otro.", "confirmed": "si"})
    shown = director.get(f"/productos/{code.group(1)}")
    assert "El producto quedó retirado.</" in shown
    assert 'Prediseño<span class="state">Interrumpida' in shown
    assert "Retirado" in director.get(f"/productos/{code.group(1)}")


def first_text_field(browser: Browser, task_id: int) -> str:
    """The name of the first box for text in the form of a task."""
    found = re.search(
        r'<(?:input|textarea) class="input[^>]*? id="p-[^"]*" name="([a-z_]+)"', browser.get(f"/tareas/{task_id}")
    )
    assert found
    return found.group(1)


def fill(task_id: int, browser: Browser) -> None:
    """Put sound answers in the draft of the first task."""
    from db import clock
    from directory import principal
    from engine import drafts
    from engine import tasks

    with transaction() as session:
        task = session.get_one(Task, task_id)
        by = principal.load(session, task.assignee_id or 0, now=clock.now())
        form = tasks.form_of(session, task)
        data = {field.name: "Bancos de proyectos fortalecidos" for field in form.fields() if field.kind == "text"}
        drafts.save(session, task_id, data, by=by, now=clock.now())
