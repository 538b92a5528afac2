"""What is measured from outside: `att serve` and gunicorn as installations start them, asked over a loopback port.

The worker that `att serve` starts is at its first sweep meanwhile, over all the obligations that were measured before.
"""

import gzip
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from att.settings import Settings
from benchmarks.measures import ROUNDS
from benchmarks.measures import Measure
from benchmarks.measures import floor_of
from benchmarks.measures import p95
from benchmarks.measures import quietest
from db import jobs
from db import reading

CLIENTS = 20
COLD_START_LIMIT = 60.0
SWEEP = "obligations"

SERVE = (sys.executable, "-m", "att", "serve")
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "python:att.gunicorn_config", "--workers", "2")


@contextmanager
def served(settings: Settings, command: Sequence[str] = SERVE) -> Iterator[tuple[int, float]]:
    """The application on the database of `settings`; yields its port and how many seconds it took to answer.

    It keeps the bytecode of what it imports, as installations do: only the first start ever compiles.
    """
    port = _free_port()
    env = os.environ | {"ATT_VAR": str(settings.var), "ATT_DATABASE_URL": settings.database_url, "ATT_PORT": str(port),
                        "ATT_SECRET_KEY": settings.secret_key, "PYTHONDONTWRITEBYTECODE": ""}  # fmt: skip
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - begun > COLD_START_LIMIT:
                raise RuntimeError("the server does not answer")
            time.sleep(0.01)
        yield port, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(30)


def await_sweep(since: datetime) -> None:
    """Wait until the worker beside the server began its first sweep, as whoever comes in meets it."""
    begun = time.perf_counter()
    while not _swept(since):
        if time.perf_counter() - begun > COLD_START_LIMIT:
            raise RuntimeError("no worker was elected")
        time.sleep(0.01)


def _swept(since: datetime) -> bool:
    with reading() as session:
        return any(run.name == SWEEP and run.last_started_at >= since for run in jobs.every(session))


@dataclass(frozen=True, slots=True)
class Client:
    """A program that completes tasks, on one connection as browsers and programs keep it."""

    connection: http.client.HTTPConnection
    secret: str

    @classmethod
    def of(cls, port: int, secret: str) -> "Client":
        return cls(http.client.HTTPConnection("127.0.0.1", port, timeout=30), secret)

    def complete(self, task_id: int, body: str) -> float:
        """Complete a task that nobody has touched; returns the milliseconds until the answer was read."""
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json", "If-Match": '"1"'}
        begun = time.perf_counter()
        self.connection.request("POST", f"/api/v1/tasks/{task_id}/complete", body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {text[:300]!r}")
        return (time.perf_counter() - begun) * 1000


def measure(
    kind: str, port: int, cold: float, task_ids: list[int], secret: str, data: object, step: Callable[[], None]
) -> list[Measure]:
    """Cold start, one program and then twenty at once completing tasks, and what the first pages weigh."""
    body = json.dumps({"data": data})
    alone, together = task_ids[: 40 * ROUNDS], task_ids[40 * ROUNDS :]
    ratio, one = _beside_baseline(Client.of(port, secret), alone, body, step)
    first, later = _weights(port)
    return [
        Measure(f"{kind}: cold start of att serve", cold, "s", 2),
        Measure(f"{kind}: complete through HTTP", one, "ms"),
        Measure(f"{kind}: complete through HTTP / baseline", ratio, "×", 8 if kind == "sqlite" else 5),
        Measure(
            f"{kind}: complete through HTTP, {CLIENTS} clients, p95", _crowd(port, together, secret, body), "ms", 100
        ),
        Measure(f"{kind}: first page, first visit, gzipped", first / 1024, "KB", 150),
        Measure(f"{kind}: first page, later visit, gzipped", later / 1024, "KB", 15),
    ]


def measure_several(kind: str, port: int, task_ids: list[int], secret: str, data: object) -> list[Measure]:
    """The same crowd before two processes of gunicorn."""
    waited = _crowd(port, task_ids, secret, json.dumps({"data": data}))
    return [Measure(f"{kind}: the same before two processes of gunicorn", waited, "ms", 100)]


def _beside_baseline(client: Client, task_ids: list[int], body: str, step: Callable[[], None]) -> tuple[float, float]:
    """The ratio to the baseline and the milliseconds of a step through HTTP, the two measured by turns."""
    floors, runs = [], []
    for first in range(0, len(task_ids), 40):
        floors.append(floor_of(step, 40))
        runs.append([client.complete(task_id, body) for task_id in task_ids[first : first + 40]])
    return quietest(runs[1:]) / quietest(floors[1:]), quietest(runs[1:])


def _crowd(port: int, task_ids: list[int], secret: str, body: str) -> float:
    """What 95 of 100 wait when twenty programs complete tasks at once."""

    def work(mine: list[int]) -> list[float]:
        client = Client.of(port, secret)
        return [client.complete(task_id, body) for task_id in mine]

    with ThreadPoolExecutor(CLIENTS) as clients:
        shares = [task_ids[number::CLIENTS] for number in range(CLIENTS)]
        return p95([time for times in clients.map(work, shares) for time in times])


def _weights(port: int) -> tuple[int, int]:
    """Gzipped bytes of the page that everybody sees first: with everything it loads, and alone as in later visits."""
    page = _get(port, "/ingreso")
    loaded = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', page))
    alone = len(gzip.compress(page))
    return alone + sum(len(gzip.compress(_get(port, name.decode()))) for name in loaded), alone


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def _answers(port: int) -> bool:
    try:
        return bool(_get(port, "/healthz"))
    except (OSError, RuntimeError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
