"""Proposing a version of a process on the pages, seeing what would change, and deciding on it."""

import io
from typing import Any

import pytest

from db import reading
from engine import definitions
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from workflows import diagrams as shipped

KEY = "gobernanza"
FILE = f"{KEY}.bpmn"
OLD = shipped.files(KEY)[FILE]
RENAMED = "Acordar las reglas de operación entre todos"


def changed() -> str:
    """The shipped diagram with one step called otherwise."""
    name = next(one.name for one in bundle().elements[KEY] if one.id == "Activity_DefinirReglas")
    assert f'name="{name}"' in OLD
    return OLD.replace(f'name="{name}"', f'name="{RENAMED}"')


def bundle() -> Any:
    with reading() as session:
        return definitions.bundle(session, definitions.latest(session, KEY))


def send(browser: Browser, text: str, status: int = 303, **data: Any) -> Any:
    browser.get("/procesos/propuestas/nueva")
    files = [(io.BytesIO(text.encode()), FILE)]
    given = {"process": KEY, "reason": "Lo acordó la mesa.", "key": "una-clave", "files": files, **data}
    return browser.post("/procesos/propuestas/nueva", given, status)


@pytest.fixture
def address(browse: Browse) -> str:
    """Where the proposal of the administrator is."""
    return str(send(browse("admin"), changed()).location)


def test_what_is_proposed_is_drawn_and_told(browse: Browse, address: str) -> None:
    text = browse("lider").get(address)
    assert 'is-changed" data-element="Activity_DefinirReglas"' in text
    assert text.count("<svg") == 2  # as it rules, and as it is proposed
    assert f"a «{RENAMED}»" in text
    assert "Lo acordó la mesa." in text


def test_somebody_else_publishes_it(browse: Browse, address: str) -> None:
    monitor = browse("monitoreo")
    assert "1 propuesta espera su decisión" in monitor.get("/procesos")
    monitor.get(address)
    published = monitor.post(f"{address}/publicar", {"reason": "La comparé."}).location
    assert published == f"/procesos/{KEY}?version=2"
    text = monitor.get(published)
    assert "por Elena Soto; la propuso Iván Cruz" in text
    assert "is-changed" in monitor.get(f"/procesos/{KEY}/cambios?version=2")
    assert "Publicó la propuesta como la versión 2" in monitor.get(address)
    assert "propuesta espera" not in monitor.get("/procesos")


def test_whoever_proposed_is_shown_no_way_to_decide_and_has_none(browse: Browse, address: str) -> None:
    admin = browse("admin")
    text = admin.get(address)
    assert "Publicar esta versión" not in text
    assert "Espera a que otra persona" in text
    for how in ("publicar", "rechazar"):
        admin.post(f"{address}/{how}", {"reason": "Yo mismo."}, 403)


def test_what_was_overtaken_says_so_and_can_only_be_rejected(browse: Browse, address: str) -> None:
    other = str(send(browse("admin"), changed().replace(RENAMED, "Acordarlas"), key="otra-clave").location)
    monitor = browse("monitoreo")
    monitor.get(other)
    monitor.post(f"{other}/publicar", {"reason": "La comparé."})
    text = monitor.get(address)
    assert "ya no es lo que rige" in text
    assert "Publicar esta versión" not in text
    monitor.post(f"{address}/publicar", {"reason": "La comparé."}, 409)
    monitor.post(f"{address}/rechazar", {"reason": "Rige otra."})


def test_a_decision_needs_its_reason(browse: Browse, address: str) -> None:
    monitor = browse("monitoreo")
    monitor.get(address)
    for how in ("publicar", "rechazar"):
        monitor.post(f"{address}/{how}", {"reason": ""}, 422)
    monitor.post(f"{address}/rechazar", {"reason": "Falta acordarlo con las regiones."})
    text = monitor.get(address)
    assert "Falta acordarlo con las regiones." in text
    assert "Decidir" not in text


def test_a_form_sent_twice_proposes_once(browse: Browse) -> None:
    admin = browse("admin")
    first = send(admin, changed()).location
    assert "ya está propuesta" in send(admin, changed(), 422, key="otra-clave").get_data(as_text=True)
    assert first in admin.get("/procesos/propuestas?buscar=mesa")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"files": []}, "Adjunte por lo menos un diagrama"),
        ({"files": [(io.BytesIO(b"\xff\xfe"), FILE)]}, "no está en UTF-8"),
        ({"files": [(io.BytesIO(b"<a>"), FILE)]}, "no es XML bien formado"),
        ({"files": [(io.BytesIO(OLD.encode()), FILE)]}, "ya está publicada: es la 1"),
        ({"reason": "."}, "Escriba qué cambia y por qué."),
    ],
)
def test_what_is_refused_is_said_beside_the_files(browse: Browse, data: dict[str, Any], said: str) -> None:
    assert said in send(browse("admin"), changed(), 422, **data).get_data(as_text=True)


def test_a_file_goes_by_the_process_in_it_whatever_it_is_called(browse: Browse) -> None:
    name = f"{KEY} (1).bpmn"
    address = send(browse("admin"), changed(), files=[(io.BytesIO(changed().encode()), name)]).location
    assert f"a «{RENAMED}»" in browse("lider").get(address)


def test_two_files_with_the_same_process_are_named(browse: Browse) -> None:
    files = [(io.BytesIO(changed().encode()), name) for name in (FILE, f"{KEY} (1).bpmn")]
    text = send(browse("admin"), changed(), 422, files=files).get_data(as_text=True)
    assert f"«{FILE}» y «{KEY} (1).bpmn» traen el mismo proceso" in text


def test_everything_that_is_odd_in_the_elements_is_told_at_once(browse: Browse) -> None:
    wrong = OLD
    for name in ("role", "form"):
        wrong = wrong.replace(f'name="{name}" value="', f'name="{name}" value="x')
    text = send(browse("admin"), wrong, 422).get_data(as_text=True)
    assert text.count("El rol «x") > 1
    assert text.count("El formulario «x") > 1


def test_a_diagram_is_downloaded_to_be_edited(browse: Browse) -> None:
    response = browse("lider").client.get(f"/procesos/{KEY}/bpmn?version=1")
    assert response.get_data(as_text=True) == OLD
    assert response.headers["Content-Disposition"] == f'attachment; filename="{FILE}"'


def test_a_first_version_has_nothing_before_it(browse: Browse) -> None:
    assert "Qué cambió" not in browse("lider").get(f"/procesos/{KEY}")
    browse("lider").get(f"/procesos/{KEY}/cambios", 404)


@pytest.mark.parametrize("who", ["lider", "monitoreo", "control"])
def test_only_whoever_runs_the_system_proposes(browse: Browse, who: str) -> None:
    browse(who).get("/procesos/propuestas/nueva", 403)


def test_the_list_says_when_it_is_empty(browse: Browse) -> None:
    lead = browse("lider")
    assert "No hay propuestas" in lead.get("/procesos/propuestas")
    assert "Ninguna propuesta coincide" in lead.get("/procesos/propuestas?buscar=algo")
