"""A browser for each person, on the whole application with its built-in processes."""

import re
from collections.abc import Callable
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from att.app import build
from att.settings import Settings
from att.tables import metadata
from db import connect
from directory import accounts
from tests import databases
from tests.web import world as worlds
from tests.web.world import World

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """Somebody at a browser without JavaScript; every step says which status it expects."""

    client: FlaskClient
    token: str = ""

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


@dataclass(frozen=True)
class Built:
    """A world that was built once: its database, and the ids in it."""

    path: Path
    world: World


@pytest.fixture(scope="session")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, quick_hashing: None) -> Built:
    """The world in a SQLite file, built once per process and copied for each test."""
    folder = tmp_path_factory.mktemp("world")
    engine = connect(databases.copy_of(sqlite_template, folder))
    world = worlds.build()
    engine.dispose()
    return Built(folder / "att.db", world)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the world is; on PostgreSQL an empty database, which `world` fills."""
    if databases.kind() == "sqlite":
        yield databases.copy_of(request.getfixturevalue("built").path, tmp_path)
        return
    url = request.getfixturevalue("postgresql_url")
    yield url
    engine = connect(url)
    with engine.begin() as connection:
        databases.empty(connection, metadata())
    engine.dispose()


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
def world(app: Flask, request: pytest.FixtureRequest) -> World:
    """People, entities and processes."""
    if databases.kind() == "sqlite":
        once: Built = request.getfixturevalue("built")
        return deepcopy(once.world)
    return worlds.build()


@pytest.fixture
def browse(app: Flask, world: World) -> Browse:
    """Sign somebody in; an empty name is a visitor."""

    def signed_in(username: str = "") -> Browser:
        browser = Browser(app.test_client())
        if username:
            browser.get("/ingreso")
            browser.post("/ingreso", {"username": username, "password": worlds.PASSWORD})
        return browser

    return signed_in
