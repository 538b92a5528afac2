"""What this process measures of itself: requests, steps of people and services, as histograms for Prometheus.

Several processes on one machine (gunicorn) are added up by the library where PROMETHEUS_MULTIPROC_DIR names a folder
that they share and that is empty when they start. What stands in the database is told by `edge/figures.py`.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from flask import Response
from flask import g
from flask import request
from prometheus_client import CollectorRegistry
from prometheus_client import Histogram
from prometheus_client import generate_latest
from prometheus_client import multiprocess

SHARED = "PROMETHEUS_MULTIPROC_DIR"

REGISTRY = CollectorRegistry()
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

REQUESTS = Histogram(
    "att_request_seconds", "Time to answer a request.", ["endpoint", "method", "status"], buckets=BUCKETS,
    registry=REGISTRY,
)  # fmt: skip
STEPS = Histogram(
    "att_step_seconds", "Time to complete a task, without the services after it.", ["process", "outcome"],
    buckets=BUCKETS, registry=REGISTRY,
)  # fmt: skip
SERVICES = Histogram(
    "att_service_seconds", "Time of an automatic step of a case.", ["outcome"], buckets=BUCKETS, registry=REGISTRY
)


@dataclass(slots=True)
class Timed:
    """Something under way that is being timed; whoever does it says how it came out, and nothing is kept of None."""

    process: str = ""
    outcome: str | None = "failed"


def install(app: Flask) -> None:
    """Time every request of `app`, from before anybody is asked who they are."""

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        endpoint, status = request.endpoint or "unknown", f"{response.status_code // 100}xx"
        REQUESTS.labels(endpoint, _method(), status).observe(elapsed())
        return response


def elapsed() -> float:
    """Seconds since the request under way began; 0 where a hook before ours answered it."""
    begun: float | None = g.get("begun")
    return 0.0 if begun is None else time.perf_counter() - begun


@contextmanager
def step() -> Iterator[Timed]:
    """Time the completion of a task: `failed` unless it is said otherwise."""
    timed, begun = Timed(), time.perf_counter()
    try:
        yield timed
    finally:
        if timed.outcome is not None:
            STEPS.labels(timed.process, timed.outcome).observe(time.perf_counter() - begun)


@contextmanager
def service() -> Iterator[Timed]:
    """Time a service: `failed` unless it is said otherwise; none that was waiting is kept as None."""
    timed, begun = Timed(), time.perf_counter()
    try:
        yield timed
    finally:
        if timed.outcome is not None:
            SERVICES.labels(timed.outcome).observe(time.perf_counter() - begun)


def exposition() -> bytes:
    """What was measured, in the text format of Prometheus: of every process that shares its figures with this one."""
    if SHARED not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)


def _method() -> str:
    """The method of the request; one that nobody knows counts with the others of its kind."""
    return request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "OTHER"
