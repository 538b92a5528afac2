"""Serving: waitress with eight threads, and the worker beside it in a process of its own (ADR 4)."""

import gc
import signal
import sys

import structlog

from att.beside import Beside
from att.settings import Settings

THREADS = 8

log = structlog.get_logger("att.serve")


def serve(settings: Settings) -> None:
    """Serve until the process is asked to end. Raises Unavailable when the database answers and is not prepared."""
    from waitress import create_server

    from att import schema
    from att.app import create_app

    app = create_app(settings)
    schema.demand(answering=False)
    server = create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )
    worker = Beside()
    worker.start()
    # What stands after start-up stays for good: the collector need not look at it again during a request.
    gc.collect()
    gc.freeze()
    log.info("serving", address=f"http://{settings.host}:{settings.port}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.run()
    finally:
        server.close()
        worker.stop()
