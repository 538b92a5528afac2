"""The world to which the requests go, put back whenever one of them turned it over."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask

from tests.api.fuzzing.judge import Operation
from tests.api.fuzzing.world import World
from tests.api.fuzzing.world import inhabit
from tests.api.office import Office
from tests.snapshots import Shelf
from tests.snapshots import Stage


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name is looked up: an address that chance makes must lead nowhere outside this machine."""
    look_up = socket.getaddrinfo

    def only_numbers(host: str | None, *rest: Any, **options: Any) -> Any:
        return look_up(host, *rest, **{**options, "flags": socket.AI_NUMERICHOST})

    monkeypatch.setattr("notifications.webhook_address.socket.getaddrinfo", only_numbers)


@pytest.fixture
def world(office: Office, product: dict[str, Any], plans: list[dict[str, Any]], snapshot: Stage) -> World:
    """Everybody, and something behind nearly every address."""
    return snapshot("inhabited", lambda: inhabit(office, product, plans))


@pytest.fixture
def put_back(world: World, snapshot: Stage, shelf: Shelf) -> Callable[[], None]:
    """Makes the world what it was."""
    return lambda: shelf.put_back(snapshot.name, snapshot.files)


@pytest.fixture
def operations(app: Flask) -> list[Operation]:
    """Every operation of the description."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    return [result.ok() for result in schema.get_all_operations()]
