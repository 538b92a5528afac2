"""The same step for several entities: one form, a result for each."""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import history
from db import reading
from engine import registry
from engine import submissions
from engine.context import Context
from engine.models import Submission
from engine.models import Task
from engine.registry import Consequence
from engine.registry import Named
from tests.engine.conftest import NOTE
from tests.web import several
from tests.web.conftest import Browse
from tests.web.world import World
from web import batches
from workflows.forms import FORMS


@pytest.fixture
def task_ids(world: World) -> Iterator[list[int]]:
    """The same step in three cases of one product."""
    with several.waiting(world, NOTE) as ids:
        yield ids


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
    assert len(re.findall(r"R-\d{8}-\d{6}", page)) == 3


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
    receipts = [re.findall(r"R-\d{8}-\d{6}", text) for text in pages]
    assert len(receipts[0]) == 2
    assert receipts[0] == receipts[1]


def test_why_an_entity_is_left_out_stands_in_its_history(browse: Browse, task_ids: list[int]) -> None:
    lead = browse("lider")
    first, second, third = task_ids
    lead.get(f"/tareas/{first}")
    lead.post(f"/tareas/{first}", {"_action": "review", "text": "Igual", "revision": "0"})
    review = lead.get(f"/tareas/{first}/revision?con={second}")
    assert f'name="fuera-{third}"' in review
    assert f'name="fuera-{second}"' not in review
    key = re.findall(r'name="key" value="([^"]+)"', review)[0]
    lead.post(f"/tareas/{first}/enviar", {"peer": str(second), f"fuera-{third}": "Aplaza la visita", "key": key}, 200)
    with reading() as session:
        case = session.get_one(Task, third).instance_id
        row = history.of(session, history.Subject("instance", case))[-1]
        assert (row.action, row.reason) == ("task.left_out", "Aplaza la visita")
        assert session.get_one(Task, third).status == "open"


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


def test_tables_that_all_get_alike_are_named() -> None:
    form = FORMS["programacion_asistencia"]
    data = {"plan_milestones": [{"number": 1}], "training": [{"topic": "MGA"}]}
    assert batches.copied(form, data, {"plan_milestones": [{"number": 1}]}) == [form.field("training").label]
    assert batches.copied(form, data, {"training": data["training"]}) == [form.field("plan_milestones").label]


def answers() -> dict[int, str]:
    """What was sent, by task."""
    with reading() as session:
        return {row.task_id: submissions.get(session, row.id).data["text"] for row in session.query(Submission)}


def drafted(browse: Browse, task_id: int, text: str = "Propio de esta entidad") -> str:
    """Leave a draft; returns its revision."""
    lead = browse("lider")
    lead.get(f"/tareas/{task_id}")
    lead.post(f"/tareas/{task_id}", {"_action": "draft", "text": text, "revision": "0"})
    return re.findall(r'name="revision" value="(\d+)"', lead.get(f"/tareas/{task_id}"))[0]


def reviewed(browse: Browse, task_ids: list[int]) -> str:
    """The last look at the first of them for all."""
    lead, (first, *others) = browse("lider"), task_ids
    data = {"_action": "review", "text": "Igual para todas", "revision": "0", "peer": [str(key) for key in others]}
    return lead.get(lead.post(f"/tareas/{first}", data).location)


def test_an_entity_with_a_draft_of_its_own_is_told_and_keeps_its_answers(browse: Browse, task_ids: list[int]) -> None:
    first, second, third = task_ids
    drafted(browse, second)
    assert browse("lider").get(f"/tareas/{first}").count("tiene un borrador propio") == 1
    review = reviewed(browse, task_ids)
    assert "Entidad 1 tiene un borrador propio" in review
    assert "Entidad 2 tiene un borrador propio" not in review
    assert "Propio de esta entidad" in review
    browse("lider").post(f"/tareas/{first}/enviar", {"peer": [str(second), str(third)], "key": "lote"}, 200)
    assert answers() == {first: "Igual para todas", second: "Propio de esta entidad", third: "Igual para todas"}


def test_its_draft_is_replaced_by_whoever_says_so(browse: Browse, task_ids: list[int]) -> None:
    first, second, _ = task_ids
    seen = drafted(browse, second)
    review = reviewed(browse, task_ids[:2])
    assert f'name="borrador-{second}" value="{seen}"' in review
    sent = {"peer": str(second), "key": "lote", f"borrador-{second}": seen}
    browse("lider").post(f"/tareas/{first}/enviar", sent, 200)
    assert answers()[second] == "Igual para todas"


def test_a_draft_that_went_on_meanwhile_is_not_replaced(browse: Browse, task_ids: list[int]) -> None:
    first, second, _ = task_ids
    seen = drafted(browse, second)
    reviewed(browse, task_ids[:2])
    lead = browse("lider")
    lead.post(f"/tareas/{second}", {"_action": "draft", "text": "Sigo escribiendo", "revision": seen})
    sent = {"peer": str(second), "key": "lote", f"borrador-{second}": seen}
    page = lead.post(f"/tareas/{first}/enviar", sent, 422).get_data(as_text=True)
    assert "cambió después de que usted eligió reemplazarlo" in page
    assert "Sigo escribiendo" in lead.get(f"/tareas/{second}")
    assert second not in answers()


def test_what_stands_open_in_each_entity_is_said_before_all_are_sent(
    browse: Browse, task_ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def left_open(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> list[Consequence]:
        return [Consequence("open", f"Queda algo abierto en {context.instance.title}.", named=[Named("el hito 3")])]

    monkeypatch.setitem(registry._consequences, "nota", left_open)
    lead, (first, *others) = browse("lider"), task_ids
    data = {"_action": "review", "text": "Igual", "revision": "0", "peer": [str(key) for key in others]}
    review = lead.get(lead.post(f"/tareas/{first}", data).location)
    for number in range(3):
        assert f"Queda algo abierto en Entidad {number}." in review
    assert review.count("el hito 3") == 3
