"""Who asks, and protection against forged requests."""

import threading

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask import Response
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from db import SYSTEM
from db import clock
from db import transaction
from directory import accounts
from directory import people
from directory import tokens
from edge import identity
from edge.errors import NotIdentified
from edge.permission import public
from tests.edge.conftest import at_a_browser

PASSWORD = "una clave bastante larga"


def bearer(person_id: int) -> dict[str, str]:
    with transaction() as session:
        issued = tokens.issue(session, person_id, "pruebas", by=SYSTEM, now=clock.now())
    return {"Authorization": f"Bearer {issued.secret}"}


def test_a_page_sends_strangers_to_sign_in(app: Flask) -> None:
    response = app.test_client().get("/bandeja?q=plan")
    assert response.status_code == 303
    assert response.location == "/ingreso?siguiente=%2Fbandeja%3Fq%3Dplan"


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(app: Flask) -> None:
    response = app.test_client().get("/bandeja", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/ingreso?siguiente=%2Fbandeja"


def test_the_cookie_says_who_asks(browser: FlaskClient, person_id: int) -> None:
    assert browser.get("/api/v1/me").json["person_id"] == person_id


def test_an_unknown_cookie_is_nobody(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("att_session", "inventada")
    assert client.get("/api/v1/me").status_code == 401


def test_a_disabled_person_is_out_at_once(browser: FlaskClient, person_id: int) -> None:
    with transaction() as session:
        people.disable(session, person_id, by=SYSTEM, now=clock.now())
    assert browser.get("/api/v1/me").status_code == 401


def test_a_cookie_alone_cannot_change_anything(browser: FlaskClient) -> None:
    sent = {"kind": "vacaciones", "since": "2027-01-04", "until": "2027-01-05"}
    response = browser.post("/api/v1/absences", json=sent)
    assert response.status_code == 400
    assert "Vuelva a cargarla" in response.json["detail"]


def test_a_cookie_with_the_header_may(own_app: Flask, person_id: int) -> None:
    browser = at_a_browser(own_app, person_id)
    sent = {"kind": "vacaciones", "since": "2027-01-04", "until": "2027-01-05"}
    response = browser.post("/api/v1/absences", json=sent, headers={"X-CSRF-Token": csrf_token(own_app, browser)})
    assert response.status_code == 201


def test_a_token_needs_no_header(app: Flask, person_id: int) -> None:
    response = app.test_client().delete("/api/v1/tokens/current", headers=bearer(person_id))
    assert response.status_code == 204


def test_a_token_beside_a_cookie_needs_no_header(browser: FlaskClient, person_id: int) -> None:
    assert browser.delete("/api/v1/tokens/current", headers=bearer(person_id)).status_code == 204


def csrf_token(app: Flask, browser: FlaskClient) -> str:

    app.add_url_rule("/señal", "señal", public(lambda: generate_csrf()))
    return browser.get("/señal").text


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(app: Flask, person_id: int) -> None:
    cookie = signed_in(app, person_id).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_out_ends_the_session(app: Flask, person_id: int) -> None:
    token = signed_in(app, person_id).headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    with app.test_request_context(headers={"Cookie": f"{identity.COOKIE}={token}"}):
        identity.sign_out(Response())
    client = app.test_client()
    client.set_cookie(identity.COOKIE, token)
    assert client.get("/api/v1/me").status_code == 401


def test_a_wrong_password_opens_no_session(app: Flask, person_id: int) -> None:
    enrolled(person_id)
    with app.test_request_context(), pytest.raises(NotIdentified):
        identity.sign_in(Response(), "ana", "otra cosa del todo")


def enrolled(person_id: int) -> None:
    with transaction() as session:
        accounts.create(session, person_id, "ana", PASSWORD, by=SYSTEM, now=clock.now())


def signed_in(app: Flask, person_id: int) -> Response:
    enrolled(person_id)
    response = Response()
    with app.test_request_context():
        identity.sign_in(response, "ana", PASSWORD)
    return response


class Unhurried(PasswordHasher):
    """Notes whether others could write while a password was checked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.others_wrote: list[bool] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        thread = threading.Thread(target=self._write, daemon=True)
        thread.start()
        thread.join(timeout=5)
        self.others_wrote.append(not thread.is_alive())
        return super().verify(hash, password)

    def _write(self) -> None:
        with transaction():
            pass


@pytest.mark.parametrize("password", [PASSWORD, "otra cosa del todo"])
def test_others_write_while_a_password_is_checked(app: Flask, person_id: int, password: str) -> None:
    enrolled(person_id)
    before, hasher = accounts._Hashing.hasher, Unhurried()
    accounts.hash_with(hasher)
    app.test_client().post("/api/v1/tokens", json={"username": "ana", "password": password})
    accounts.hash_with(before)
    assert hasher.others_wrote == [True]


def test_too_many_failures_say_when_to_try_again(app: Flask, person_id: int) -> None:
    enrolled(person_id)
    client, wrong = app.test_client(), {"username": "ana", "password": "otra cosa del todo"}
    assert [client.post("/api/v1/tokens", json=wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    refused = client.post("/api/v1/tokens", json={**wrong, "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
