"""Whether the process is up, and whether it can serve."""

from flask import Flask
from flask import Response

from att import schema
from db import reading
from db.errors import Unavailable
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
    """The database answers and has the newest tables; 503 says what is missing."""
    try:
        with reading() as session:
            lacks = schema.lacking(session.connection())
    except Unavailable:
        return _say(503, "La base de datos no responde.")
    return _say(503, lacks) if lacks else _say(200, "ok")


def _say(status: int, sentence: str) -> Response:
    return Response(sentence + "\n", status, content_type="text/plain; charset=utf-8")
