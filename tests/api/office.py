"""A small office that works over HTTP alone: people with passwords, and the steps by which they push a case on."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

import workflows
from att import jobs
from db import SYSTEM
from db import clock
from db import transaction
from db.actor import Actor
from directory import accounts
from directory import grants
from directory import people
from directory import seed
from engine import definitions
from tests.api.callers import Caller
from workflows.forms.examples import example

PASSWORD, GIVEN = "una clave bastante larga", "la que puso quien administra"
PDF = b"%PDF-1.7\n%%EOF\n"

# Who works there: username → role and over what.
STAFF = {
    "lider": ("technical_lead", "unit"),
    "director": ("technical_director", "unit"),
    "der": ("der_reviewer", "national"),
    "monitoreo": ("der_monitoring", "national"),
    "comunicaciones": ("communications", "national"),
    "articulador": ("regional_coordinator", "region"),
    "asesora": ("", ""),  # what she covers makes her an advisor
}
FROM_THE_CASE = ("plan_milestones", "milestone_states", "milestone_progress")  # tables that the form brings filled in


@dataclass
class Office:
    """Callers by username, with what the examples need. `reader` sees every case."""

    app: Flask
    now: datetime
    callers: dict[str, Caller] = field(default_factory=dict)
    unit_id: int = 0
    entities: list[dict[str, Any]] = field(default_factory=list)
    files: dict[int, str] = field(default_factory=dict)  # what each person attaches, by their id

    @classmethod
    def open(cls, app: Flask, now: datetime, *, entity_count: int = 2) -> "Office":
        """What `att init` leaves, an administrator, and everybody else enrolled by the administrator over HTTP."""
        _install(now)
        office = cls(app, now)
        root = office.sign_in("admin")
        office.unit_id = next(row["id"] for row in _items(root("GET", "/units?limit=200")) if row["code"] == "DER")
        office.entities = _items(root("GET", f"/entities?kind=municipality&department=27&limit={entity_count}"))
        region_id = root("GET", f"/entities/{office.entities[0]['id']}").json["region_id"]
        scopes = {"unit": office.unit_id, "region": region_id}
        for username, (role, kind) in STAFF.items():
            office.enrol(username, role, kind, scopes.get(kind))
        for entity in office.entities:
            sent = {"person_id": office.id_of("asesora"), "since": now.date().isoformat()}
            root("POST", f"/entities/{entity['id']}/coverage", json=sent, _expected_status=201)
        for name in STAFF:
            office.files[office.id_of(name)] = office.upload(name)
        return office

    def seated(self) -> "Office":
        """The same people at clients of their own, so that no test meets what another left there."""
        callers = {name: replace(caller, client=self.app.test_client()) for name, caller in self.callers.items()}
        return replace(self, callers=callers)

    @property
    def reader(self) -> Caller:
        return self.callers["monitoreo"]

    def sign_in(self, username: str) -> Caller:
        sent = {"username": username, "password": PASSWORD}
        nobody = Caller(self.app.test_client())
        token = nobody("POST", "/tokens", json=sent, _expected_status=201).json["token"]
        person_id = Caller(nobody.client, token)("GET", "/me").json["person_id"]
        self.callers[username] = Caller(nobody.client, token, person_id)
        return self.callers[username]

    def enrol(self, username: str, role: str = "", scope_kind: str = "", scope_id: int | None = None) -> Caller:
        root = self.callers["admin"]
        sent = {"name": f"Persona {username}", "unit_id": self.unit_id}
        person_id = root("POST", "/people", json=sent, _expected_status=201).json["id"]
        account = {"username": username, "password": GIVEN}
        root("POST", f"/people/{person_id}/account", json=account, _expected_status=201)
        with transaction() as session:  # what somebody else set opens nothing: they choose their own first
            by = Actor(person_id, username)
            accounts.change_password(session, person_id, GIVEN, PASSWORD, by=by, now=clock.now())
        if role:
            held = {"role": role, "scope_kind": scope_kind, "scope_id": scope_id, "since": "2026-01-01"}
            root("POST", f"/people/{person_id}/roles", json=held, _expected_status=201)
        return self.sign_in(username)

    def id_of(self, username: str) -> int:
        return self.callers[username].person_id

    def upload(self, username: str, name: str = "acta.pdf") -> str:
        content = {"file": (io.BytesIO(PDF), name)}
        return str(self.callers[username]("POST", "/files", data=content, _expected_status=201).json["token"])

    def start_product(self, name: str = "Armonización presupuestal y plan indicativo") -> dict[str, Any]:
        sent = {"name": name, "unit_id": self.unit_id, "lead_id": self.id_of("lider")}
        return dict(self.callers["lider"]("POST", "/products", json=sent, _expected_status=201).json)

    def open_tasks(self, instance_id: int) -> list[dict[str, Any]]:
        return _items(self.reader("GET", f"/instances/{instance_id}/tasks?limit=200"))

    def waiting(self, instance_id: int) -> list[str]:
        return sorted(task["element"] for task in self.open_tasks(instance_id))

    def task(self, instance_id: int, element: str) -> dict[str, Any]:
        return next(task for task in self.open_tasks(instance_id) if task["element"] == element)

    def who(self, task: Mapping[str, Any]) -> Caller:
        """Whoever is to do `task`."""
        if task["assignee_id"] is not None:
            return next(caller for caller in self.callers.values() if caller.person_id == task["assignee_id"])
        return self.callers[next(name for name, (role, _) in STAFF.items() if role == task["role"])]

    def answers(self, doer: Caller, shown: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The example of the form of a task as it is shown, with the rows that come from the case, as changed."""
        ids, own = [entity["id"] for entity in self.entities], [self.files[doer.person_id]]
        given = example(shown["form"]["name"], entities=ids, files=own, year=self.now.year)
        kept = {name: shown["initial"][name] for name in FROM_THE_CASE if shown["initial"].get(name)}
        return {**given, **kept, **changes}

    def complete(self, task: Mapping[str, Any], changes: Mapping[str, Any], **options: Any) -> TestResponse:
        """Read the task, fill in its form and send it with the revision that was read."""
        doer, path = self.who(task), f"/tasks/{task['id']}"
        shown = doer("GET", path)
        headers = {"If-Match": shown.headers["ETag"], "Idempotency-Key": f"tarea-{task['id']}"}
        sent = {"data": self.answers(doer, shown.json, changes), "confirmed": True}
        return doer("POST", f"{path}/complete", json=sent, headers=headers, **options)

    def do(self, instance_id: int, element: str, **changes: Any) -> dict[str, Any]:
        return dict(self.complete(self.task(instance_id, element), changes).json)

    def push(self, instance_id: int, *, until: str = "") -> None:
        """Do whatever waits, by example, until `until` waits or the case ends."""
        for _ in range(200):
            waiting = self.open_tasks(instance_id)
            if not waiting or until in {task["element"] for task in waiting}:
                return
            self.complete(waiting[0], {})
        raise AssertionError(f"{until or 'the end'} is never reached")

    def activate(self, product: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Push a product to its operation and let the worker open its plans; returns them, the first entity first."""
        self.push(product["instance_id"], until="Activity_DesarrollarAsistencia")
        jobs.run_operations(self.now)
        return self.plans(product)

    def plans(self, product: Mapping[str, Any]) -> list[dict[str, Any]]:
        return _items(self.reader("GET", f"/work-plans?product_id={product['id']}&sort=id&limit=200"))


def _items(response: TestResponse) -> list[dict[str, Any]]:
    return list(response.json["items"])


def _install(now: datetime) -> None:
    workflows.register()
    with transaction() as session:
        for process in workflows.ALL:
            definitions.deploy(session, process, by=SYSTEM, now=now)
        seed.load_catalogues(session, by=SYSTEM, now=now)
        person = people.add(session, "Administración", by=SYSTEM, now=now)
        accounts.create(session, person.id, "admin", PASSWORD, by=SYSTEM, now=now)
        grants.add(session, person.id, "administrator", by=SYSTEM, now=now)
