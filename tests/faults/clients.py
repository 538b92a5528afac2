"""Programs that push cases on over HTTP amid deaths: what is not answered is sent again with its key, until it is."""

import http.client
import itertools
import json
import threading
import traceback
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from db import clock
from tests.api.callers import Caller
from tests.api.office import Office
from workflows.forms.examples import example

PROCESS = "prediseno"
STEPS_OF_A_CASE = 40  # a new one has automatic steps, at which servers are to die too
PAUSE = 0.02  # seconds until a program asks again
UNAVAILABLE = 503
LOOKS = 6_000  # how often it does at most
C1, ANSWER = "Activity_RetroalimentarFicha", "Activity_ResponderRetroalimentacion"
ROUND = ("Activity_ElaborarFicha", C1, ANSWER)
# The steps of a case in their order; the last three come again and again.
FIRST = (
    "Activity_NombrarProducto", "Activity_DelimitarProblema", "Activity_RevisarAlineacion",
    "Activity_DefinirCadenaDeValor", "Activity_UbicarEnCiclo",
)  # fmt: skip
CHANGES: dict[str, dict[str, Any]] = {C1: {"suggests_round": True}, ANSWER: {"another_round": True}}


@dataclass(frozen=True, slots=True)
class Interruption:
    """A step whose answer never came: its key, and when that was noticed."""

    key: str
    at: datetime


@dataclass
class Ledger:
    """What was answered to whoever sent it, kept apart from the database.

    Where it is `patient`, what is answered 503 is sent again, and kept apart too.
    """

    patient: bool = False
    unavailable: list[dict[str, Any]] = field(default_factory=list)
    receipts: dict[int, dict[str, Any]] = field(default_factory=dict)  # task → what its sender was told
    products: dict[str, dict[str, Any]] = field(default_factory=dict)  # key → the product that was created with it
    interrupted: list[Interruption] = field(default_factory=list)
    unwelcome: list[str] = field(default_factory=list)  # answers that nobody should get

    @property
    def steps(self) -> int:
        """How many steps were acknowledged."""
        return len(self.receipts)


def key_of(task_id: int) -> str:
    """The Idempotency-Key under which a task is sent, however often."""
    return f"paso-{task_id}"


@dataclass
class Client:
    """One program on one connection, which it opens anew when the server is gone."""

    port: int
    ledger: Ledger
    connection: http.client.HTTPConnection | None = None

    def __call__(
        self, caller: Caller, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """The status and the JSON of the answer, which comes in the end; a request that dies is sent again."""
        sent = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        while True:
            try:
                status, answer = self._asked(method, path, body, sent)
            except ConnectionRefusedError:  # nobody is there yet, and nothing was sent
                self.hang_up()
            except (OSError, http.client.HTTPException):
                self.hang_up()
                if "Idempotency-Key" in sent and "/complete" in path:
                    self.ledger.interrupted.append(Interruption(sent["Idempotency-Key"], clock.now()))
            else:
                if status != UNAVAILABLE or not self.ledger.patient:
                    return status, answer
                self.ledger.unavailable.append(answer)
            threading.Event().wait(PAUSE)

    def _asked(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, Any]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.connection.request(method, f"/api/v1{path}", body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 500 and not (answer.status == UNAVAILABLE and self.ledger.patient):
            self.ledger.unwelcome.append(f"{answer.status} {method} {path}: {content[:300]!r}")
        return answer.status, json.loads(content) if content else None

    def hang_up(self) -> None:
        """Close its connection; the next request opens another."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


@dataclass
class Hand:
    """Somebody who begins cases and takes each through its steps, until it is `over`."""

    number: int
    office: Office
    client: Client
    over: Callable[[], bool]
    bodies: dict[str, str]  # what is sent at each step, as text

    def work(self) -> None:
        """Push on one case after another."""
        try:
            for begun in itertools.count():
                if self.over():
                    return
                self._push(self._begun(f"producto-{self.number}-{begun}"))
        except Exception:
            self.client.ledger.unwelcome.append(traceback.format_exc())
        finally:
            self.client.hang_up()

    def _begun(self, key: str) -> int:
        lead = self.office.callers["lider"]
        sent = {"name": f"Producto {key}", "unit_id": self.office.unit_id, "lead_id": lead.person_id}
        status, product = self.client(lead, "POST", "/products", json.dumps(sent), Idempotency_Key=key)
        if status == 201:
            self.client.ledger.products[key] = product
            return int(product["instance_id"])
        raise AssertionError(f"{status}: {product}")

    def _push(self, instance_id: int) -> None:
        for _ in range(STEPS_OF_A_CASE):
            if self.over():
                return
            self._send(self._waiting(instance_id))

    def _waiting(self, instance_id: int) -> Mapping[str, Any]:
        """The one step that waits; where a server died before the services that come first, a worker does these."""
        for _ in range(LOOKS):
            status, page = self.client(self.office.reader, "GET", f"/instances/{instance_id}/tasks?limit=5")
            waiting = [task for task in page["items"] if task["process_key"] == PROCESS] if status == 200 else []
            if len(waiting) == 1:
                return waiting[0]
            if waiting:
                break
            threading.Event().wait(PAUSE)
        raise AssertionError(f"case {instance_id} waits for {page}")

    def _send(self, task: Mapping[str, Any]) -> None:
        body, headers = self._body(task), {"If_Match": f'"{task["revision"]}"', "Idempotency_Key": key_of(task["id"])}
        doer = self.office.who(task)
        status, receipt = self.client(doer, "POST", f"/tasks/{task['id']}/complete", body, **headers)
        if status == 200:
            self.client.ledger.receipts[task["id"]] = receipt
        else:
            self.client.ledger.unwelcome.append(f"{status} of {task['element']}: {receipt}")

    def _body(self, task: Mapping[str, Any]) -> str:
        element = task["element"]
        if element not in self.bodies:
            _, shown = self.client(self.office.who(task), "GET", f"/tasks/{task['id']}")
            ids, year = [entity["id"] for entity in self.office.entities], self.office.now.year
            own = [self.office.files[self.office.who(task).person_id]]
            data = example(shown["form"]["name"], entities=ids, files=own, year=year) | CHANGES.get(element, {})
            self.bodies[element] = json.dumps({"data": data, "confirmed": True})
        return self.bodies[element]


def hands(count: int, office: Office, port: int, ledger: Ledger, over: Callable[[], bool]) -> list[threading.Thread]:
    """So many programs at work, each on connections of its own."""
    bodies: dict[str, str] = {}
    workers = [Hand(number, office, Client(port, ledger), over, bodies) for number in range(count)]
    threads = [threading.Thread(target=hand.work, daemon=True) for hand in workers]
    for thread in threads:
        thread.start()
    return threads
