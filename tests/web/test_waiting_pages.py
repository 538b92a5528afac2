"""What the pages say of a step whose step before was opened again, or returned with it."""

from html import unescape

from db import clock
from db import reading
from db import transaction
from directory.models import Person
from notifications.models import Obligation
from tests.web.conftest import Browse
from tests.web.test_deadlines import STATED
from tests.web.test_deadlines import chain
from tests.web.test_deadlines import deciding
from tests.web.test_deadlines import owed
from tests.web.test_deadlines import owing
from tests.web.test_deadlines import state
from tests.web.world import World

__all__ = ["owing"]


def said() -> dict[str, str]:
    return {**STATED, "happened_on": f"{clock.local_date(clock.now())}", "confirmed": "si"}


def test_what_is_in_review_stays_so_while_the_step_before_is_open_again(owing: World, browse: Browse) -> None:
    load, presentation = chain(owing)
    monitoreo = browse("monitoreo")
    monitoreo.get(f"/plazos/{load}")
    monitoreo.post(f"/plazos/{load}/dispensa", {"reason": "No aplica"})
    state(browse("director"), presentation, said())
    _, path = deciding(browse("monitoreo"), presentation)
    monitoreo.get(f"/plazos/{load}")
    asked = monitoreo.post(f"/plazos/{load}/reapertura", {"reason": "Sí aplica"}, 422).get_data(as_text=True)
    assert "Hay una constancia en revisión del paso siguiente: «SISGESTIÓN, presentación" in unescape(asked)
    assert 'name="confirmed"' in asked
    together = {"estado": "waived", "obligation": str(load), "confirmar": "1", "reason": "Sí aplica"}
    again = monitoreo.post("/plazos/equipo?estado=waived", together, 422).get_data(as_text=True)
    assert "Reabrir de todos modos" in again
    monitoreo.post(f"/plazos/{load}/reapertura", {"reason": "Sí aplica", "confirmed": "si"})
    page = monitoreo.get(f"/plazos/{presentation}")
    assert "la constancia de este paso sigue en revisión, pero nadie la acepta ni la devuelve" in page
    assert "Constancia por revisar" not in page
    assert f'href="/plazos/{presentation}"' not in monitoreo.get("/para-revisar")
    monitoreo.get(f"/plazos/{presentation}")
    refused = monitoreo.post(f"{path}/aceptacion", {"confirmed": "si"}, status=422)
    assert "Primero va el paso anterior, «SISGESTIÓN, carga" in unescape(refused.get_data(as_text=True))
    assert "Retirar la constancia" in browse("director").get(f"/plazos/{presentation}")


def test_the_step_that_accepting_meets_is_linked_for_who_may_read_it(owing: World, browse: Browse) -> None:
    """The validation of planning is of no unit: the direction may not open it."""
    _, presentation = chain(owing)
    validation = owed("sisgestion_validacion")[0]
    with transaction() as session:
        session.get_one(Obligation, validation).unit_id = None
    link = f'href="/plazos/{validation}"'
    director, monitoreo = browse("director"), browse("monitoreo")
    director.get(f"/plazos/{validation}", status=404)
    page = director.get(f"/plazos/{presentation}")
    assert "Al aceptar su constancia se cumple «SISGESTIÓN, validación" in page
    assert link not in page
    assert link in monitoreo.get(f"/plazos/{presentation}")


def test_of_two_that_wait_the_page_names_whose_turn_it_is(owing: World, browse: Browse) -> None:
    load, presentation = chain(owing)
    validation = owed("sisgestion_validacion")[0]
    page = browse("monitoreo").get(f"/plazos/{validation}")
    assert f'Paso anterior: <a href="/plazos/{presentation}">' in page
    assert f'Espera a su vez <a href="/plazos/{load}">SISGESTIÓN, carga del avance' in page
    with reading() as session:
        liaison = session.get_one(Person, owing.people["articulador"]).name
    assert f"</a>, que debe {liaison}. Mientras no se presente" in page
