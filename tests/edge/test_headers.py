"""What every answer carries."""

import gzip
from dataclasses import replace

import pytest
from flask import Flask

from att.app import build
from att.settings import Settings
from edge.assets import asset
from edge.headers import POLICY
from edge.permission import public


def test_every_answer_keeps_to_its_own_files(app: Flask) -> None:
    headers = app.test_client().get("/healthz").headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("address", "told"), [("https://att.example.gov.co", True), ("http://127.0.0.1:8080", False)])
def test_https_is_demanded_only_where_it_is_used(database: None, settings: Settings, address: str, told: bool) -> None:
    app = build(replace(settings, base_url=address))
    assert ("Strict-Transport-Security" in app.test_client().get("/healthz").headers) is told
    assert app.config["SESSION_COOKIE_SECURE"] is told


def test_a_request_keeps_its_name(app: Flask) -> None:
    response = app.test_client().get("/healthz", headers={"X-Request-ID": "pedido-00017"})
    assert response.headers["X-Request-ID"] == "pedido-00017"


def test_a_name_that_could_forge_a_log_is_replaced(app: Flask) -> None:
    given = "x" * 65
    assert app.test_client().get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


def long_page(app: Flask, length: int) -> None:
    app.add_url_rule("/larga", "larga", public(lambda: "ñ" * length))


def test_long_text_travels_compressed(own_app: Flask) -> None:
    long_page(own_app, 2000)
    response = own_app.test_client().get("/larga", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(response.data).decode() == "ñ" * 2000
    assert "Accept-Encoding" in response.headers["Vary"]


def test_short_text_does_not(own_app: Flask) -> None:
    long_page(own_app, 20)
    response = own_app.test_client().get("/larga", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


def test_whoever_does_not_accept_it_gets_it_plain(own_app: Flask) -> None:
    long_page(own_app, 2000)
    assert own_app.test_client().get("/larga").text == "ñ" * 2000


@pytest.fixture
def style(own_app: Flask, tmp_path) -> str:
    """A public file."""
    (tmp_path / "prueba.css").write_text("a { color: red }" * 200)
    own_app.static_folder = str(tmp_path)
    return "prueba.css"


def test_a_public_file_asked_for_by_content_is_kept_for_good(own_app: Flask, style: str) -> None:
    with own_app.test_request_context():
        address = asset(style)
    with own_app.test_client().get(address) as response:
        assert "immutable" in response.headers["Cache-Control"]


def test_a_public_file_asked_for_otherwise_is_checked_each_time(own_app: Flask, style: str) -> None:
    with own_app.test_client().get(f"/static/{style}?v=otra") as response:
        assert response.headers["Cache-Control"] == "no-cache"


def test_the_process_says_that_it_is_up(app: Flask) -> None:
    assert app.test_client().get("/healthz").text == "ok\n"


def test_a_database_without_its_tables_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("att.schema.revisions", lambda: ["0001", "0002"])
    response = app.test_client().get("/readyz")
    assert response.status_code == 503
    assert response.text == "La base de datos no está preparada: ejecute att init.\n"
