"""`/metrics`: what Prometheus is told, to whoever brings the token that the installation gave it.

The token is a setting and not a person's: it opens nothing else, and it is checked when the database is away.
"""

import hmac

from flask import Flask
from flask import Response
from flask import request
from prometheus_client import CONTENT_TYPE_LATEST

from edge import figures
from edge import metrics
from edge.permission import public

ENDPOINT = "metrics"


def register(app: Flask, token: str) -> None:
    """Serve `/metrics` to whoever brings `token` as a bearer; without one nobody is served."""

    @public  # by its own token, below
    def tell() -> Response:
        if not token:
            return _say(404, "Las métricas no están publicadas: falta ATT_METRICS_TOKEN.\n")
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            refused = _say(401, "Falta el token de las métricas.\n")
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        response = Response(metrics.exposition() + figures.exposition(), content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.add_url_rule("/metrics", ENDPOINT, tell)


def _say(status: int, sentence: str) -> Response:
    return Response(sentence, status, content_type="text/plain; charset=utf-8")
