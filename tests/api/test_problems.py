"""How errors are answered, over the whole application."""

import io
import sqlite3
from pathlib import Path

import pytest
import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from att.app import build
from att.settings import Settings
from db import transaction
from db.errors import Conflict
from directory.models import Region
from directory.models import RegionScheme
from edge.permission import public
from tests.api.conftest import PASSWORD
from tests.api.conftest import SECRET
from tests.api.conftest import Api

MEMBERS = {"type", "title", "status", "detail", "instance", "request_id", "errors"}


@pytest.fixture
def own_app(database: None, tmp_path: Path) -> Flask:
    """An application of this test alone, which may change its settings and its routes."""
    return build(Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_SECRET_KEY": SECRET}))


def raising(app: Flask, error: Exception) -> None:
    """A route that fails with `error`."""

    @public
    def view() -> str:
        raise error

    app.add_url_rule("/api/v1/prueba", "prueba", view)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/me", 401),
        ("GET", "/nada", 404),
        ("GET", "/tasks/99999999999999999999", 404),
        ("PUT", "/me", 405),
        ("GET", "/portfolio?limit=0", 422),
        ("GET", "/portfolio?cursor=zzz", 422),
        ("GET", "/portfolio/ATT-0000-000", 404),
    ],
)
def test_problems_have_one_shape(api: Api, method: str, path: str, status: int) -> None:
    response = api("")(method, path, _expected_status=status)
    assert response.content_type == "application/problem+json"
    assert response.json.keys() == MEMBERS
    assert response.json["status"] == status


def test_a_method_that_is_not_allowed_says_which_are(api: Api) -> None:
    assert "GET" in api("")("PUT", "/me", _expected_status=405).headers["Allow"]


def test_bad_json_is_400(api: Api) -> None:
    api("")("POST", "/tokens", data="{", content_type="application/json", _expected_status=400)


def test_arguments_are_refused_in_spanish(api: Api) -> None:
    problem = api("")("POST", "/tokens", json={"otra": 1}, _expected_status=422).json
    found = {error["path"]: error["message"] for error in problem["errors"]}
    assert found["username"] == "Falta este dato."
    assert found["otra"] == "Este dato no se espera."


def test_too_much_is_413(api: Api, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    content = {"file": (io.BytesIO(b"%PDF-" + b"x" * 500), "acta.pdf")}
    api("ana")("POST", "/files", data=content, _expected_status=413)


def test_a_role_that_may_not_is_refused_in_words(api: Api) -> None:
    assert "permiso" in api("mesa")("GET", "/incidents", _expected_status=403).json["detail"]


def test_a_revoked_token_no_longer_counts(api: Api) -> None:
    api("ana")("DELETE", "/tokens/current", _expected_status=204)
    api("ana")("GET", "/me", _expected_status=401)


def test_a_token_is_given_for_a_password(api: Api) -> None:
    known = api("ana")
    sent = {"username": "ana", "password": PASSWORD}
    token = api("")("POST", "/tokens", json=sent, _expected_status=201).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert api("")("GET", "/me", headers=headers).json["person_id"] == known.person_id


def test_a_wrong_password_is_counted(api: Api) -> None:
    api("ana")
    sent = {"username": "ana", "password": "otra cosa del todo"}
    for _ in range(5):
        api("")("POST", "/tokens", json=sent, _expected_status=401)
    right = {"username": "ana", "password": PASSWORD}
    assert "intentos" in api("")("POST", "/tokens", json=right, _expected_status=401).json["detail"]


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


def test_a_lost_database_is_503(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = api("ana")

    def lost(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, sqlite3.OperationalError("gone"))

    monkeypatch.setattr("sqlalchemy.orm.Session.scalars", lost)
    response = caller("GET", "/me", _expected_status=503)
    assert response.headers["Retry-After"] == "5"


def test_a_lost_database_still_makes_a_page(app: Flask, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    client.set_cookie("att_session", "cualquiera")

    def lost(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, sqlite3.OperationalError("gone"))

    monkeypatch.setattr("sqlalchemy.orm.Session.scalars", lost)
    response = client.get("/bandeja")
    assert response.status_code == 503
    assert response.mimetype == "text/html"
