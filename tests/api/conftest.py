"""A client for each person, on the whole application, with a small process of its own."""

from collections.abc import Callable
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

import workflows
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
from engine import seal
from engine.instances import Links
from engine.instances import start
from engine.registry import Process
from tests.api.callers import Caller
from tests.api.office import Office
from tests.engine import diagrams
from tests.engine.conftest import NOTE
from tests.engine.conftest import REVIEWED
from tests.engine.conftest import Notebook
from tests.snapshots import Stage

PASSWORD = "una clave bastante larga"
SECRET = "k" * 40
ROLES = {
    "ana": "technical_lead",
    "rosa": "der_reviewer",
    "luz": "internal_control",
    "root": "administrator",
    "mesa": "communications",
    "elena": "der_monitoring",
}


Api = Callable[[str], Caller]


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The whole application; it keeps nothing between requests, so one serves every test of a process."""
    folder = tmp_path_factory.mktemp("var")
    return build(Settings.from_env({"ATT_VAR": str(folder), "ATT_SECRET_KEY": SECRET}))


@pytest.fixture
def app(database: None, built_app: Flask) -> Flask:
    """The application on an empty database."""
    seal.use(SECRET)
    return built_app


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
def office(app: Flask, clock_at: datetime, snapshot: Stage) -> Office:
    """People at work on the built-in processes, who call over HTTP alone."""
    workflows.register()
    return snapshot("office", lambda: Office.open(app, clock_at)).seated()


@pytest.fixture
def product(office: Office, snapshot: Stage) -> dict[str, Any]:
    """A new product."""
    return snapshot("product", office.start_product)


@pytest.fixture
def plans(office: Office, product: dict[str, Any], snapshot: Stage) -> list[dict[str, Any]]:
    """The work plans of the product in operation, the first entity's first."""
    return snapshot("plans", lambda: office.activate(product))


@pytest.fixture
def plan(plans: list[dict[str, Any]]) -> dict[str, Any]:
    """The work plan of the first entity."""
    return plans[0]


def _enrolled(name: str) -> tuple[str, int]:
    now: datetime = clock.now()
    with transaction() as session:
        person = people.add(session, name.title(), by=SYSTEM, now=now)
        session.add(RoleGrant(person_id=person.id, role=ROLES[name], scope_kind="national", since=date(2020, 1, 1)))
        accounts.create(session, person.id, name, PASSWORD, by=SYSTEM, now=now)
        by = principal.load(session, person.id, now=now).actor()
        return tokens.issue(session, person.id, "pruebas", by=by, now=now).secret, person.id
