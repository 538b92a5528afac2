"""Every hook of this room, in the order in which a request meets them."""

from flask import Flask

from edge import assets
from edge import bodies
from edge import compression
from edge import csrf
from edge import headers
from edge import identity
from edge import journal
from edge import metrics
from edge import permission
from edge import personal_reads
from edge import problems
from edge import proving
from edge import request_id


def install(app: Flask, *, https: bool) -> None:
    """Put the hooks on `app`, once every route is registered."""
    problems.install(app)
    metrics.install(app)
    request_id.install(app)
    journal.install(app)
    bodies.install(app)
    identity.install(app)
    permission.install(app)
    csrf.install(app)
    proving.install(app)
    assets.install(app)
    headers.install(app, https=https)
    compression.install(app)
    personal_reads.install(app)
