"""Structured logs on standard error: JSON lines for machines, plain lines on a terminal.

A line says what happened, where and to which row, with the number of the request, and nothing about anybody: no name,
no address, no answer. So it has only the FIELDS that are listed here, and of an error its class and the way to it: what
errors say quotes what people wrote, and a database quotes the row.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict
from structlog.typing import Processor

OURS = "att"
"""The loggers of this program have names that begin with it."""

FIELDS = frozenset({
    # of every line
    "timestamp", "level", "logger", "event", "request_id", "person_id",
    # of an error, which `_told` makes of `exc_info`
    "exc_info", "error", "trace", "sqlstate", "constraint",
    # of a request
    "method", "route", "ids", "status", "ms",
    # which row, by its number or by a name that the program gave it
    "instance_id", "task_id", "message", "messages", "job", "row", "policy", "invariant", "first", "ran",
    # how many, and how a message came back
    "found", "failed", "people", "result", "code",
    # where it serves, and the process beside it
    "address", "pid", "again_in",
})  # fmt: skip
"""All that a line may say; none of them holds what somebody wrote. `person_id` is a number."""

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(*, level: int = logging.INFO, plain: bool | None = None) -> None:
    """Send everything logged, ours and from warnings on the libraries', through one formatter.

    `plain` forces lines for people, which tell what errors say; by default they are written when standard error is a
    terminal.
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
    root.setLevel(max(level, logging.WARNING))  # libraries tell every step they take
    logging.getLogger(OURS).setLevel(level)
    logging.raiseExceptions = False  # a line that cannot be written would be printed with all that it was to say


def _formatter(plain: bool) -> logging.Formatter:
    last: tuple[Processor, ...] = (
        # A traceback without the values of variables: they may be somebody's password or personal data.
        (structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),)
        if plain
        else (_told, _listed, structlog.processors.JSONRenderer(ensure_ascii=False, default=_nameless))
    )
    first: tuple[Processor, ...] = () if plain else (_unfilled,)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[*first, structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )


def _unfilled(_logger: object, _method: str, line: EventDict) -> EventDict:
    """What a library says, as it is written in its program: the values that it puts in may be anybody's."""
    record = line["_record"]
    if not line["_from_structlog"] and not record.name.startswith(OURS):
        line["event"] = str(record.msg)
    return line


def _told(_logger: object, _method: str, line: EventDict) -> EventDict:
    """An error as its class, the lines that led to it, and which rule of the database it broke."""
    error = _error_of(line.pop("exc_info", None))
    if error is not None:
        chain = _chain(error)
        line["error"] = " < ".join(type(one).__name__ for one in chain)
        line["trace"] = [where for one in chain for where in _way(one.__traceback__)]
        line.update(_broken_rule(chain))
    return line


def _listed(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The line without what is not among FIELDS, whoever wrote it."""
    return {name: value for name, value in line.items() if name in FIELDS}


def _nameless(value: object) -> str:
    """What JSON has no word for, by its class alone."""
    return type(value).__name__


def _error_of(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _chain(error: BaseException) -> list[BaseException]:
    """The error and those that led to it, the last one first."""
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in found:
        found.append(following)
        following = following.__cause__ or following.__context__
    return found


def _way(trace: TracebackType | None) -> list[str]:
    """«engine/tasks.py:12 complete: task.status = …» for each frame: lines of programs, never a value."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line or ''}" for frame in traceback.extract_tb(trace)
    ]


def _broken_rule(chain: list[BaseException]) -> dict[str, str]:
    """What the server of the database says of an error without quoting the row."""
    for error in chain:
        diagnosis = getattr(error, "diag", None)
        if diagnosis is not None:
            told = {"sqlstate": diagnosis.sqlstate, "constraint": diagnosis.constraint_name}
            return {name: value for name, value in told.items() if value}
    return {}
