"""The application with a provider of identities, and people at their browsers."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from att.app import build
from att.settings import Settings
from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import people
from directory import sessions
from edge import identity
from edge.oidc import installed
from edge.oidc.declared import START_PAGE
from engine import seal
from tests.edge.conftest import SECRET as KEY
from tests.edge.oidc.provider import CLIENT
from tests.edge.oidc.provider import SECRET
from tests.edge.oidc.provider import Client
from tests.edge.oidc.provider import Provider
from tests.edge.oidc.provider import opened

BASE = "http://127.0.0.1:8080"


@pytest.fixture(scope="session")
def keys() -> list[RSAKey | ECKey]:
    """Two RSA keys and one on a curve; they take long to make."""
    return [
        RSAKey.generate_key(2048, {"kid": "uno"}),
        RSAKey.generate_key(2048, {"kid": "dos"}),
        ECKey.generate_key("P-256", {"kid": "tres"}),
    ]


@pytest.fixture(scope="session")
def served() -> Iterator[Provider]:
    """A provider on the loopback; authlib's server refuses plain HTTP unless it is told that it is a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with opened() as provider:
            yield provider


@pytest.fixture
def provider(served: Provider, keys: list[RSAKey | ECKey]) -> Provider:
    """The provider with its first key, and Ana and Julio at it."""
    served.forget(keys[0])
    served.client = Client(SECRET, [f"{BASE}{START_PAGE}/respuesta"])
    served.knows("ana", email="ana@dnp.gov.co", groups=["todos"])
    served.knows("julio", email="julio@dnp.gov.co")
    return served


def settings(folder: Any, issuer: str, **variables: str) -> Settings:
    """The settings of an installation whose people enter by `issuer`."""
    return Settings.from_env({
        "ATT_VAR": str(folder), "ATT_SECRET_KEY": KEY, "ATT_OIDC_ISSUER": issuer, "ATT_OIDC_CLIENT_ID": CLIENT,
        "ATT_OIDC_CLIENT_SECRET": SECRET, **variables,
    })  # fmt: skip


@pytest.fixture(scope="session")
def declared(served: Provider, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What the installation says of its provider."""
    return settings(tmp_path_factory.mktemp("var"), served.url)


@pytest.fixture(scope="session")
def built_app(declared: Settings) -> Flask:
    """The whole application, whose people may enter by the provider."""
    return build(declared)


@pytest.fixture
def app(database: None, provider: Provider, built_app: Flask, declared: Settings) -> Flask:
    """The application on an empty database, which has not asked the provider anything yet."""
    seal.use(KEY)
    installed.use(built_app, declared.oidc)
    return built_app


@pytest.fixture
def ana(app: Flask) -> int:
    """Ana, who is registered with her address and has no password."""
    return registered("Ana Ruiz", "ana@dnp.gov.co")


def registered(name: str, email: str) -> int:
    """Somebody without account and roles."""
    with transaction() as session:
        return people.add(session, name, email=email, by=SYSTEM, now=clock.now()).id


@dataclass
class Visitor:
    """Somebody at a browser: the pages of the application, and those of the provider."""

    client: FlaskClient
    outside: requests.Session = field(default_factory=requests.Session)

    def leaves(self, path: str = START_PAGE) -> str:
        """Go to the provider; returns the address there."""
        answer = self.client.get(path)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return str(answer.location)

    def identifies(self, address: str, username: str) -> str:
        """Be at the provider, which asks who it is unless it remembers; returns where it sends one back to."""
        answer = self.outside.get(address, allow_redirects=False)
        if answer.status_code == 200:
            answer = self.outside.post(address, {"username": username}, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def returns(self, address: str) -> TestResponse:
        """Come back from the provider."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}" == BASE
        return self.client.get(f"{parts.path}?{parts.query}")

    def enters(self, username: str = "ana", path: str = START_PAGE) -> TestResponse:
        """There and back."""
        return self.returns(self.identifies(self.leaves(path), username))

    @property
    def is_in(self) -> bool:
        """Whether the browser holds a session that opens something."""
        return bool(self.client.get("/api/v1/me").status_code == 200)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Visitor]:
    """A browser of nobody in particular."""
    somebody = Visitor(app.test_client())
    yield somebody
    somebody.outside.close()


def session_of(visitor: Visitor) -> Any:
    """The row of the session that the browser holds."""
    kept = visitor.client.get_cookie(identity.COOKIE)
    with reading() as session:
        return sessions.find(session, kept.value if kept else "", now=clock.now())
