"""A remark on a row of a table stays with that row, however it is moved and edited until the next round."""

import re
from collections.abc import Iterator

import pytest

from db import SYSTEM
from db import clock
from db import transaction
from engine import definitions
from engine import registry
from engine.instances import Links
from engine.instances import start
from engine.models import Task
from engine.registry import Process
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section
from tests.engine import diagrams
from tests.engine.conftest import REVIEWED
from tests.engine.conftest import Notebook
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.test_review import open_task
from tests.web.test_review import revision
from tests.web.test_review import send
from tests.web.world import World

COLUMNS = (Field(kind=Kind.TEXT, name="what", label="Enunciado"), Field(kind=Kind.INTEGER, name="count", label="Meta"))
CHAIN = Form(
    "nota",
    "Cadena",
    (
        Section(
            "chain",
            "Cadena",
            (
                Field(kind=Kind.TABLE, name="rows", label="Cadena", columns=COLUMNS),
                Field(kind=Kind.BOOLEAN, name="again", label="¿Otra vez?"),
            ),
        ),
    ),
)
EXPERTS, WORKSHOPS = "Expertos en finanzas territoriales", "Talleres con los equipos de planeación"
EDITED, GUIDE = "Talleres y visitas con los equipos de planeación", "Guía de rendición de cuentas"


@pytest.fixture
def task_id(world: World) -> Iterator[int]:
    before = dict(registry._handlers)
    text = diagrams.diagram("tramite", REVIEWED, variables="again:yes_no")
    forms = {"nota": CHAIN}
    handlers = {"toy.note": Notebook([]).note}
    registry.register(Process("tramite", "Trámite", {"tramite.bpmn": text}, forms, handlers=handlers))
    with transaction() as session:
        definitions.deploy(session, registry.process("tramite"), by=SYSTEM, now=clock.now())
        links = Links("Trámite uno", people={"writer": world.people["lider"]})
        instance = start(session, "tramite", "T-1", links=links, by=SYSTEM, now=clock.now())
        first = session.query(Task).filter_by(instance_id=instance.id).one().id
    yield first
    registry._processes.pop("tramite")
    registry._handlers.clear()
    registry._handlers.update(before)


def rows(*said: tuple[str, str]) -> dict[str, str]:
    return {
        f"rows-{at}-{name}": cell
        for at, row in enumerate(said)
        for name, cell in zip(("what", "count"), row, strict=True)
    }


@pytest.fixture
def returned(browse: Browse, task_id: int) -> Browser:
    """The second row was remarked on and sent back."""
    send(browse("lider"), task_id, **rows((EXPERTS, "3"), (WORKSHOPS, "10")))
    der, review = browse("der"), open_task()
    data = {
        "_action": "remark-add",
        "remark_path": "rows/1",
        "remark_text": "Diga cuántos.",
        "revision": revision(der, review),
    }
    der.post(f"/tareas/{review}", data)
    send(der, review, again="true")
    return der


def resend(lead: Browser, *said: tuple[str, str]) -> None:
    """Send the next round without answering what was remarked."""
    task = open_task()
    written = lead.post(f"/tareas/{task}", {"_action": "review", "revision": revision(lead, task), **rows(*said)})
    hidden = dict(re.findall(r'name="(key|revision)" value="([^"]*)"', lead.get(written.location)))
    lead.post(f"/tareas/{task}/enviar", {**hidden, "confirmed": "si"})


def remarked(page: str) -> set[str]:
    """The rows of the table down to the one that the remark stands beside."""
    before = page.partition("<tbody")[2].partition("Diga cuántos.")[0]
    return {what for what in (EXPERTS, WORKSHOPS, EDITED, GUIDE) if what in before}


def test_the_remark_follows_its_row_when_it_is_moved_and_edited(browse: Browse, returned: Browser) -> None:
    resend(browse("lider"), (EDITED, "12"), (GUIDE, "1"), (EXPERTS, "3"))
    page = returned.get(f"/tareas/{open_task()}")
    shown = page.partition("Lo que se revisa")[2]
    assert remarked(shown) == {EDITED, WORKSHOPS}  # what the row says, and what it said
    assert page.count('f-changed">Nueva') == 1
    assert "Se quitó" not in shown


def test_a_pure_move_is_neither_new_nor_removed(browse: Browse, returned: Browser) -> None:
    resend(browse("lider"), (WORKSHOPS, "10"), (EXPERTS, "3"))
    shown = returned.get(f"/tareas/{open_task()}").partition("Lo que se revisa")[2]
    assert remarked(shown) == {WORKSHOPS}
    assert 'f-changed">Nueva' not in shown
    assert "Antes, fila" in shown


def test_a_remark_on_a_row_that_is_gone_stands_at_its_table(browse: Browse, returned: Browser) -> None:
    resend(browse("lider"), (EXPERTS, "3"))
    shown = returned.get(f"/tareas/{open_task()}").partition("Lo que se revisa")[2]
    assert "Diga cuántos." in shown.partition("<tbody")[0] + shown.partition("</table>")[2]


def test_the_author_sees_it_beside_the_row_while_the_draft_is_moved(browse: Browse, returned: Browser) -> None:
    lead, task = browse("lider"), open_task()
    typed = rows((EDITED, "12"), (EXPERTS, "3"))
    lead.post(f"/tareas/{task}", {"_action": "draft", "revision": revision(lead, task), **typed})
    form = lead.get(f"/tareas/{task}").partition("data-form")[2]
    rows_shown = re.findall(r"<tr[^>]*data-row.*?</tr>", form, re.S)
    assert "Diga cuántos." in rows_shown[0]
    assert "Diga cuántos." not in rows_shown[1]
