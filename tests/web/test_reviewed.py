"""What is confirmed on «Revise sus respuestas» is what was reviewed; a conflict says in what two versions part."""

import re

from db import reading
from engine.models import Submission
from tests.web.conftest import Browse
from tests.web.test_flow import start_product
from tests.web.world import World

HIDDEN = re.compile(r'name="(key|revision|seen)" value="([^"]*)"')


def review(lead, task_id: int, name: str) -> dict[str, str]:  # type: ignore[no-untyped-def]
    location = lead.post(f"/tareas/{task_id}", {"_action": "review", "name": name, "page": "a"}).location
    return dict(HIDDEN.findall(lead.get(location)))


def test_what_another_window_wrote_since_is_not_sent_unseen(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    seen = review(lead, task_id, "Bancos de proyectos revisados")
    assert seen["seen"]
    lead.post(f"/tareas/{task_id}/borrador", {"name": "A medio escribir", "page": "b"}, 200)
    again = lead.post(f"/tareas/{task_id}/enviar", seen, 409).get_data(as_text=True)
    assert "esto cambió desde que usted lo revisó" in again
    assert "Usted lo guardó en otra ventana" in again
    assert "A medio escribir" in again
    with reading() as session:
        assert session.query(Submission).filter_by(task_id=task_id).count() == 0
    lead.post(f"/tareas/{task_id}/enviar", dict(HIDDEN.findall(again)))
    with reading() as session:
        assert session.query(Submission).filter_by(task_id=task_id).one().data["name"] == "A medio escribir"


def test_what_was_reviewed_is_sent(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    seen = review(lead, task_id, "Bancos de proyectos revisados")
    lead.post(f"/tareas/{task_id}/borrador", {"name": "Bancos de proyectos revisados", "page": "b"}, 200)
    assert lead.post(f"/tareas/{task_id}/enviar", seen).location == f"/tareas/{task_id}/recibo"


def test_the_conflict_names_what_differs_with_both_texts(browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    lead.post(f"/tareas/{task_id}/borrador", {"name": "Escrito en A", "revision": "0", "page": "a"}, 200)
    late = {"_action": "draft", "name": "Escrito en B", "revision": "0", "page": "b"}
    text = lead.post(f"/tareas/{task_id}", late, 409).get_data(as_text=True)
    assert "En qué se diferencian" in text
    assert re.search(r'data-label="Lo que usted escribió">Escrito en B</td><td[^>]*>Escrito en A<', text)
