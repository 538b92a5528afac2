"""One line of the log for each request: what was asked for by its route, who asked by their number, and how it ended.

Of an address only the route and the numbers in it are told: what else stands there is a token, or was typed.
"""

import structlog
from flask import Flask
from flask import Response
from flask import request

from edge import metrics

log = structlog.get_logger("att.requests")

QUIET = frozenset({"static", "healthz", "readyz", "metrics"})
"""Endpoints that machines ask again and again, and files."""


def install(app: Flask) -> None:
    """Write the line of every request of `app`."""
    app.after_request(_note)


def route() -> str:
    """The route of the request under way; empty for an address that leads nowhere."""
    return str(request.url_rule.rule) if request.url_rule is not None else ""


def _note(response: Response) -> Response:
    if request.endpoint not in QUIET:
        numbers = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}
        log.info(
            "request", method=request.method, route=route(), status=response.status_code,
            ms=round(metrics.elapsed() * 1000, 1), **({"ids": numbers} if numbers else {}),
        )  # fmt: skip
    return response
