"""What is measured from outside: `att serve` as a process of its own, asked over a loopback port."""

import gzip
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from att.settings import Settings
from benchmarks.measures import Measure
from benchmarks.measures import milliseconds
from benchmarks.measures import p95

CLIENTS = 20
COLD_START_LIMIT = 60.0


@contextmanager
def served(settings: Settings) -> Iterator[tuple[int, float]]:
    """The application on the database of `settings`; yields its port and how many seconds it took to answer."""
    port = _free_port()
    env = os.environ | {"ATT_VAR": str(settings.var), "ATT_DATABASE_URL": settings.database_url, "ATT_PORT": str(port),
                        "ATT_SECRET_KEY": settings.secret_key}  # fmt: skip
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "att", "serve"], env=env, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - begun > COLD_START_LIMIT:
                raise RuntimeError("att serve does not answer")
            time.sleep(0.01)
        yield port, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(10)


def measure(kind: str, port: int, cold: float, task_ids: list[int], secret: str, data: object) -> list[Measure]:
    """Cold start, twenty people completing tasks at once, and what the first page weighs."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        times = list(clients.map(lambda task_id: _complete(port, task_id, secret, data), task_ids))
    return [
        Measure(f"{kind}: cold start of att serve", cold, "s", 2),
        Measure(f"{kind}: complete through HTTP, {CLIENTS} clients, p95", p95(times), "ms", 100),
        Measure(f"{kind}: weight of the first page", _weight(port, "/ingreso") / 1024, "KB", 150),
    ]


def _complete(port: int, task_id: int, secret: str, data: object) -> float:
    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "If-Match": '"1"'}
        connection.request("POST", f"/api/v1/tasks/{task_id}/complete", json.dumps({"data": data}), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body[:300]!r}")

    return milliseconds(ask)


def _weight(port: int, path: str) -> int:
    """Bytes of a page and of everything it loads, gzipped."""
    page = _get(port, path)
    loaded = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', page))
    return sum(len(gzip.compress(body)) for body in [page, *(_get(port, name.decode()) for name in loaded)])


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
