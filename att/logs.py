"""Structured logs on standard error: JSON lines for machines, plain lines on a terminal."""

import logging
import sys

import structlog
from structlog.typing import Processor

# Libraries that tell every step they take.
CHATTY = ("alembic", "apscheduler", "spiff")

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(*, level: int = logging.INFO, plain: bool | None = None) -> None:
    """Send everything logged, ours and the libraries', through one formatter.

    `plain` forces lines for people; by default they are written when standard error is a terminal.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(sys.stderr.isatty() if plain is None else plain))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(plain: bool) -> logging.Formatter:
    last: tuple[Processor, ...] = (
        # A traceback without the values of variables: they may be somebody's password or personal data.
        (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),)
        if plain
        else (structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False))
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
