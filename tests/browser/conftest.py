"""A real server and a real browser; whatever the browser complains about fails the test."""

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import BrowserContext
from playwright.sync_api import ConsoleMessage
from playwright.sync_api import Request
from playwright.sync_api import expect

from att.tables import metadata
from db import clock
from db import connect
from db import transaction
from directory import accounts
from directory import sessions
from edge import identity
from tests import browsers
from tests import databases
from tests.browser import house as houses
from tests.browser.desk import Desk
from tests.browser.house import House

HERE = "127.0.0.1"
PATIENCE = 10_000  # milliseconds; what a busy machine may take
expect.set_options(timeout=PATIENCE)

People = Callable[..., Desk]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here drives a browser, and is left out only where there is none (a failure in CI)."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.skipif(not browsers.CHROMIUM, reason="needs Debian's chromium"))


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """A computer in Colombia."""
    return {"locale": "es-CO", "timezone_id": "America/Bogota", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    """What the house is told besides: a module may say more."""
    return {}


@pytest.fixture(scope="module")
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, declared: dict[str, Any]
) -> Iterator[House]:
    """The application with its people, shared by the tests of a module."""
    accounts.hash_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    folder = tmp_path_factory.mktemp("house")
    on_sqlite = databases.kind() == "sqlite"
    url = "" if on_sqlite else request.getfixturevalue("postgresql_url")
    url = url or databases.copy_of(request.getfixturevalue("sqlite_template"), folder)
    with houses.opened(url, folder, **declared) as house:
        yield house
    accounts.hash_with(PasswordHasher())
    if not on_sqlite:
        engine = connect(url)
        with engine.begin() as connection:
            databases.empty(connection, metadata())
        engine.dispose()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser objected to: a script that failed, the security policy, a request to elsewhere."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext], house: House, complaints: list[str]) -> Callable[..., Desk]:
    """A browser of nobody in particular; the arguments are those of a Playwright context."""

    def somebody(username: str = "", **options: Any) -> Desk:
        context = new_context(base_url=house.url, **options)
        context.set_default_timeout(PATIENCE)
        listen(context, complaints)
        return Desk(context.new_page(), username)

    return somebody


@pytest.fixture
def people(visit: People) -> People:
    """Somebody signed in, at a browser of their own."""

    def signed_in(username: str, **options: Any) -> Desk:
        desk = visit(username, **options)
        desk.sign_in()
        return desk

    return signed_in


@pytest.fixture
def seated(visit: People, house: House) -> People:
    """Somebody who signed in earlier: the page opens at once."""

    def signed_in(username: str, **options: Any) -> Desk:
        desk = visit(username, **options)
        with transaction() as session:
            token = sessions.open(session, house.world.people[username], now=clock.now())
        desk.page.context.add_cookies([{"name": identity.COOKIE, "value": token, "url": house.url}])
        return desk

    return signed_in


def listen(context: BrowserContext, complaints: list[str]) -> None:
    """Write down what goes wrong on any page of `context`."""

    def said(message: ConsoleMessage) -> None:
        if "Security Policy" in message.text:
            complaints.append(message.text)

    def asked(request: Request) -> None:
        if urlsplit(request.url).hostname not in (HERE, None):
            complaints.append(f"request to {request.url}")

    context.on("console", said)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", asked)
