"""A provider that does not answer, or not as one: a page that says so, and the password still opens."""

import socket
from datetime import timedelta

import pytest
from flask import Flask
from structlog.testing import CapturingLogger

from db import clock
from edge.oidc import installed
from edge.oidc import line
from edge.oidc import provider as places
from edge.oidc.declared import START_PAGE
from edge.oidc.declared import Provider as Declared
from tests.att.serving import free_port
from tests.edge.oidc.conftest import BASE
from tests.edge.oidc.conftest import Visitor
from tests.edge.oidc.provider import Provider


def says_so(visitor: Visitor, path: str) -> None:
    answer = visitor.client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "cuentas institucionales" in answer.get_data(as_text=True)
    assert visitor.client.get("/ingreso").status_code == 200


def test_a_silent_discovery(visitor: Visitor, provider: Provider, ana: int) -> None:
    provider.silent = {"/.well-known/openid-configuration"}
    says_so(visitor, START_PAGE)


def test_it_is_not_asked_again_at_once(
    visitor: Visitor, provider: Provider, ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.silent = {"/.well-known/openid-configuration"}
    for _ in range(3):
        says_so(visitor, START_PAGE)
    assert len(provider.asked) == 1
    provider.silent, now = set(), clock.now()
    monkeypatch.setattr("db.clock.now", lambda: now + timedelta(seconds=6))
    assert visitor.client.get(START_PAGE).status_code == 303


def test_who_waited_in_line_does_not_wait_for_the_same_silence(
    visitor: Visitor, provider: Provider, ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait for an answer is longer than the pause: the pause is counted from its end."""
    instants = [clock.now()]
    monkeypatch.setattr("db.clock.now", lambda: instants[-1])
    provider.silent = {"/.well-known/openid-configuration"}
    provider.meanwhile = lambda: instants.append(instants[-1] + timedelta(seconds=8))
    for _ in range(3):
        says_so(visitor, START_PAGE)
    assert len(provider.asked) == 1


@pytest.mark.parametrize("place", ["/token", "/keys"])
def test_a_silent_place_on_the_way_back(visitor: Visitor, provider: Provider, ana: int, place: str) -> None:
    address = visitor.identifies(visitor.leaves(), "ana")
    provider.silent = {place}
    says_so(visitor, address.removeprefix(BASE))
    assert not visitor.is_in


def test_a_silent_page_about_people(visitor: Visitor, provider: Provider, ana: int) -> None:
    provider.knows("ana", email="ana@dnp.gov.co")  # without groups, which are asked for there
    address = visitor.identifies(visitor.leaves(), "ana")
    provider.silent = {"/userinfo"}
    says_so(visitor, address.removeprefix(BASE))


def test_a_provider_that_is_not_there(app: Flask, visitor: Visitor) -> None:
    issuer = f"http://127.0.0.1:{free_port()}"
    installed.use(app, Declared(issuer=issuer, client_id="att", redirect_uri=f"{BASE}/x", left_uri=BASE))
    says_so(visitor, START_PAGE)


def test_a_provider_that_takes_the_call_and_says_nothing(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "ANSWERING", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        issuer = f"http://127.0.0.1:{mute.getsockname()[1]}"
        installed.use(app, Declared(issuer=issuer, client_id="att", redirect_uri=f"{BASE}/x", left_uri=BASE))
        says_so(visitor, START_PAGE)


@pytest.mark.parametrize(
    "published",
    [
        {"issuer": "https://otro.example"}, {"issuer": None}, {"token_endpoint": None}, {"jwks_uri": "file:///etc/x"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"userinfo_endpoint": ["https://x"]},
        {"end_session_endpoint": "data:x"},
    ],
)  # fmt: skip
def test_what_it_publishes_must_be_its_own_and_whole(
    visitor: Visitor, provider: Provider, ana: int, published: dict[str, object]
) -> None:
    provider.publishes = published
    says_so(visitor, START_PAGE)


def test_a_provider_elsewhere_is_spoken_to_over_tls_alone(
    visitor: Visitor, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "LOOPBACK", frozenset())
    says_so(visitor, START_PAGE)


def test_no_redirection_is_followed(visitor: Visitor, provider: Provider, ana: int) -> None:
    """It would carry the secret of the client to wherever it leads."""
    with line.Line() as asking, pytest.raises(Exception, match="no se entiende"):
        asking.read(f"{provider.url}/leave?post_logout_redirect_uri={provider.url}/keys")
    assert "/keys" not in provider.asked


def test_nothing_of_the_token_is_in_the_log(
    visitor: Visitor, provider: Provider, ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = CapturingLogger()
    monkeypatch.setattr("web.institutional.log", log)
    provider.spoil = lambda issued: "no es nada"
    visitor.enters("ana")
    said = str(log.calls)
    assert "institutional account refused" in said
    assert "signature" in said
    assert "ana@dnp" not in said
