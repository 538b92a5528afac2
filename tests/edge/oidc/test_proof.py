"""The second step, and the proof before acts of weight, for who enters with the institutional account."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import pyotp
import pytest
from werkzeug.test import TestResponse

from db import SYSTEM
from db import clock
from db import reading
from db import settings
from db import transaction
from directory import accounts
from directory import grants
from directory import identities
from directory import people
from directory import sealed
from directory import second_factor
from directory import sessions
from edge import identity
from edge.oidc import installed
from edge.oidc.declared import PROOF_PAGE
from tests.edge.conftest import SECRET
from tests.edge.oidc.conftest import Visitor
from tests.edge.oidc.conftest import registered
from tests.edge.oidc.conftest import session_of
from tests.edge.oidc.provider import Provider
from tests.edge.oidc.test_tokens import says

HOUR = timedelta(hours=1)
NEW = {"name": "Inés Mora", "email": "ines@dnp.gov.co"}


@pytest.fixture
def root(ana: int) -> int:
    """Ana, who administers the system."""
    with transaction() as session:
        grants.add(session, ana, "administrator", by=SYSTEM, now=clock.now())
    return ana


def enrol(person_id: int) -> pyotp.TOTP:
    """Give somebody a second step; returns their telephone."""
    sealed.use(SECRET)
    with transaction() as session:
        telephone = pyotp.TOTP(second_factor.begin(session, person_id, now=clock.now()).secret)
        second_factor.confirm(session, person_id, telephone.at(clock.now()), by=SYSTEM, now=clock.now())
    return telephone


def later(monkeypatch: pytest.MonkeyPatch, after: timedelta) -> None:
    now = clock.now()
    monkeypatch.setattr("db.clock.now", lambda: now + after)


def register(visitor: Visitor, **more: str) -> TestResponse:
    """Do what gives powers: register a person."""
    page = visitor.client.get("/personas/nueva").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    return visitor.client.post("/personas/nueva", data={"csrf_token": token[1], "key": "k" * 20, **NEW, **more})


def is_registered() -> bool:
    with reading() as session:
        return people.find(session, NEW["email"]) is not None


def counts(visitor: Visitor, *values: str) -> None:
    """Let these values of `amr` or `acr` count as a second step."""
    app = visitor.client.application
    connection = installed.of(app)
    assert connection
    installed.use(app, replace(connection.provider, second_step=frozenset(values)))


# --- The second step ---


def test_who_has_a_second_step_here_is_asked_for_it(visitor: Visitor, ana: int) -> None:
    telephone = enrol(ana)
    assert visitor.enters(path="/ingreso/institucional?siguiente=/personas").location == (
        "/ingreso/codigo?siguiente=%2Fpersonas"
    )
    assert not visitor.is_in
    page = visitor.client.get("/ingreso/codigo").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    code = telephone.at(clock.now() + timedelta(seconds=30))
    visitor.client.post("/ingreso/codigo", data={"csrf_token": token[1], "code": code})
    assert visitor.is_in


@pytest.mark.parametrize(
    ("claims", "asked"),
    [
        ({"amr": ["pwd", "mfa"]}, False), ({"acr": "gold"}, False), ({"amr": ["pwd"]}, True), ({"acr": "silver"}, True),
        ({}, True), ({"amr": "mfa"}, True), ({"amr": [["mfa"]]}, True), ({"acr": ["gold"]}, True),
    ],
)  # fmt: skip
def test_the_provider_may_prove_it(
    visitor: Visitor, provider: Provider, ana: int, claims: dict[str, Any], asked: bool
) -> None:
    enrol(ana)
    counts(visitor, "mfa", "gold")
    provider.spoil = says(**claims)
    answer = visitor.enters()
    if claims.get("amr") == "mfa":  # what is not written as the standard says is refused whole
        assert answer.status_code == 400
    assert visitor.is_in is not asked


def test_what_the_provider_says_counts_for_nothing_unless_the_installation_says_so(
    visitor: Visitor, provider: Provider, ana: int
) -> None:
    enrol(ana)
    provider.spoil = says(amr=["mfa"])
    visitor.enters()
    assert not visitor.is_in


def test_those_of_whom_it_is_demanded_begin_with_it(visitor: Visitor, provider: Provider, root: int) -> None:
    with transaction() as session:
        settings.put(session, second_factor.KEY, True, by=SYSTEM, now=clock.now())
    visitor.enters()
    assert visitor.client.get("/personas").location == "/mi-cuenta/segundo-paso"
    counts(visitor, "mfa")
    provider.spoil = says(amr=["mfa"])
    visitor.client.delete_cookie(identity.COOKIE)
    visitor.enters()
    assert visitor.client.get("/personas").status_code == 200


# --- The proof ---


def test_who_just_identified_themselves_there_is_not_asked(visitor: Visitor, root: int) -> None:
    visitor.enters()
    assert register(visitor).status_code == 303
    assert is_registered()


def ago(after: timedelta) -> Callable[[Any], str]:
    """A token of somebody whom the provider remembered since then."""
    return lambda issued: says(auth_time=int((clock.now() - after).timestamp()))(issued)


@pytest.mark.parametrize("spoil", [ago(HOUR), says(auth_time=None), says(auth_time=True)])
def test_that_the_provider_remembers_somebody_is_no_proof(
    visitor: Visitor, provider: Provider, root: int, spoil: Callable[[Any], str]
) -> None:
    provider.spoil = spoil
    visitor.enters()
    answer = register(visitor)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert PROOF_PAGE in page
    assert 'value="Inés Mora"' in page
    assert 'name="proof"' not in page, "there is no password to ask for"
    assert not is_registered()


def test_a_provider_that_speaks_of_the_future_proves_no_more_than_now(
    visitor: Visitor, provider: Provider, root: int
) -> None:
    provider.spoil = ago(-HOUR)
    visitor.enters()
    assert session_of(visitor).proved_at <= clock.now()


def test_identifying_oneself_there_again_is_a_proof(
    visitor: Visitor, provider: Provider, root: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.enters()
    later(monkeypatch, HOUR)
    assert register(visitor).status_code == 403
    insisted = register(visitor, proof_outside="si")
    assert "Todavía no consta" in insisted.get_data(as_text=True)
    address = visitor.leaves(PROOF_PAGE)
    asked = parse_qs(urlsplit(address).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    answer = visitor.returns(visitor.identifies(address, "ana"))
    assert answer.status_code == 200
    assert "confirmó que es usted" in answer.get_data(as_text=True)
    assert register(visitor, proof_outside="si").status_code == 303
    assert is_registered()


def test_a_provider_that_did_not_ask_again_proves_nothing(
    visitor: Visitor, provider: Provider, root: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.enters()
    later(monkeypatch, HOUR)
    for spoil in (ago(HOUR), ago(timedelta(minutes=2)), says(auth_time=None)):
        provider.spoil = spoil
        assert visitor.enters(path=PROOF_PAGE).status_code == 400
        assert register(visitor).status_code == 403


def test_somebody_else_proves_nothing(
    visitor: Visitor, provider: Provider, root: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds a session open cannot confirm with their own account, be it registered or not."""
    julio = registered("Julio Peña", "julio@dnp.gov.co")
    visitor.enters()
    later(monkeypatch, HOUR)
    answer = visitor.enters("julio", path=PROOF_PAGE)
    assert answer.status_code == 400
    assert "no es la de la persona" in answer.get_data(as_text=True)
    assert register(visitor).status_code == 403
    with reading() as session:
        assert identities.of(session, julio) == []
    assert visitor.client.get("/api/v1/me").json["person_id"] == root


def test_a_proof_is_of_the_session_that_asked_for_it(
    visitor: Visitor, root: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.enters()
    later(monkeypatch, HOUR)
    address = visitor.identifies(visitor.leaves(PROOF_PAGE), "ana")
    with transaction() as session:
        other = sessions.open(session, root, proved_at=clock.now() - HOUR, now=clock.now())
    visitor.client.set_cookie(identity.COOKIE, other)
    assert visitor.returns(address).status_code == 400
    assert register(visitor).status_code == 403


def test_a_proof_opens_no_session(visitor: Visitor, root: int) -> None:
    visitor.enters()
    address = visitor.identifies(visitor.leaves(PROOF_PAGE), "ana")
    visitor.client.delete_cookie(identity.COOKIE)
    answer = visitor.returns(address)
    assert (answer.status_code, visitor.is_in) == (303, False)
    assert answer.location.startswith("/ingreso")


def test_who_has_a_code_proves_with_the_code(
    visitor: Visitor, provider: Provider, root: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    telephone = enrol(root)
    counts(visitor, "mfa")
    provider.spoil = says(amr=["mfa"])
    visitor.enters()
    later(monkeypatch, HOUR)
    page = register(visitor).get_data(as_text=True)
    assert PROOF_PAGE not in page
    assert register(visitor, proof="000000").status_code == 403
    assert register(visitor, proof=telephone.at(clock.now())).status_code == 303


def test_who_has_a_password_too_may_choose(
    visitor: Visitor, provider: Provider, root: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "una clave bastante larga"
    with transaction() as session:
        accounts.create(session, root, "ana", password, by=SYSTEM, now=clock.now())
    visitor.enters()
    later(monkeypatch, HOUR)
    page = register(visitor).get_data(as_text=True)
    assert PROOF_PAGE in page
    assert 'name="proof"' in page
    assert register(visitor, proof=password, proof_outside="si").status_code == 303


def test_a_telephone_is_named_by_the_address_of_who_has_no_username(visitor: Visitor, ana: int) -> None:
    sealed.use(SECRET)
    with transaction() as session:
        address = second_factor.begin(session, ana, now=clock.now()).address
    assert "ana%40dnp.gov.co" in address
