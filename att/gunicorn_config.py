"""How gunicorn serves, on several processes: `gunicorn --config python:att.gunicorn_config` (docs/operations.md).

What is said on gunicorn's command line, or in GUNICORN_CMD_ARGS, goes before what stands here.
"""

import os

from gunicorn.glogging import Logger

from att import logs
from att import wsgi

_settings = wsgi.settings()


class OneLog(Logger):  # type: ignore[misc]  # the library has no types
    """Gunicorn's messages among ours, in the same form."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        logs.configure()
        self.error_log.handlers.clear()
        self.error_log.propagate = True


wsgi_app = "att.wsgi:application()"
bind = [f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"]

# Loaded once, and shared until somebody writes to it: a process more costs little memory and is there at once.
preload_app = True
workers = os.cpu_count() or 1
worker_class = "gthread"
threads = 4  # a thread waits for the database while another reckons
keepalive = 75  # longer than a proxy keeps an idle connection, so that it never sends into one that just closed
graceful_timeout = 30
limit_request_line = 8190

# Who the caller is, and over what they came, is told by ATT_TRUSTED_PROXIES alone.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}

logger_class = OneLog
control_socket_disable = True
