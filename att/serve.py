"""Serving: waitress with eight threads, and the worker beside it in a process of its own (ADR 4)."""

import signal
import sys
from typing import TYPE_CHECKING

import structlog

from att import collector
from att.beside import Beside
from att.settings import Settings

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer

THREADS = 8

log = structlog.get_logger("att.serve")


def serve(settings: Settings) -> None:
    """Serve until the process is asked to end. Raises Unavailable when the database answers and is not prepared."""
    with collector.resting():
        server = _prepared(settings)
    worker = Beside()
    worker.start()
    log.info("serving", address=f"http://{settings.host}:{settings.port}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.run()
    finally:
        server.close()
        worker.stop()


def _prepared(settings: Settings) -> "BaseWSGIServer":
    """The server with the application on a database that is fit for it."""
    from waitress import create_server

    from att import schema
    from att.app import create_app

    app = create_app(settings)
    schema.demand(answering=False)
    return create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )
