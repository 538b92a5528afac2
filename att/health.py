"""Whether the process is up, and whether the installation can do its work."""

from flask import Flask
from flask import Response

from att import readiness
from edge.permission import public


def register(app: Flask) -> None:
    """Serve `/healthz` and `/readyz`."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


@public
def healthz() -> Response:
    """The process answers."""
    return _say(200, "ok")


@public
def readyz() -> Response:
    """The database answers with the newest tables, the jobs run and messages leave; 503 says what is missing."""
    lacks = readiness.lacking()
    return _say(503, "\n".join(lacks)) if lacks else _say(200, "ok")


def _say(status: int, sentence: str) -> Response:
    return Response(sentence + "\n", status, content_type="text/plain; charset=utf-8")
