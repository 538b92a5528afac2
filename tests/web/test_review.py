"""A review through the pages: remarks, sending back, answering, a second round."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from engine import definitions
from engine import registry
from engine.instances import Links
from engine.instances import start
from engine.models import Observation
from engine.models import Task
from engine.registry import Process
from tests.engine import diagrams
from tests.engine.conftest import NOTE
from tests.engine.conftest import REVIEWED
from tests.engine.conftest import Notebook
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World
from web import submitting


@pytest.fixture
def task_id(world: World) -> Iterator[int]:
    """What the lead has to write, in a process of two people."""
    before = dict(registry._handlers)
    text = diagrams.diagram("tramite", REVIEWED, variables="again:yes_no")
    handlers = {"toy.note": Notebook([]).note}
    registry.register(Process("tramite", "Trámite", {"tramite.bpmn": text}, {"nota": NOTE}, handlers=handlers))
    with transaction() as session:
        definitions.deploy(session, registry.process("tramite"), by=SYSTEM, now=clock.now())
        links = Links("Trámite uno", people={"writer": world.people["lider"]})
        instance = start(session, "tramite", "T-1", links=links, by=SYSTEM, now=clock.now())
        first = session.query(Task).filter_by(instance_id=instance.id).one().id
    yield first
    registry._processes.pop("tramite")
    registry._handlers.clear()
    registry._handlers.update(before)


def send(browser: Browser, task_id: int, **answers: str) -> None:
    """Fill a task in and send it."""
    data = {"_action": "review", "revision": revision(browser, task_id), **answers}
    review = browser.get(browser.post(f"/tareas/{task_id}", data).location)
    hidden = dict(re.findall(r'name="(key|revision)" value="([^"]*)"', review))
    browser.post(f"/tareas/{task_id}/enviar", hidden)


def revision(browser: Browser, task_id: int) -> str:
    found = re.search(r'name="revision" value="(\d+)"', browser.get(f"/tareas/{task_id}"))
    assert found
    return found.group(1)


def open_task() -> int:
    with reading() as session:
        return session.query(Task).filter_by(status="open", process_key="tramite").one().id


def remark(browser: Browser, task_id: int, text: str = "Precise el alcance.") -> None:
    data = {"_action": "remark-add", "remark_path": "text", "remark_text": text, "text": "Mi concepto a medias",
            "revision": revision(browser, task_id)}  # fmt: skip
    browser.post(f"/tareas/{task_id}", data)


def test_a_remark_is_numbered_and_nothing_typed_is_lost(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    remark(der, review)
    page = der.get(f"/tareas/{review}")
    assert "Observación 1 · Texto" in page
    assert "Primera versión" in page
    assert "Mi concepto a medias" in page


def test_an_empty_remark_is_refused_beside_its_box(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    data = {"_action": "remark-add", "remark_path": "", "remark_text": "", "revision": revision(der, review)}
    assert 'id="remark_text-error"' in der.post(f"/tareas/{review}", data, 422).get_data(as_text=True)


def test_a_remark_can_be_changed_and_removed_until_it_is_sent(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    remark(der, review)
    with reading() as session:
        key = session.query(Observation).one().id
    changed = {
        "_action": f"remark-change:{key}",
        f"remark-{key}": "Precise la meta.",
        "revision": revision(der, review),
    }
    der.post(f"/tareas/{review}", changed)
    assert "Precise la meta." in der.get(f"/tareas/{review}")
    der.post(f"/tareas/{review}", {"_action": f"remark-remove:{key}", "revision": revision(der, review)})
    assert "Precise la meta." not in der.get(f"/tareas/{review}")


def test_the_author_answers_and_the_next_round_shows_what_changed(browse: Browse, task_id: int) -> None:
    lead, der = browse("lider"), browse("der")
    send(lead, task_id, text="Primera versión")
    review = open_task()
    remark(der, review)
    send(der, review, text="Falta precisión", again="true")
    second = open_task()
    page = lead.get(f"/tareas/{second}")
    assert "Precise el alcance." in page
    assert "Observaciones por responder" in page
    warned = lead.post(f"/tareas/{second}", {"_action": "review", "text": "Segunda versión", "revision": "0"})
    assert "sin responder" in lead.get(warned.location)
    with reading() as session:
        key = session.query(Observation).one().id
    send(lead, second, text="Segunda versión", **{f"answer-{key}": "Ya está precisado."})
    page = der.get(f"/tareas/{open_task()}")
    assert "Ya está precisado." in page
    assert "Primera versión" in page  # what it said before
    assert "Hay un cambio" in page


def test_remarks_without_answer_are_sent_only_when_one_says_so(browse: Browse, task_id: int) -> None:
    lead, der = browse("lider"), browse("der")
    send(lead, task_id, text="Primera versión")
    review = open_task()
    remark(der, review)
    send(der, review, text="Falta precisión", again="true")
    second = open_task()
    lead.get(f"/tareas/{second}")
    written = lead.post(f"/tareas/{second}", {"_action": "review", "text": "Segunda versión", "revision": "0"})
    page = lead.get(written.location)
    hidden = dict(re.findall(r'name="(key|revision)" value="([^"]*)"', page))
    refused = lead.post(f"/tareas/{second}/enviar", hidden, 422).get_data(as_text=True)
    assert "Envío aunque queda 1 observación sin responder" in refused
    assert open_task() == second
    lead.post(f"/tareas/{second}/enviar", {**hidden, "confirmed": "si"})
    assert open_task() != second


@pytest.mark.parametrize(("verdict", "count"), [("validated", 1), ("returned", 0)])
def test_a_verdict_against_ones_own_remarks_is_doubted(verdict: str, count: int) -> None:
    unfinished: dict[str, Any] = {"unanswered": [], "own": ["una", "otra"]}
    assert submitting._doubts(unfinished, {"verdict": verdict}) == ["Valido aunque escribí 2 observaciones"][:count]


def test_whoever_comes_late_sees_who_was_faster_and_keeps_what_they_typed(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    send(lead, task_id, text="Primera versión")
    late = lead.post(f"/tareas/{task_id}", {"_action": "draft", "text": "Otra idea", "revision": "0"}, 409)
    text = late.get_data(as_text=True)
    assert "No se envió" in text
    assert "Otra idea" in text


def test_a_submission_can_be_read_and_taken_as_pdf(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    send(lead, task_id, text="Primera versión")
    found = re.search(r"/envios/(\d+)", lead.get(f"/tareas/{task_id}/recibo"))
    assert found
    assert "Primera versión" in lead.get(found.group(0))
    assert lead.client.get(f"{found.group(0)}/documento").data.startswith(b"%PDF")
