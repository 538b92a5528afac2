"""How errors are answered, over the whole application."""

import sqlite3

import pyotp
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from db import SYSTEM
from db import clock
from db import settings
from db import transaction
from directory import grants
from directory import second_factor
from tests.api.conftest import PASSWORD
from tests.api.conftest import Api

MEMBERS = {"type", "title", "status", "detail", "instance", "request_id", "errors"}


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


def test_a_token_asks_for_the_code_of_the_telephone(api: Api) -> None:
    person_id, sent = api("ana").person_id, {"username": "ana", "password": PASSWORD}
    with transaction() as session:
        telephone = pyotp.TOTP(second_factor.begin(session, person_id, now=clock.now()).secret)
        codes = second_factor.confirm(session, person_id, telephone.now(), by=SYSTEM, now=clock.now())
    problem = api("")("POST", "/tokens", json=sent, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["code"]
    api("")("POST", "/tokens", json={**sent, "code": "000000"}, _expected_status=401)
    api("")("POST", "/tokens", json={**sent, "code": codes[0]}, _expected_status=201)
    for _ in range(5):
        api("")("POST", "/tokens", json={**sent, "code": codes[0]}, _expected_status=401)
    api("")("POST", "/tokens", json={**sent, "code": codes[1]}, _expected_status=429)


def test_who_must_have_a_second_step_begins_with_it_on_the_pages(api: Api) -> None:
    api("ana")
    with transaction() as session:
        settings.put(session, second_factor.KEY, True, by=SYSTEM, now=clock.now())
        grants.add(session, api("ana").person_id, "der_reviewer", by=SYSTEM, now=clock.now())
    sent = {"username": "ana", "password": PASSWORD}
    assert "second-step" in api("")("POST", "/tokens", json=sent, _expected_status=403).json["type"]


def test_a_wrong_password_is_counted(api: Api) -> None:
    api("ana")
    sent = {"username": "ana", "password": "otra cosa del todo"}
    for _ in range(5):
        api("")("POST", "/tokens", json=sent, _expected_status=401)
    right = {"username": "ana", "password": PASSWORD}
    assert "intentos" in api("")("POST", "/tokens", json=right, _expected_status=429).json["detail"]


def test_a_lost_database_is_503(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = api("ana")

    def lost(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, sqlite3.OperationalError("gone"))

    monkeypatch.setattr("sqlalchemy.orm.Session.connection", lost)
    response = caller("GET", "/me", _expected_status=503)
    assert response.headers["Retry-After"] == "5"


def test_a_lost_database_still_makes_a_page(app: Flask, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    client.set_cookie("att_session", "cualquiera")

    def lost(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, sqlite3.OperationalError("gone"))

    monkeypatch.setattr("sqlalchemy.orm.Session.connection", lost)
    response = client.get("/bandeja")
    assert response.status_code == 503
    assert response.mimetype == "text/html"
