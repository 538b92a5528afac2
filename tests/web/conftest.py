"""A browser for each person, on the whole application with its built-in processes."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask import session as kept_by_cookie
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

import workflows
from att.app import build
from att.settings import Settings
from db import clock
from db import transaction
from directory import accounts
from directory import sessions
from directory.models import Person
from edge import identity
from tests.snapshots import Stage
from tests.tracking import factories
from tests.web import world as worlds
from tests.web.world import World

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """Somebody at a browser without JavaScript; every step says which status it expects."""

    client: FlaskClient
    token: str = ""

    def enter(self, username: str) -> None:
        """Begin a session as the page of entrance does, without asking for that page: it has tests of its own."""
        with transaction() as session:
            account = accounts.find(session, username)
            assert account, f"nobody is called {username}"
            cookie = sessions.open(
                session, account.person_id, address="127.0.0.1", user_agent="pytest", now=clock.now()
            )
        self.client.set_cookie(identity.COOKIE, cookie)
        with self.client.application.test_request_context(), self.client.session_transaction() as kept:
            self.token = generate_csrf()
            kept.update(kept_by_cookie)

    def get(self, path: str, status: int = 200) -> str:
        """The page at `path`, with its entities read."""
        return self._read(self.client.get(path), status)

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 303) -> TestResponse:
        """Send a form with the protection token of the last page."""
        response = self.client.post(path, data={"csrf_token": self.token, **(data or {})})
        self._read(response, status)
        return response

    def _read(self, response: TestResponse, status: int) -> str:
        text = response.get_data(as_text=True)
        assert response.status_code == status, f"{response.status_code} {response.location} {text[:3000]}"
        assert " object at 0x" not in text, "a page says how the program calls something"
        found = TOKEN.search(text)
        self.token = found.group(1) if found else self.token
        return unescape(text)


Browse = Callable[[str], Browser]


@pytest.fixture(autouse=True, scope="session")
def quick_hashing() -> Iterator[None]:
    """Passwords are hashed with the least work that argon2 allows."""
    accounts.hash_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    accounts.hash_with(PasswordHasher())


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The whole application; it keeps nothing between requests, so one serves every test of a process."""
    folder = tmp_path_factory.mktemp("var")
    app = build(Settings.from_env({"ATT_VAR": str(folder), "ATT_SECRET_KEY": "k" * 40}))
    app.testing = True
    return app


@pytest.fixture
def app(database: None, built_app: Flask) -> Flask:
    """The application on this test's database."""
    return built_app


@pytest.fixture
def world(app: Flask, snapshot: Stage) -> World:
    """People, entities and processes."""
    workflows.register()
    return deepcopy(snapshot("world", worlds.build))


@pytest.fixture
def browse(app: Flask, world: World, request: pytest.FixtureRequest) -> Browse:
    """Sign somebody in; an empty name is a visitor. Where the test has a plan, it is there before they come."""
    if "plan" in request.fixturenames:
        request.getfixturevalue("plan")

    def signed_in(username: str = "") -> Browser:
        browser = Browser(app.test_client())
        if username:
            browser.enter(username)
        return browser

    return signed_in


@pytest.fixture
def plan(world: World, snapshot: Stage) -> int:
    """A plan of 2026 in the first entity, which consents, with its advisor and its execution open."""

    def build() -> int:
        with transaction() as session:
            lead, advisor = (session.get_one(Person, world.people[name]) for name in ("lider", "asesor"))
            product = factories.product(session, lead, world.unit_id, clock.now())
            return factories.plan(session, product, world.entities[0], clock.now(), advisor=advisor).id

    return snapshot("plan", build)
