"""Every page opens for whom it is, and for nobody else."""

import pytest

from tests.web.conftest import Browse

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
    ("lider", "/interacciones"),
]  # fmt: skip

CLOSED = [
    ("control", "/productos/nuevo"), ("asesor", "/incidentes"), ("lider", "/personas/nueva"), ("lider", "/cobertura"),
    ("comunicaciones", "/empalmes/nuevo"), ("admin", "/asesorias/nueva"), ("der", "/interacciones/nueva"),
    ("admin", "/estrategias/nueva"), ("director", "/ajustes"),
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


def test_the_portfolio_needs_no_account_and_sets_no_cookie(browse: Browse) -> None:
    visitor = browse("")
    response = visitor.client.get("/portafolio")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
