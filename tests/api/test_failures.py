"""What goes wrong inside a request: each test has an application of its own, which it changes."""

import io
from pathlib import Path

import pytest
import structlog
from flask import Flask

from att.app import build
from att.settings import Settings
from db import transaction
from db.errors import Conflict
from directory.models import Region
from directory.models import RegionScheme
from edge.permission import public
from tests.api.conftest import SECRET
from tests.api.conftest import Api


@pytest.fixture
def app(database: None, tmp_path: Path) -> Flask:
    """An application of this test alone, which may change its settings and its routes."""
    return build(Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_SECRET_KEY": SECRET}))


def raising(app: Flask, error: Exception) -> None:
    """A route that fails with `error`."""

    @public
    def view() -> str:
        raise error

    app.add_url_rule("/api/v1/prueba", "prueba", view)


def test_too_much_is_413(api: Api, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    content = {"file": (io.BytesIO(b"%PDF-" + b"x" * 500), "acta.pdf")}
    api("ana")("POST", "/files", data=content, _expected_status=413)


def test_what_nobody_foresaw_is_answered_without_a_trace(api: Api, app: Flask) -> None:
    raising(app, RuntimeError("secret detail"))
    with structlog.testing.capture_logs() as logs:
        response = api("")("GET", "/prueba", _expected_status=500, headers={"X-Request-ID": "pedido-001"})
    text = response.get_data(as_text=True)
    assert response.json["request_id"] == "pedido-001"
    assert "secret" not in text
    assert "Traceback" not in text
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["unexpected_error"]


def writing(app: Flask, *rows: object) -> None:
    """A route that writes `rows`, which the database refuses."""

    @public
    def view() -> str:
        with transaction() as session:
            session.add_all(rows)
        return ""

    app.add_url_rule("/api/v1/prueba", "prueba", view)


def test_what_somebody_wrote_at_the_same_time_is_a_conflict(api: Api, app: Flask) -> None:
    twice = {"scheme_id": _scheme(), "name": "Andes"}
    writing(app, Region(**twice), Region(**twice))
    problem = api("")("GET", "/prueba", _expected_status=409).json
    assert problem["type"] == "urn:att:problem:simultaneous"


def test_a_broken_rule_of_the_database_is_our_mistake(api: Api, app: Flask) -> None:
    writing(app, Region(scheme_id=999, name="Andes"))
    assert "region" not in api("")("GET", "/prueba", _expected_status=500).text.lower()


def _scheme() -> int:
    with transaction() as session:
        row = RegionScheme(key="prueba", name="Regiones", region_count=1)
        session.add(row)
        session.flush()
        return row.id


def test_a_conflict_says_what_happened(api: Api, app: Flask) -> None:
    raising(app, Conflict("Ana la completó hace 2 minutos.", code="completed"))
    problem = api("")("GET", "/prueba", _expected_status=409).json
    assert problem["detail"] == "Ana la completó hace 2 minutos."
    assert problem["type"] == "urn:att:problem:completed"
