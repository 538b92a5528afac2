"""Every page opens for whom it is, and for nobody else."""

import pytest

from db import SYSTEM
from db import clock
from db import transaction
from directory import grants
from directory.models import RoleGrant
from tests.web.conftest import Browse
from tests.web.world import World

OPEN = [
    ("lider", "/bandeja"), ("lider", "/bandeja?ver=todas&buscar=nada&grupo=week"), ("lider", "/productos"),
    ("lider", "/productos?orden=-created&etapa=design"), ("lider", "/productos/nuevo"), ("lider", "/estrategias"),
    ("lider", "/estrategias/nueva"), ("lider", "/planes"), ("lider", "/entidades"), ("lider", "/mi-cuenta"),
    ("asesor", "/asesorias"), ("asesor", "/asesorias/nueva"), ("asesor", "/interacciones/nueva"),
    ("asesor", "/entidades?buscar=medellin"), ("asesor", "/entidades"), ("articulador", "/cobertura?departamento=05"),
    ("articulador", "/empalmes/nuevo"), ("director", "/personas"), ("admin", "/personas/nueva"),
    ("admin", "/incidentes"),
    ("admin", "/operaciones"), ("admin", "/procesos"), ("admin", "/procesos/ciclo_de_vida"), ("control", "/productos"),
    ("lider", "/salida"), ("admin", "/ajustes"), ("asesor", "/interacciones?medio=phone&mias=1"),
    ("lider", "/interacciones"), ("lider", "/procesos/propuestas"), ("admin", "/procesos/propuestas/nueva"),
]  # fmt: skip

CLOSED = [
    ("control", "/productos/nuevo"), ("asesor", "/incidentes"), ("lider", "/personas/nueva"), ("lider", "/cobertura"),
    ("comunicaciones", "/empalmes/nuevo"), ("admin", "/asesorias/nueva"), ("der", "/interacciones/nueva"),
    ("admin", "/estrategias/nueva"), ("director", "/ajustes"),
    ("monitoreo", "/procesos/propuestas/nueva"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "path"), OPEN)
def test_page_opens(browse: Browse, who: str, path: str) -> None:
    text = browse(who).get(path)
    assert '<html lang="es-CO">' in text
    assert text.count("<h1") == 1


@pytest.mark.parametrize(("who", "path"), CLOSED)
def test_page_stays_closed_to_the_wrong_role(browse: Browse, who: str, path: str) -> None:
    assert "No está permitido" in browse(who).get(path, 403)


@pytest.mark.parametrize("path", ["/bandeja", "/productos", "/mi-cuenta", "/personas"])
def test_a_visitor_is_sent_to_sign_in(browse: Browse, path: str) -> None:
    browse("").get(path, 303)


@pytest.mark.parametrize(
    "path", ["/tareas/99", "/productos/ATT-2026-999", "/planes/99", "/entidades/99999", "/envios/9"]
)
def test_what_does_not_exist_is_not_found(browse: Browse, path: str) -> None:
    assert "No se encontró" in browse("der").get(path, 404)


@pytest.mark.parametrize(
    "path",
    ["/procesos/ciclo_de_vida?version={}", "/asesorias?entidad={}", "/productos?dependencia={}", "/plazos?region={}"],
)
@pytest.mark.parametrize("number", [2**63, 10**19])
def test_a_number_that_no_database_holds_is_refused(browse: Browse, path: str, number: int) -> None:
    assert "número" in browse("der").get(path.format(number), 422)


def test_search_engines_are_shown_the_portfolio_alone(browse: Browse) -> None:
    rules = browse("").get("/robots.txt").splitlines()
    assert {"Allow: /portafolio", "Disallow: /"} <= set(rules)


def test_the_icon_stands_where_browsers_look_for_it(browse: Browse) -> None:
    with browse("").client.get("/favicon.ico", follow_redirects=True) as found:
        assert (found.status_code, found.mimetype) == (200, "image/svg+xml")


def test_the_portfolio_needs_no_account_and_sets_no_cookie(browse: Browse) -> None:
    visitor = browse("")
    response = visitor.client.get("/portafolio")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", ["/no-existe", "/tareas/1/no-existe"])
def test_an_address_that_leads_nowhere_still_knows_who_is_there(browse: Browse, path: str) -> None:
    lead = browse("lider")
    text = lead.client.get(path).get_data(as_text=True)
    assert 'href="/bandeja">Ir a Bandeja' in text
    assert "Ingresar" not in text


def test_a_list_that_is_closed_is_called_a_page(browse: Browse) -> None:
    assert "No tiene permiso para ver esta página." in browse("lider").get("/incidentes", 403)


def test_whoever_lost_every_role_is_told_why_the_inbox_is_empty(browse: Browse, world: World) -> None:
    with transaction() as session:
        for grant in session.query(RoleGrant).filter_by(person_id=world.people["lider"]):
            grants.revoke(session, grant.id, reason="Prueba", by=SYSTEM, now=clock.now())
    browser = browse("lider")
    assert browser.client.get("/").location == "/bandeja"
    assert "no tiene ningún rol" in browser.get("/bandeja")
