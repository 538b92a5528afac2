"""A client for each person, on the whole application, with a small process of its own."""

from collections.abc import Callable
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask

from att.app import build
from att.settings import Settings
from db import SYSTEM
from db import clock
from db import transaction
from directory import accounts
from directory import people
from directory import principal
from directory import tokens
from directory.models import RoleGrant
from engine import definitions
from engine import registry
from engine.instances import Links
from engine.instances import start
from engine.registry import Process
from tests.api.callers import Caller
from tests.api.office import Office
from tests.engine import diagrams
from tests.engine.conftest import NOTE
from tests.engine.conftest import REVIEWED
from tests.engine.conftest import Notebook

PASSWORD = "una clave bastante larga"
ROLES = {
    "ana": "technical_lead",
    "rosa": "der_reviewer",
    "luz": "internal_control",
    "root": "administrator",
    "mesa": "communications",
}


Api = Callable[[str], Caller]


@pytest.fixture(autouse=True)
def quick_hashing() -> Iterator[None]:
    """Passwords are hashed with the least work that argon2 allows."""
    accounts.hash_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    accounts.hash_with(PasswordHasher())


@pytest.fixture
def app(database: None, tmp_path: Path) -> Flask:
    """The whole application on an empty database."""
    return build(Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_SECRET_KEY": "k" * 40}))


@pytest.fixture
def api(app: Flask) -> Api:
    """`api("ana")` calls for Ana; `api("")` for nobody."""
    known: dict[str, Caller] = {"": Caller(app.test_client())}

    def caller(name: str) -> Caller:
        if name not in known:
            known[name] = Caller(app.test_client(), *_enrolled(name))
        return known[name]

    return caller


@pytest.fixture
def notebook() -> Notebook:
    """What the small process's service wrote, and whether it is to fail."""
    return Notebook([])


@pytest.fixture
def process(app: Flask, notebook: Notebook) -> Iterator[str]:
    """A process of two people and a service, deployed; its key."""
    text = diagrams.diagram("tramite", REVIEWED, variables="again:yes_no")
    handlers = {"toy.note": notebook.note}
    toy = Process("tramite", "Trámite", {"tramite.bpmn": text}, {"nota": NOTE}, handlers=handlers)
    before = dict(registry._handlers)
    registry.register(toy)
    with transaction() as session:
        definitions.deploy(session, toy, by=SYSTEM, now=clock.now())
    yield "tramite"
    registry._processes.pop("tramite")
    registry._handlers.clear()
    registry._handlers.update(before)


@pytest.fixture
def instance_id(process: str, api: Api) -> int:
    """A case that waits for Ana to write."""
    links = Links("Trámite uno", people={"writer": api("ana").person_id})
    with transaction() as session:
        return start(session, process, "T-1", links=links, by=SYSTEM, now=clock.now()).id


@pytest.fixture
def task_id(instance_id: int, api: Api) -> int:
    """What Ana has to do."""
    return int(api("ana")("GET", "/tasks").json["items"][0]["id"])


@pytest.fixture
def review_id(api: Api, task_id: int) -> int:
    """What Rosa has to review."""
    sent = {"data": {"text": "Hola"}}
    api("ana")("POST", f"/tasks/{task_id}/complete", json=sent, headers={"If-Match": "*"})
    return int(api("rosa")("GET", "/tasks").json["items"][0]["id"])


@pytest.fixture
def clock_at(now: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The clock stands still: the examples speak of days of one year."""
    monkeypatch.setattr("db.clock.now", lambda: now)
    return now


@pytest.fixture
def office(app: Flask, clock_at: datetime) -> Office:
    """People at work on the built-in processes, who call over HTTP alone."""
    return Office.open(app, clock_at)


def _enrolled(name: str) -> tuple[str, int]:
    now: datetime = clock.now()
    with transaction() as session:
        person = people.add(session, name.title(), by=SYSTEM, now=now)
        session.add(RoleGrant(person_id=person.id, role=ROLES[name], scope_kind="national", since=date(2020, 1, 1)))
        accounts.create(session, person.id, name, PASSWORD, by=SYSTEM, now=now)
        by = principal.load(session, person.id, now=now).actor()
        return tokens.issue(session, person.id, "pruebas", by=by, now=now).secret, person.id
