"""What is sent twice is done once, and what is sent by nobody says so and leads back."""

import re
from io import BytesIO
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import pytest

from db import clock
from db import reading
from db.base import Base
from directory.models import Person
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.test_advising import milestone_of
from tests.web.test_advising import papers
from tests.web.test_advising import said
from tests.web.world import World
from tracking import milestones
from tracking.models import Advisory
from tracking.models import Product
from tracking.models import QuickContact
from tracking.models import Strategy

TODAY = clock.local_date(clock.now()).isoformat()


def key_in(page: str) -> str:
    return re.findall(r'name="key" value="([^"]+)"', page)[0]


def counted(kind: type[Base]) -> int:
    with reading() as session:
        return session.query(kind).count()


def advances(milestone_id: int) -> int:
    with reading() as session:
        return len(milestones.records_of(session, milestone_id))


MADE = {
    "/productos/nuevo": ("lider", Product, {"name": "Puentes veredales"}),
    "/estrategias/nueva": ("director", Strategy, {"name": "Paz territorial", "objective": "Llegar"}),
    "/personas/nueva": (
        "admin",
        Person,
        {"name": "Rosa Peña", "username": "rosap", "password": "una-clave-larga"},
    ),
}


@pytest.mark.parametrize("address", list(MADE))
def test_what_is_made_with_two_clicks_is_made_once(browse: Browse, world: World, address: str) -> None:
    username, kind, said = MADE[address]
    browser, before = browse(username), counted(kind)
    placed = {"unit_id": str(world.unit_id), "lead_id": str(world.people["lider"])}
    data = {**said, **placed, "key": key_in(browser.get(address))}
    places = {browser.post(address, data).location for _ in range(2)}
    assert (len(places), counted(kind)) == (1, before + 1)


def test_progress_sent_twice_is_kept_once(browse: Browse, plan: int) -> None:
    advisor, milestone = browse("asesor"), milestone_of(plan)
    data = {"occurred_on": TODAY, "note": "Doble toque", "key": key_in(advisor.get(f"/hitos/{milestone}"))}
    for _ in range(2):
        advisor.post(f"/hitos/{milestone}/avance", data)
    assert advances(milestone) == 1
    other = advisor.post(f"/hitos/{milestone}/avance", {**data, "note": "Otra cosa"}, 422).get_data(as_text=True)
    assert "ya se envió con otros datos" in other
    advisor.post(f"/hitos/{milestone}/avance", {**data, "key": key_in(advisor.get(f"/hitos/{milestone}"))})
    assert advances(milestone) == 2


def test_an_advisory_sent_twice_is_kept_once(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    data = said(plan, key=key_in(advisor.get(f"/asesorias/nueva?plan={plan}")))
    places = {advisor.post("/asesorias/nueva", data).location for _ in range(2)}
    assert (len(places), counted(Advisory)) == (1, 1)


def test_a_contact_sent_twice_is_kept_once(browse: Browse, world: World) -> None:
    advisor = browse("asesor")
    data = {"entity_id": world.entities[0], "channel": "call", "topic": "Plazos", "minutes": "5",
            "key": key_in(advisor.get("/interacciones/nueva"))}  # fmt: skip
    for _ in range(2):
        advisor.post("/interacciones/nueva", data)
    assert counted(QuickContact) == 1


def test_the_page_after_drops_the_copy_of_what_got_through(browse: Browse, world: World, plan: int) -> None:
    advisor = browse("asesor")
    assert f'data-keep="{world.people["asesor"]}-asesoria-' in advisor.get(f"/asesorias/nueva?plan={plan}")
    page = advisor.get(advisor.post("/asesorias/nueva", said(plan) | {"opened": str(plan)}).location)
    kept = re.findall(r'data-keep="([^"]+)"', advisor.get(f"/asesorias/nueva?plan={plan}"))
    assert f'data-sent="{kept[0]}"' in page


def test_who_sends_after_their_session_reads_so_and_goes_back(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    here = f"/asesorias/nueva?plan={plan}"
    advisor.get(here)
    advisor.client.delete_cookie("att_session")
    sent = {"csrf_token": advisor.token, **said(plan)}
    answer = advisor.client.post("/asesorias/nueva", data=sent, headers={"Referer": f"http://localhost{here}"})
    asked = parse_qs(urlsplit(answer.location).query)
    assert (asked["siguiente"], asked["sesion"]) == ([here], ["terminada"])
    assert "lo que envió no se registró" in advisor.get(answer.location)
    visitor: Browser = browse("")
    assert "no se registró" not in visitor.get("/ingreso?siguiente=/planes")


def test_another_site_is_never_where_one_goes_back_to(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    advisor.get("/asesorias/nueva")
    advisor.client.delete_cookie("att_session")
    sent = {"csrf_token": advisor.token, **said(plan)}
    answer = advisor.client.post("/asesorias/nueva", data=sent, headers={"Referer": "https://otro.example/x"})
    assert answer.location == "/ingreso?sesion=terminada"


def test_leaving_takes_along_what_only_the_device_had(browse: Browse, world: World) -> None:
    advisor = browse("asesor")
    assert "se borra al salir" in advisor.get("/salida")
    assert f'data-sent="{world.people["asesor"]}-*"' in advisor.get(advisor.post("/salida").location)


def test_rectifying_starts_from_what_was_reported(browse: Browse, plan: int) -> None:
    advisor, milestone = browse("asesor"), milestone_of(plan)
    advisor.get(f"/hitos/{milestone}")
    advisor.post(f"/hitos/{milestone}/cumplido", {"occurred_on": TODAY, "note": "Con acta", **papers("files")})
    page = advisor.get(f"/hitos/{milestone}")
    token = re.findall(r'name="files_kept" value="([^"]+)"', page)[0]
    assert f'name="occurred_on" value="{TODAY}"' in page
    data = {"occurred_on": TODAY, "note": "Con acta firmada", "reason": "Faltaba", "files_kept": token}
    advisor.post(f"/hitos/{milestone}/rectificacion", data)
    with reading() as session:
        assert milestones.records_of(session, milestone)[-1].files == [token]


def test_a_report_without_evidence_is_refused_or_marked(browse: Browse, plan: int) -> None:
    advisor, milestone = browse("asesor"), milestone_of(plan)
    advisor.get(f"/hitos/{milestone}")
    data = {"occurred_on": TODAY, "note": "Hecho"}
    refused = advisor.post(f"/hitos/{milestone}/cumplido", data, 422).get_data(as_text=True)
    assert "explique por qué no la hay" in refused
    advisor.post(f"/hitos/{milestone}/cumplido", {**data, "without_evidence": "Se perdió el acta"})
    assert "Sin evidencia" in advisor.get(f"/planes/{plan}")


def test_a_withdrawal_is_confirmed_and_proved(browse: Browse, plan: int) -> None:
    advisor, where = browse("asesor"), f"/planes/{plan}/retiro-del-consentimiento"
    advisor.get(where)
    data = {"name": "Carlos Mena", "post": "Alcalde", "date": TODAY, "reason": "Ya no lo necesita"}
    assert "Marque la casilla" in advisor.post(where, {**data, **papers("evidence")}, 422).get_data(as_text=True)
    early = {**data, "confirmed": "si", "date": "1999-01-01", **papers("evidence")}
    shown = advisor.post(where, early, 422).get_data(as_text=True)
    assert "«evidence.pdf» ya llegó" in shown
    token = re.search(r'type="checkbox" name="evidence_kept" value="([^"]+)"[^>]* checked', shown)[1]
    refused = {**data, "confirmed": "si", "evidence_kept": token, "evidence": (BytesIO(b"MZ"), "virus.exe")}
    assert token in advisor.post(where, refused, 422).get_data(as_text=True)
    assert "Adjunte el soporte" in advisor.post(where, {**data, "confirmed": "si"}, 422).get_data(as_text=True)
    advisor.post(where, {**data, "confirmed": "si", **papers("evidence")})
    advisor.get(where, 409)


def test_an_advisory_registered_again_from_another_page_is_confirmed_first(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    first = advisor.post(
        "/asesorias/nueva", said(plan, key=key_in(advisor.get(f"/asesorias/nueva?plan={plan}")))
    ).location
    again = said(plan, key=key_in(advisor.get(f"/asesorias/nueva?plan={plan}")))
    page = advisor.post("/asesorias/nueva", again, 422).get_data(as_text=True)
    assert "Ya registró una asesoría igual hace un momento" in page
    assert f'href="{first}"' in page
    assert counted(Advisory) == 1
    advisor.post("/asesorias/nueva", {**again, "confirmed": "si"})
    assert counted(Advisory) == 2


def test_a_page_put_back_with_more_empty_boxes_is_the_same_form(browse: Browse, plan: int) -> None:
    advisor = browse("asesor")
    data = said(plan, key=key_in(advisor.get(f"/asesorias/nueva?plan={plan}")))
    first = advisor.post("/asesorias/nueva", data).location
    assert advisor.post("/asesorias/nueva", {**data, "people_name": ["", ""], "place": ""}).location == first


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/mi-cuenta/contrasena", "/mi-cuenta"),
        ("/tareas/1/enviar", "/tareas/1"),
        ("/personas/1/roles/3/revocacion", "/personas/1"),
        ("/calendario/dias/3/retiro", "/calendario/dias"),
        ("/calendario/dias/hora", "/calendario/dias"),
        ("/empalmes/1/cancelacion", "/"),
    ],
)
def test_an_address_that_only_takes_forms_leads_to_its_page(browse: Browse, address: str, above: str) -> None:
    answer = browse("admin").client.get(address)
    assert (answer.status_code, answer.location) == (303, above)
