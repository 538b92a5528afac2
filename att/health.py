"""Whether the process is up, whether it can answer people, and whether the installation does its work."""

from flask import Flask
from flask import Response

from att import readiness
from edge.permission import public


def register(app: Flask) -> None:
    """Serve `/healthz`, `/readyz` and `/statusz`."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/statusz", "statusz", statusz)


@public
def healthz() -> Response:
    """The process answers."""
    return _say(200, "ok")


@public
def readyz() -> Response:
    """The database answers with the newest tables; 503 says what is missing. For a balancer."""
    return _told(readiness.to_answer())


@public
def statusz() -> Response:
    """Besides, the jobs run and messages leave; 503 says what is missing. For whoever watches the installation."""
    return _told(readiness.to_work())


def _told(missing: list[str]) -> Response:
    return _say(503, "\n".join(missing)) if missing else _say(200, "ok")


def _say(status: int, sentence: str) -> Response:
    return Response(sentence + "\n", status, content_type="text/plain; charset=utf-8")
