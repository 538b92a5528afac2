"""Getting in and out, and what people do with their own account."""

import re
from datetime import timedelta
from html import unescape

import pytest

from db import SYSTEM
from db import clock
from db import transaction
from directory import absences
from directory import grants
from directory import people
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


def test_an_absence_says_on_which_days_nobody_acts(browse: Browse, world: World) -> None:
    today, advisor, now = clock.local_date(clock.now()), browse("asesor"), clock.now()
    first, last = today + timedelta(days=5), today + timedelta(days=20)
    lent, gone = today + timedelta(days=12), today + timedelta(days=10)
    advisor.get("/mi-cuenta")
    advisor.post("/mi-cuenta/ausencias", {"kind": "vacaciones", "since": str(first), "until": str(last)})
    given = {"to_id": str(world.people["articulador"]), "delegated_since": str(first), "delegated_until": str(lent)}
    advisor.post("/mi-cuenta/delegaciones", given)
    page = advisor.get("/mi-cuenta")
    assert f"?desde={lent + timedelta(days=1)}&hasta={last}#delegar" in page
    assert page.count("nadie actúa por usted") == 1
    with transaction() as session:
        absences.add(session, world.people["articulador"], "licencia", gone, lent, by=SYSTEM, now=now)
    page = advisor.get("/mi-cuenta")
    assert "Estará ausente del" in page
    assert f"?desde={gone}&hasta={last}#delegar" in page


def test_an_absence_that_went_by_or_lasts_over_a_year_is_confirmed(browse: Browse) -> None:
    today, advisor = clock.local_date(clock.now()), browse("asesor")
    gone = {"kind": "comision", "since": str(today - timedelta(days=12)), "until": str(today - timedelta(days=10))}
    long = {"kind": "vacaciones", "since": str(today), "until": str(today + timedelta(days=374))}
    advisor.get("/mi-cuenta")
    for sent, said in ((gone, "la ausencia ya pasó"), (long, "son 375 días")):
        refused = unescape(advisor.post("/mi-cuenta/ausencias", sent, 422).get_data(as_text=True))
        assert said in refused
        assert 'name="confirmed"' in refused
        advisor.post("/mi-cuenta/ausencias", {**sent, "confirmed": "si"})
    assert advisor.get("/mi-cuenta").count("Cancelar la ausencia") == 2


def test_a_delegation_to_somebody_who_may_not_enter_any_more_says_so(browse: Browse, world: World) -> None:
    advisor, today, gone = browse("asesor"), clock.local_date(clock.now()), "nadie actúa por esta delegación"
    given = {"to_id": str(world.people["articulador"]), "delegated_since": str(today),
             "delegated_until": str(today + timedelta(days=3))}  # fmt: skip
    advisor.post("/mi-cuenta/delegaciones", given)
    page = f"/personas/{world.people['asesor']}"
    assert gone not in advisor.get("/mi-cuenta")
    assert gone not in browse("admin").get(page)
    with transaction() as session:
        people.disable(session, world.people["articulador"], reason="Se fue.", by=SYSTEM, now=clock.now())
    assert gone in advisor.get("/mi-cuenta")
    assert gone in browse("admin").get(page)


def test_calling_an_absence_off_ends_the_delegation_made_for_it(browse: Browse, world: World) -> None:
    today, advisor = clock.local_date(clock.now()), browse("asesor")
    days = {"since": str(today + timedelta(days=5)), "until": str(today + timedelta(days=9))}
    lent = {"to_id": str(world.people["articulador"]), **{f"delegated_{key}": day for key, day in days.items()}}
    for chosen in (True, False):
        advisor.get("/mi-cuenta")
        advisor.post("/mi-cuenta/ausencias", {"kind": "vacaciones", **days})
        advisor.post("/mi-cuenta/delegaciones", lent)
        page = advisor.get("/mi-cuenta")
        offered = re.search(r'name="delegation" value="(\d+)" id="[^"]*" checked', page)
        where = re.search(r"/mi-cuenta/ausencias/\d+/cancelacion", page)
        assert offered
        assert where
        advisor.post(where.group(), {"delegation": offered[1]} if chosen else {})
        after = advisor.get("/mi-cuenta")
        assert ("Usted delega en Marta Gil" in after) is not chosen
        assert ("La delegación de esos días sigue" in after) is not chosen


def test_all_other_sessions_are_closed_at_once(browse: Browse) -> None:
    here, other, third = browse("lider"), browse("lider"), browse("lider")
    assert "Cerrar todas las demás" in here.get("/mi-cuenta")
    here.post("/mi-cuenta/sesiones/cierre")
    assert "Cerrar todas las demás" not in here.get("/mi-cuenta")
    for gone in (other, third):
        gone.get("/mi-cuenta", 303)


def test_lending_to_who_would_not_see_it_is_confirmed(browse: Browse, world: World) -> None:
    advisor, now, today = browse("asesor"), clock.now(), clock.local_date(clock.now())
    with transaction() as session:
        nora = people.add(session, "Nora Vega", by=SYSTEM, now=now).id
        grants.add(session, nora, "territorial_advisor", "region", world.region_id, by=SYSTEM, now=now)
        absences.add(session, world.people["lider"], "licencia", today, today + timedelta(days=9), by=SYSTEM, now=now)
    page = advisor.get("/mi-cuenta")
    assert "Nora Vega (sin cuenta)" in page
    assert "Ana Ruiz (ausente hoy)" in page
    days = {"delegated_since": str(today), "delegated_until": str(today + timedelta(days=3))}
    for person, said in ((nora, "Nora Vega no tiene cuenta"), (world.people["lider"], "Ana Ruiz estará ausente")):
        refused = advisor.post("/mi-cuenta/delegaciones", {"to_id": str(person), **days}, 422).get_data(as_text=True)
        assert said in unescape(refused)
    advisor.post("/mi-cuenta/delegaciones", {"to_id": str(nora), **days, "delegate_confirmed": "1"}, 422)
    advisor.post("/mi-cuenta/delegaciones", {"to_id": str(nora), **days, "delegate_confirmed": str(nora)})
    assert "Usted delega en Nora Vega" in advisor.get("/mi-cuenta")
