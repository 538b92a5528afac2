"""Tokens that are wrong in one way each: nobody enters with any of them."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import RSAKey

from db import clock
from tests.edge.oidc.conftest import Visitor
from tests.edge.oidc.provider import Issued
from tests.edge.oidc.provider import Key
from tests.edge.oidc.provider import Provider

Spoil = Callable[[Issued], str]


def says(**claims: Any) -> Spoil:
    """A token that says this; what is None it does not say."""

    def spoil(issued: Issued) -> str:
        said = {name: value for name, value in {**issued.claims, **claims}.items() if value is not None}
        return replace(issued, claims=said).signed()

    return spoil


def headed(**header: Any) -> Spoil:
    """A token whose header says this."""

    def spoil(issued: Issued) -> str:
        said = {name: value for name, value in {**issued.header, **header}.items() if value is not None}
        return replace(issued, header=said).signed()

    return spoil


def seconds(count: int) -> int:
    """So many seconds from now."""
    return int((clock.now() + timedelta(seconds=count)).timestamp())


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def part(content: Any) -> str:
    return encoded(json.dumps(content).encode())


def unsigned(alg: str) -> Spoil:
    """A token without signature, whose header says so in one of the ways there are."""
    return lambda issued: f"{part({**issued.header, 'alg': alg})}.{part(issued.claims)}."


def with_the_public_key_as_secret(issued: Issued) -> str:
    """HS256 with what everybody knows: a verifier that asks the token how it was signed takes it."""
    assert isinstance(issued.key, RSAKey)
    told = f"{part({**issued.header, 'alg': 'HS256'})}.{part(issued.claims)}"
    return f"{told}.{encoded(hmac.digest(issued.key.as_pem(private=False), told.encode(), 'sha256'))}"


def by_hand(**header: Any) -> Spoil:
    """Signed as it should be, with a header that no library writes."""

    def spoil(issued: Issued) -> str:
        assert isinstance(issued.key, RSAKey)
        assert issued.key.private_key
        told = f"{part({**issued.header, **header})}.{part(issued.claims)}"
        return f"{told}.{encoded(issued.key.private_key.sign(told.encode(), PKCS1v15(), SHA256()))}"

    return spoil


def of_another_key(issued: Issued) -> str:
    """The right name, and a key that the provider does not have."""
    return replace(issued, key=RSAKey.generate_key(2048, {"kid": issued.key.kid})).signed()


def changed_after_signing(issued: Issued) -> str:
    head, _, signature = issued.signed().split(".")
    return f"{head}.{part({**issued.claims, 'sub': 'sub-julio'})}.{signature}"


def with_its_own_key(issued: Issued) -> str:
    """The header brings the key with which to verify it."""
    own = RSAKey.generate_key(2048)
    header = {**issued.header, "jwk": own.as_dict(private=False)}
    return replace(issued, header=header, key=own).signed()


WRONG: dict[str, Spoil] = {
    "nonce of another": says(nonce="otro"),
    "no nonce": says(nonce=None),
    "audience": says(aud="otra-aplicacion"),
    "audience, though it names who asked": says(aud="otra-aplicacion", azp="att"),
    "audiences without us": says(aud=["otra", "otra-aplicacion"], azp="att"),
    "no audience": says(aud=None),
    "several audiences, none named": says(aud=["att", "otra-aplicacion"]),
    "authorized party": says(aud=["att", "otra-aplicacion"], azp="otra-aplicacion"),
    "authorized party though alone": says(azp="otra-aplicacion"),
    "issuer": says(iss="https://otro.example"),
    "issuer with a slash": lambda issued: says(iss=f"{issued.claims['iss']}/")(issued),
    "no issuer": says(iss=None),
    "expired": lambda issued: says(exp=seconds(-61), iat=seconds(-400))(issued),
    "never expires": says(exp=None),
    "expires in words": says(exp="mañana"),
    "not yet valid": lambda issued: says(nbf=seconds(90))(issued),
    "of the future": lambda issued: says(iat=seconds(90))(issued),
    "no instant": says(iat=None),
    "no subject": says(sub=None),
    "blank subject": says(sub=" "),
    "empty subject": says(sub=""),
    "subject that is no text": says(sub=7),
    "endless subject": says(sub="s" * 256),
    "subject that cannot be kept": says(sub="sub\x00ana"),
    "hash of another access token": says(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg empty": unsigned(""),
    "HS256 with the public key": with_the_public_key_as_secret,
    "another key of the same name": of_another_key,
    "changed after it was signed": changed_after_signing,
    "a key of its own": with_its_own_key,
    "unknown kid": headed(kid="desconocida"),
    "kid that is no text": lambda issued: f"{part({**issued.header, 'kid': 7})}.{part(issued.claims)}.AAAA",
    "what must be understood": by_hand(crit=["algo"], algo="otro"),
    "alg of another kind of key": lambda issued: f"{part({**issued.header, 'alg': 'ES256'})}.{part({})}.AAAA",
    "no token": lambda issued: "",
    "no token at all": lambda issued: "no es nada",
    "claims that are a list": lambda issued: f"{part(issued.header)}.{part([])}.AAAA",
}  # fmt: skip


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG.keys())
def test_nobody_enters_with_a_wrong_token(visitor: Visitor, provider: Provider, ana: int, spoil: Spoil) -> None:
    provider.spoil = spoil
    answer = visitor.enters()
    assert answer.status_code == 400
    assert "no se pudo comprobar" in answer.get_data(as_text=True)
    assert not visitor.is_in


RIGHT: dict[str, Spoil] = {
    "audience as text": says(aud="att"),
    "several audiences and who asked": says(aud=["att", "otra-aplicacion"], azp="att"),
    "clock that is behind": lambda issued: says(exp=seconds(-30))(issued),
    "clock that is ahead": lambda issued: says(iat=seconds(30), nbf=seconds(30))(issued),
    "no name of the key, where there is one": headed(kid=None),
    "a header that we do not know": by_hand(x5t="abc", algo="otro"),
    "no hash of the access token": says(at_hash=None),
    "RS512": headed(alg="RS512"),
}  # fmt: skip


@pytest.mark.parametrize("spoil", RIGHT.values(), ids=RIGHT.keys())
def test_a_token_may_be_written_in_many_ways(visitor: Visitor, provider: Provider, ana: int, spoil: Spoil) -> None:
    provider.spoil = spoil if spoil is not RIGHT["RS512"] else lambda issued: headed(alg="RS512")(without_hash(issued))
    assert visitor.enters().status_code == 303
    assert visitor.is_in


def without_hash(issued: Issued) -> Issued:
    """Its hash was made for another algorithm."""
    return replace(issued, claims={name: value for name, value in issued.claims.items() if name != "at_hash"})


def test_a_new_key_is_fetched_when_a_token_names_it(
    visitor: Visitor, provider: Provider, ana: int, keys: list[Key], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert visitor.enters().status_code == 303
    provider.keys, now = [keys[1]], clock.now()
    monkeypatch.setattr("db.clock.now", lambda: now + timedelta(seconds=31))
    visitor.client.delete_cookie("att_session")
    assert visitor.enters().status_code == 303
    assert provider.asked.count("/keys") == 2


def test_keys_are_not_fetched_for_every_name_that_somebody_invents(
    visitor: Visitor, provider: Provider, ana: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.spoil = headed(kid="inventada")
    for _ in range(4):
        assert visitor.enters().status_code == 400
    assert provider.asked.count("/keys") == 1
    now = clock.now()
    monkeypatch.setattr("db.clock.now", lambda: now + timedelta(seconds=31))
    for _ in range(4):
        visitor.enters()
    assert provider.asked.count("/keys") == 2


def test_a_key_that_was_taken_back_serves_no_more(
    visitor: Visitor, provider: Provider, ana: int, keys: list[Key], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What leaked is taken out of what the provider publishes; an hour later at most nobody is taken in by it."""
    visitor.enters()
    old, now = keys[0], clock.now()
    provider.keys = [keys[1]]
    monkeypatch.setattr("db.clock.now", lambda: now + timedelta(hours=1))
    provider.spoil = lambda issued: replace(issued, header={**issued.header, "kid": "uno"}, key=old).signed()
    visitor.client.delete_cookie("att_session")
    assert visitor.enters().status_code == 400


def test_what_the_provider_publishes_is_not_asked_for_each_time(visitor: Visitor, provider: Provider, ana: int) -> None:
    for _ in range(3):
        visitor.client.delete_cookie("att_session")
        assert visitor.enters().status_code == 303
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert provider.asked.count("/keys") == 1


def test_a_token_without_the_name_of_its_key_is_refused_where_there_are_several(
    visitor: Visitor, provider: Provider, ana: int, keys: list[Key]
) -> None:
    provider.keys = [keys[0], keys[1]]
    provider.spoil = headed(kid=None)
    assert visitor.enters().status_code == 400


def test_a_key_for_encrypting_verifies_nothing(visitor: Visitor, provider: Provider, ana: int, keys: list[Key]) -> None:
    provider.uses = "enc"
    assert visitor.enters().status_code == 400
