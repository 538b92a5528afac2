"""A review through the pages: remarks, sending back, answering, a second round."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pypdfium2 import PdfDocument

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import NotAllowed
from directory import delegations
from directory import grants
from directory import people
from directory import principal
from directory.models import Account
from engine import definitions
from engine import observations
from engine import registry
from engine.instances import Links
from engine.instances import start
from engine.models import Observation
from engine.models import Submission
from engine.models import Task
from engine.registry import Process
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section
from tests.engine import diagrams
from tests.engine.conftest import NOTE
from tests.engine.conftest import REVIEWED
from tests.engine.conftest import Notebook
from tests.web import desk
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


def test_a_remark_changed_in_its_box_is_kept_with_any_button(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    remark(der, review)
    key = remark_id()
    send(der, review, **{"text": "Falta", "again": "true", f"remark-{key}": "Precise la meta."})
    assert "Precise la meta." in browse("lider").get(f"/tareas/{open_task()}")


def test_an_emptied_remark_is_told_at_its_box(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    remark(der, review)
    data = {"_action": "review", "revision": revision(der, review), "text": "Falta", f"remark-{remark_id()}": " "}
    assert f'href="#remark-{remark_id()}"' in der.post(f"/tareas/{review}", data, 422).get_data(as_text=True)


def test_a_remark_left_in_its_box_is_added_once_though_the_form_is_wrong(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    data = {"_action": "review", "text": "", "remark_path": "", "remark_text": "Sin agregar"}
    page = der.post(f"/tareas/{review}", {**data, "revision": revision(der, review)}, 422).get_data(as_text=True)
    assert page.count("Sin agregar</textarea>") == 1
    assert page.count("Hay un dato por corregir") + page.count("Hay algo por corregir") == 1


def test_a_remark_is_added_once_though_the_refused_page_is_sent_again(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    data = {"_action": "review", "text": "", "remark_path": "text", "remark_text": "Precise la meta.", "page": "una",
            "revision": revision(der, review)}  # fmt: skip
    for _ in range(3):
        der.post(f"/tareas/{review}", data, 422)
    with reading() as session:
        assert [row.text for row in session.query(Observation)] == ["Precise la meta."]


def test_remarks_are_numbered_anew_when_one_is_removed(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    for text in ("Una", "Dos", "Tres"):
        remark(der, review, text)
    with reading() as session:
        second = session.query(Observation).filter_by(number=2).one().id
    der.post(f"/tareas/{review}", {"_action": f"remark-remove:{second}", "revision": revision(der, review)})
    with reading() as session:
        rows = session.query(Observation).order_by(Observation.number)
        assert [(row.number, row.text) for row in rows] == [(1, "Una"), (2, "Tres")]


def test_a_remark_of_the_round_before_is_attended_to_without_losing_what_is_typed(browse: Browse, task_id: int) -> None:
    lead, der = browse("lider"), browse("der")
    key = answered(lead, der, task_id)
    again = open_task()
    press(der, again, f"remark-close:{key}", text="Concepto a medias", remark_text="Falta otra cosa")
    page = der.get(f"/tareas/{again}")
    assert "0 por atender de 1" in page
    assert "Atendida el" in page
    assert "Concepto a medias" in page
    assert "Falta otra cosa" in page
    press(der, again, f"remark-reopen:{key}")
    assert "1 por atender de 1" in der.get(f"/tareas/{again}")


def test_a_finished_task_cannot_be_taken(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    review = open_task()
    der = browse("der")
    assert "Tomar esta tarea" in der.get(f"/tareas/{review}")
    send(der, review, text="Bien")
    assert "Tomar esta tarea" not in der.get(f"/tareas/{review}")


def test_a_draft_is_seen_by_who_may_complete_the_task_alone(browse: Browse, task_id: int) -> None:
    lead, der = browse("lider"), browse("der")
    send(lead, task_id, text="Primera versión")
    review = open_task()
    press(der, review, "draft", text="Concepto que aún no se envía")
    assert "Concepto que aún no se envía" in der.get(f"/tareas/{review}")
    assert "Concepto que aún no se envía" not in lead.get(f"/tareas/{review}")
    assert lead.client.get(f"/tareas/{review}/revision").status_code == 303


def test_only_who_makes_the_next_review_holds_a_remark_as_attended_to(browse: Browse, task_id: int) -> None:
    lead, der = browse("lider"), browse("der")
    send(lead, task_id, text="Primera versión")
    review = open_task()
    remark(der, review)
    send(der, review, text="Falta precisión", again="true")
    key, now = remark_id(), clock.now()
    for name in ("der", "monitoreo"):  # no review is open; and then it is not theirs
        with reading() as session, pytest.raises(NotAllowed):
            observations.close(session, key, by=principal.load(session, person(name), now=now), now=now)
        if name == "der":
            send(lead, open_task(), **{"text": "Segunda versión", f"answer-{key}": "Ya está."})


def test_who_sends_a_review_sees_what_others_wrote_in_it(browse: Browse, world: World, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    review, now = open_task(), clock.now()
    with transaction() as session:
        other = people.add(session, "Otra revisora", by=SYSTEM, now=now)
        grants.add(session, other.id, "der_reviewer", by=SYSTEM, now=now)
    with transaction() as session:
        by = principal.load(session, other.id, now=now)
        observations.add(session, review, "", "De otra persona del equipo", by=by, now=now)
    der = browse("der")
    assert "De otra persona del equipo" in der.get(f"/tareas/{review}")
    press(der, review, "draft", text="Concepto", again="true")
    assert "De otra persona del equipo" in der.get(f"/tareas/{review}/revision")


def test_whoever_wrote_it_reads_no_remark_before_it_is_sent_though_lent_the_role(
    browse: Browse, world: World, task_id: int
) -> None:
    lead, der = browse("lider"), browse("der")
    send(lead, task_id, text="Primera versión")
    review, now = open_task(), clock.now()
    remark(der, review, "Todavía la estoy pensando")
    with transaction() as session:
        by, today = principal.load(session, world.people["der"], now=now), clock.local_date(now)
        delegations.add(session, by.person_id, world.people["lider"], today, today, by=by, now=now)
    assert "Todavía la estoy pensando" in der.get(f"/tareas/{review}")
    assert "Todavía la estoy pensando" not in lead.get(f"/tareas/{review}")


def test_a_row_is_told_by_its_first_words() -> None:
    columns = (Field(kind=Kind.INTEGER, name="number", label="Número"), Field(kind=Kind.TEXT, name="name", label="Qué"))
    table = Field(kind=Kind.TABLE, name="rows", label="Hitos", columns=columns)
    form = Form("f", "F", (Section("s", "S", (table,)),))
    rows = [{"number": 1, "name": "Socializar el plan con el consejo territorial de planeación del municipio"}, {}]
    told = [observations.label(form, path, {"rows": rows}) for path in ("rows/0", "rows/1/name", "rows/7")]
    assert told == [
        "Hitos, fila 1 («Socializar el plan con el consejo territorial…»)", "Hitos, fila 2, Qué", "Hitos, fila 8",
    ]  # fmt: skip


def test_what_the_review_does_not_hold_as_attended_is_asked_again(browse: Browse, task_id: int) -> None:
    lead, der = browse("lider"), browse("der")
    key = answered(lead, der, task_id)
    review = open_task()
    with reading() as session:
        by = principal.load(session, person("lider"), now=clock.now())
        with pytest.raises(Conflict):  # it waits for the review
            observations.answer(session, key, "Otra cosa", by=by, now=clock.now())
    send(der, review, text="Todavía falta", again="true")
    left = "Observaciones de rondas anteriores que no se dieron por atendidas"
    with reading() as session:
        sent = session.query(Submission).filter_by(task_id=review).one().id
    for path in (f"/tareas/{review}", f"/tareas/{review}/recibo", f"/envios/{sent}"):
        assert left in der.get(path), path
    assert left in printed(der, sent)
    third = open_task()
    page = lead.get(f"/tareas/{third}")
    assert "La revisión no la dio por atendida:" in page
    assert "Ya respondidas" not in page
    send(lead, third, **{"text": "Tercera versión", f"answer-{key}": "Ahora sí, en la página 3."})
    last = open_task()
    page = der.get(f"/tareas/{last}")
    assert "1 por atender de 1" in page
    assert "Ahora sí, en la página 3." in page
    press(der, last, f"remark-close:{key}")
    send(der, last, text="Quedó clara", again="false")
    assert left not in der.get(f"/tareas/{last}/recibo")
    assert left in der.get(f"/tareas/{review}/recibo")  # as it was then


def printed(browser: Browser, submission_id: int) -> str:
    """The text of the document of a submission, in one line."""
    pages = PdfDocument(browser.client.get(f"/envios/{submission_id}/documento").data)
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())


def person(username: str) -> int:
    with reading() as session:
        return session.query(Account).filter_by(username=username).one().person_id


def remark_id() -> int:
    with reading() as session:
        return session.query(Observation).one().id


def answered(lead: Browser, der: Browser, task_id: int) -> int:
    """Let the lead send, the reviewer remark and return, and the lead answer and send again. The remark."""
    send(lead, task_id, text="Primera versión")
    review = open_task()
    remark(der, review)
    send(der, review, text="Falta precisión", again="true")
    key = remark_id()
    send(lead, open_task(), **{"text": "Segunda versión", f"answer-{key}": "Ya está."})
    return key


def press(browser: Browser, task_id: int, action: str, **typed: str) -> None:
    browser.post(f"/tareas/{task_id}", {"_action": action, "revision": revision(browser, task_id), **typed})


def test_the_author_answers_and_the_next_round_shows_what_changed(browse: Browse, task_id: int) -> None:
    lead, der = browse("lider"), browse("der")
    send(lead, task_id, text="Primera versión")
    review = open_task()
    remark(der, review)
    send(der, review, text="Falta precisión", again="true")
    second = open_task()
    page = lead.get(f"/tareas/{second}")
    assert "Lo que dijo la revisión" in page
    assert "Falta precisión" in page
    assert "Precise el alcance." in page
    assert "Observaciones por responder" in page
    warned = lead.post(f"/tareas/{second}", {"_action": "review", "text": "Segunda versión", "revision": "0"})
    assert "sin responder" in lead.get(warned.location)
    with reading() as session:
        key = session.query(Observation).one().id
    lead.post(f"/tareas/{second}", {"_action": "answer", "text": "Segunda", f"answer-{key}": "Casi.", "revision": "1"})
    look = lead.post(f"/tareas/{second}", {"_action": "review", "text": "Segunda versión", "revision": "2"})
    assert "Respuestas que se enviarán" in lead.get(look.location)
    send(lead, second, text="Segunda versión", **{f"answer-{key}": "Ya está precisado."})
    assert "Precise el alcance." in der.get(f"/tareas/{review}")  # what was sent with it
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
    unfinished: dict[str, Any] = {"unanswered": [], "own": ["una", "otra"], "unattended": []}
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
    paper = PdfDocument(lead.client.get(f"{found.group(0)}/documento").data)
    said = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in paper).split())
    assert "Primera versión" in said
    assert "Ronda: 1" in said
    assert re.search(r"Presentado por: \S.* Sobre: ", said)
    assert re.search(r"Fecha: \d+ de [a-z]+ de \d{4}", said)
    assert re.search(r"Hora: \d+:\d\d [ap]\. m\.", said)
    assert re.search(r"Proceso: .*, versión 1\b", said)


def test_the_receipt_of_a_review_says_what_was_decided_and_which_remarks_went_with_it(
    browse: Browse, task_id: int
) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    remark(der, review, "Falta el contexto.")
    send(der, review, text="Devuelvo el trámite", again="true")
    page = der.get(f"/tareas/{review}/recibo")
    assert "Lo que se decidió" in page
    assert "Devuelvo el trámite" in page
    assert "1. Texto" in page
    filed = re.search(r"/envios/\d+", page)
    assert filed
    assert "Falta el contexto." in der.get(filed.group(0))
    paper = PdfDocument(der.client.get(f"{filed.group(0)}/documento").data)
    said = " ".join(" ".join(sheet.get_textpage().get_text_bounded() for sheet in paper).split())
    assert "Observaciones 1. Texto Falta el contexto." in said
    assert "Falta el contexto." in page


def test_the_receipt_of_what_is_no_review_does_not_repeat_it(browse: Browse, task_id: int) -> None:
    lead = browse("lider")
    send(lead, task_id, text="Primera versión")
    assert "Lo que se decidió" not in lead.get(f"/tareas/{task_id}/recibo")


def test_a_task_that_was_sent_is_not_left_to_the_team(browse: Browse, task_id: int) -> None:
    send(browse("lider"), task_id, text="Primera versión")
    der, review = browse("der"), open_task()
    der.post(f"/tareas/{review}/tomar", {})
    assert "Dejarla libre para el equipo" in der.get(f"/tareas/{review}")
    send(der, review, text="Va bien")
    assert "Dejarla libre para el equipo" not in der.get(f"/tareas/{review}")


def test_an_error_in_the_general_remarks_is_told_of_its_question(browse: Browse, world: World) -> None:
    """A question called `remarks` is one of the form, not a remark that is written beside it."""
    code = desk.product(world, "Activity_ValidarProtocolo")
    task_id, reviewer = desk.task(world, code, "Activity_ValidarProtocolo"), browse("der")
    reviewer.get(f"/tareas/{task_id}")
    page = reviewer.post(f"/tareas/{task_id}", {"verdict": "returned", "_action": "review", "revision": "0"}, 422)
    told = page.get_data(as_text=True)
    assert '<a href="#p-remarks">' in told
    assert "Por corregir" in told
    assert 'id="resumen-de-errores" data-focus' in told
