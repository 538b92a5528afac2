"""Getting in and out, and what people do with their own account."""

from datetime import timedelta

import pytest

from db import clock
from tests.web import world as worlds
from tests.web.conftest import Browse
from tests.web.world import World
from web.frame import local_address


def test_a_wrong_password_is_told_without_saying_which(browse: Browse) -> None:
    visitor = browse("")
    visitor.get("/ingreso")
    answer = visitor.post("/ingreso", {"username": "lider", "password": "otra cosa"}, 422)
    assert "usuario o la contraseña" in answer.get_data(as_text=True)


def test_after_many_failures_there_is_a_pause(browse: Browse) -> None:
    visitor = browse("")
    visitor.get("/ingreso")
    answers = [visitor.post("/ingreso", {"username": "lider", "password": "no"}, 422) for _ in range(7)]
    assert "Intente de nuevo a partir de" in answers[-1].get_data(as_text=True)


def test_signing_in_goes_on_to_where_one_was_heading(browse: Browse) -> None:
    visitor = browse("")
    visitor.get("/ingreso?siguiente=/productos")
    data = {"username": "lider", "password": worlds.PASSWORD, "siguiente": "/productos"}
    assert visitor.post("/ingreso", data).location == "/productos"


@pytest.mark.parametrize("url", ["https://otro.example", "//otro.example", "/\\otro.example", "otro", "", "/a\nb"])
def test_an_address_that_leads_away_is_not_followed(url: str) -> None:
    assert local_address(url, "/") == "/"


def test_whoever_has_no_inbox_begins_elsewhere(browse: Browse) -> None:
    assert browse("admin").client.get("/").location not in ("/bandeja", "/")


def test_a_form_without_its_token_is_refused(browse: Browse) -> None:
    lead = browse("lider")
    lead.token = ""
    lead.post("/mi-cuenta/tokens", {"name": "x", "lasts": "1"}, 400)


def test_a_token_is_shown_once(browse: Browse) -> None:
    lead = browse("lider")
    lead.get("/mi-cuenta")
    answer = lead.post("/mi-cuenta/tokens", {"name": "Tablero", "lasts": "30"}, 200)
    assert 'class="once"' in answer.get_data(as_text=True)
    assert 'class="once"' not in lead.get("/mi-cuenta")


def test_leaving_ends_the_session(browse: Browse) -> None:
    lead = browse("lider")
    lead.get("/salida")
    lead.post("/salida")
    lead.get("/bandeja", 303)


def test_two_different_new_passwords_are_refused(browse: Browse) -> None:
    lead = browse("lider")
    lead.get("/mi-cuenta")
    data = {"current": worlds.PASSWORD, "new": "una muy distinta 1", "again": "una muy distinta 2"}
    assert "misma contraseña" in lead.post("/mi-cuenta/contrasena", data, 422).get_data(as_text=True)


def test_an_absence_says_what_falls_due_meanwhile_and_offers_to_delegate(
    browse: Browse, world: World, plan: int
) -> None:
    today = clock.local_date(clock.now())
    until = today + timedelta(days=300)
    advisor = browse("asesor")
    advisor.get("/mi-cuenta")
    advisor.post("/mi-cuenta/ausencias", {"kind": "vacaciones", "since": str(today), "until": str(until)})
    page = advisor.get("/mi-cuenta").replace("\xa0", " ")
    assert "Nadie actúa por usted esos días." in page
    assert f"/mi-cuenta?desde={today}&hasta={until}#delegar" in page
    offered = advisor.get(f"/mi-cuenta?desde={today}&hasta={until}")
    assert f'name="delegated_until" type="date" value="{until}"' in offered
    sent = {"to_id": str(world.people["articulador"]), "delegated_since": str(today), "delegated_until": str(until)}
    advisor.post("/mi-cuenta/delegaciones", sent)
    assert "Por usted actúa Marta Gil" in advisor.get("/mi-cuenta").replace("\xa0", " ")
