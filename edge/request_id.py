"""A name for every request, taken from X-Request-ID or made here, and given back with the answer."""

import re
import secrets

import structlog
from flask import Flask
from flask import Response
from flask import g
from flask import has_request_context
from flask import request

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def install(app: Flask) -> None:
    """Name every request of `app`; log lines written meanwhile carry the name."""
    app.before_request(_name)
    app.after_request(_answer)


def current() -> str:
    """The name of the request under way; empty outside one."""
    return str(g.get("request_id", "")) if has_request_context() else ""


def _name() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if _ACCEPTED.fullmatch(given) else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _answer(response: Response) -> Response:
    response.headers[HEADER] = current()
    return response
