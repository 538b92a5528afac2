"""The same step for several entities: one form, a result for each."""

import re
from collections.abc import Iterator

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from engine import definitions
from engine import registry
from engine import submissions
from engine.instances import Links
from engine.instances import start
from engine.models import Submission
from engine.models import Task
from engine.registry import Process
from tests.engine import diagrams as d
from tests.engine.conftest import NOTE
from tests.web.conftest import Browse
from tests.web.world import World

BODY = (
    d.start() + d.user("Activity_Escribir", participant="writer", batch="true") + d.end()
    + d.chain("Event_Inicio", "Activity_Escribir", "Event_Fin")
)  # fmt: skip


@pytest.fixture
def task_ids(world: World) -> Iterator[list[int]]:
    """The same step in three cases of one product."""
    registry.register(Process("varios", "Varios", {"varios.bpmn": d.diagram("varios", BODY)}, {"nota": NOTE}))
    with transaction() as session:
        definitions.deploy(session, registry.process("varios"), by=SYSTEM, now=clock.now())
        for number, entity_id in enumerate(world.entities):
            people, refs = {"writer": world.people["lider"]}, {"product_id": 1}
            links = Links(f"Entidad {number}", entity_id=entity_id, people=people, refs=refs)
            start(session, "varios", f"V-{number}", links=links, by=SYSTEM, now=clock.now())
        ids = [task.id for task in session.query(Task).filter_by(process_key="varios").order_by(Task.id)]
    yield ids
    registry._processes.pop("varios")


def test_one_form_is_registered_for_each_chosen_entity(browse: Browse, task_ids: list[int]) -> None:
    lead = browse("lider")
    first, *others = task_ids
    assert "Aplicar también a otras entidades" in lead.get(f"/tareas/{first}")
    data = {"_action": "review", "text": "Igual para todas", "revision": "0", "peer": [str(key) for key in others]}
    review = lead.get(lead.post(f"/tareas/{first}", data).location)
    assert "para 3 entidades" in review
    sent = {"peer": [str(key) for key in others], "key": re.findall(r'name="key" value="([^"]+)"', review)[0]}
    page = lead.post(f"/tareas/{first}/enviar", sent, 200).get_data(as_text=True)
    assert "3 de 3 entidades" in page
    assert len(re.findall(r"R-\d{4}-\d{6}", page)) == 3


def test_an_entity_that_was_done_meanwhile_is_told_apart(browse: Browse, task_ids: list[int]) -> None:
    lead = browse("lider")
    first, second, _ = task_ids
    for key in (second, first):
        lead.get(f"/tareas/{key}")
        lead.post(f"/tareas/{key}", {"_action": "review", "text": "Lo mismo", "revision": "0"})
        lead.get(f"/tareas/{key}/revision")
        sent = {"peer": str(second)} if key == first else {}
        answer = lead.post(f"/tareas/{key}/enviar", sent, 303 if key == second else 422)
    assert "1 de 2 entidades" in answer.get_data(as_text=True)
    assert "ya la completó" in answer.get_data(as_text=True)


def test_what_differs_for_one_entity_is_sent_for_it_alone(browse: Browse, task_ids: list[int]) -> None:
    lead = browse("lider")
    first, second, _ = task_ids
    lead.get(f"/tareas/{first}")
    lead.post(f"/tareas/{first}", {"_action": "review", "text": "Igual", "revision": "0"})
    review = lead.get(f"/tareas/{first}/revision?con={second}&distinto=text")
    assert f'name="otra{second}-text"' in review
    sent = {"peer": str(second), "distinto": "text", f"otra{second}-text": "Distinto"}
    lead.post(f"/tareas/{first}/enviar", sent, 200)
    with reading() as session:
        rows = {row.task_id: submissions.get(session, row.id).data for row in session.query(Submission)}
    assert (rows[first]["text"], rows[second]["text"]) == ("Igual", "Distinto")


def test_a_second_click_on_a_batch_is_told_the_same(browse: Browse, task_ids: list[int]) -> None:
    lead = browse("lider")
    first, second, _ = task_ids
    lead.get(f"/tareas/{first}")
    lead.post(f"/tareas/{first}", {"_action": "review", "text": "Igual", "revision": "0"})
    lead.get(f"/tareas/{first}/revision?con={second}")
    pages = [lead.post(f"/tareas/{first}/enviar", {"peer": str(second)}, 200).get_data(as_text=True) for _ in range(2)]
    receipts = [re.findall(r"R-\d{4}-\d{6}", text) for text in pages]
    assert len(receipts[0]) == 2
    assert receipts[0] == receipts[1]


@pytest.mark.parametrize("pressed", ["draft", "review"])
def test_the_ticked_entities_stay_ticked(browse: Browse, task_ids: list[int], pressed: str) -> None:
    lead = browse("lider")
    first, second, third = task_ids
    lead.get(f"/tareas/{first}")
    data = {"_action": pressed, "text": "Igual", "revision": "0", "peer": str(second)}
    following = lead.get(lead.post(f"/tareas/{first}", data).location)
    again = re.search(r'href="([^"]+)">Seguir editando', following)
    text = lead.get(again.group(1)) if again else following
    assert f'id="par-{second}" checked' in text
    assert f'id="par-{third}" checked' not in text


def test_a_mistake_does_not_lose_the_ticked_entities(browse: Browse, task_ids: list[int]) -> None:
    lead = browse("lider")
    first, second, _ = task_ids
    lead.get(f"/tareas/{first}")
    data = {"_action": "review", "text": "", "revision": "0", "peer": str(second)}
    assert f'id="par-{second}" checked' in lead.post(f"/tareas/{first}", data, 422).get_data(as_text=True)
