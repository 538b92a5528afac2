"""What the composition root makes known to the engine: processes, handlers, prefills, hints."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any
from typing import Protocol

from sqlalchemy.orm import Session

from db import Actor
from db.errors import NotFound
from engine.context import Context
from forms.declaration import Form

Variables = Mapping[str, str | bool | int]


class Handler(Protocol):
    """What a service task does. Database only; returns the variables that it changes."""

    def __call__(self, session: Session, context: Context, *, by: Actor, now: datetime) -> Variables | None: ...


class Prefill(Protocol):
    """Answers that a form starts with, taken from elsewhere than earlier steps of the instance."""

    def __call__(self, session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]: ...


class Check(Protocol):
    """A rule on a form that needs the case: raises InvalidData before anything is stored."""

    def __call__(self, session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth knowing beside a field while it is filled in."""

    path: str
    text: str
    url: str = ""


Hints = Callable[[Session, Context, Mapping[str, Any]], Sequence[Hint]]


@dataclass(frozen=True, slots=True)
class Process:
    """A process as it is built in: diagrams by file name, forms by name, and what its names mean."""

    key: str
    title: str
    files: Mapping[str, str]
    forms: Mapping[str, Form]
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    prefills: Mapping[str, Prefill] = field(default_factory=dict)
    hints: Mapping[str, Hints] = field(default_factory=dict)  # by form name
    checks: Mapping[str, Check] = field(default_factory=dict)  # by form name


_processes: dict[str, Process] = {}
_handlers: dict[str, Handler] = {}
_prefills: dict[str, Prefill] = {}
_hints: dict[str, Hints] = {}
_checks: dict[str, Check] = {}


def register(process: Process) -> None:
    """Make `process` known. Registering it again replaces it."""
    _processes[process.key] = process
    _handlers.update(process.handlers)
    _prefills.update(process.prefills)
    _hints.update(process.hints)
    _checks.update(process.checks)


def processes() -> list[Process]:
    """Every known process."""
    return list(_processes.values())


def process(key: str) -> Process:
    """The built-in process `key`. Raises NotFound."""
    try:
        return _processes[key]
    except KeyError as error:
        raise NotFound("el proceso", key) from error


def handler(name: str) -> Handler | None:
    """What the service `name` does; None when nobody bound it."""
    return _handlers.get(name)


def prefill(name: str) -> Prefill | None:
    """The prefill `name`; None when nobody bound it."""
    return _prefills.get(name)


def hints(form_name: str) -> Hints | None:
    """Who gives hints on the form `form_name`, if anybody."""
    return _hints.get(form_name)


def check(form_name: str) -> Check | None:
    """The case rule of the form `form_name`, if any."""
    return _checks.get(form_name)
