"""The whole application, and a browser that is signed in."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from att.app import build
from att.settings import Settings
from db import SYSTEM
from db import clock
from db import transaction
from directory import people
from directory import sessions
from directory.models import RoleGrant
from edge import identity
from engine import seal

SECRET = "k" * 40


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_SECRET_KEY": SECRET})


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The whole application; it keeps nothing between requests, so one serves every test of a process."""
    return build(Settings.from_env({"ATT_VAR": str(tmp_path_factory.mktemp("var")), "ATT_SECRET_KEY": SECRET}))


@pytest.fixture
def app(database: None, built_app: Flask) -> Flask:
    """The application on an empty database."""
    seal.use(SECRET)
    return built_app


@pytest.fixture
def own_app(database: None, settings: Settings) -> Flask:
    """An application of this test alone, which may change its settings and its routes."""
    return build(settings)


@pytest.fixture
def person_id(database: None) -> int:
    """Ana, who leads products."""
    with transaction() as session:
        person = people.add(session, "Ana Ruiz", by=SYSTEM, now=clock.now())
        grant = RoleGrant(person_id=person.id, role="technical_lead", scope_kind="national", since=date(2020, 1, 1))
        session.add(grant)
        return person.id


@pytest.fixture
def browser(app: Flask, person_id: int) -> FlaskClient:
    """Ana's browser, signed in."""
    return at_a_browser(app, person_id)


def at_a_browser(app: Flask, person_id: int) -> FlaskClient:
    """Somebody's browser, signed in to `app`."""
    with transaction() as session:
        token = sessions.open(session, person_id, now=clock.now())
    client = app.test_client()
    client.set_cookie(identity.COOKIE, token)
    return client
