"""What the composition root makes known to the engine: processes, handlers, prefills, hints, doubts, consequences."""

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
from directory.access import Subject
from engine.context import Context
from engine.demands import Mandatory
from engine.models import Instance
from engine.models import Task
from forms.declaration import Form
from notifications.owing import Owed

Variables = Mapping[str, str | bool | int]
Supplied = Mapping[str, frozenset[str | bool | int]]
"""Each variable that something gives, with what it may say."""


class Handler(Protocol):
    """What a service task does. Database only; returns the variables that it changes."""

    def __call__(self, session: Session, context: Context, *, by: Actor, now: datetime) -> Variables | None: ...


class Prefill(Protocol):
    """Answers that a form starts with, taken from elsewhere than earlier steps of the instance."""

    def __call__(self, session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]: ...


class Check(Protocol):
    """A rule on a form that needs the case: raises InvalidData before anything is stored."""

    def __call__(self, session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None: ...


class Sent(Protocol):
    """What is recorded besides, in the same transaction, when a form is sent."""

    def __call__(self, session: Session, context: Context, task: Task, *, by: Actor, now: datetime) -> None: ...


class Rectified(Protocol):
    """What is recorded besides when answers of a form are corrected: `changes` go by path, before and after."""

    def __call__(
        self, session: Session, context: Context, changes: Mapping[str, tuple[Any, Any]], *, reason: str, by: Actor,
        now: datetime,
    ) -> None: ...  # fmt: skip


class FindOwed(Protocol):
    """What completing a step meets of what is owed, by the id of the instance; none for those that meet nothing."""

    def __call__(self, session: Session, instances: Sequence[Instance], *, now: datetime) -> Mapping[int, Owed]: ...


class Doubts(Protocol):
    """What whoever sends a form is to confirm first, a sentence each without its full stop; nothing if all is well."""

    def __call__(
        self, session: Session, context: Context, data: Mapping[str, Any], *, now: datetime
    ) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth knowing beside a field while it is filled in."""

    path: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """One of those that a consequence reaches: in words, with its page and the entities that it stands for."""

    text: str
    url: str = ""
    entity_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Consequence:
    """Something that sending a form brings about, or a reason to look twice (`warning`); `kind` is for programs.

    `count` is the figure that `text` tells; `url` with its words `link` is where something can be done about it, by
    whoever may do `needs` (empty: anybody).
    """

    kind: str
    text: str
    count: int = 0
    named: Sequence[Named] = ()
    warning: bool = False
    url: str = ""
    link: str = ""
    needs: str = ""


class Foresee(Protocol):
    """What sending a form with the answers `data` would bring about, by the facts of now. Changes nothing."""

    def __call__(
        self, session: Session, context: Context, data: Mapping[str, Any], *, now: datetime
    ) -> Sequence[Consequence]: ...


Hints = Callable[[Session, Context, Mapping[str, Any]], Sequence[Hint]]
About = Callable[[Subject, Mapping[str, int]], Subject]
"""What a case is about, of the place where it stands and of what it refers to."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Why an answer is not corrected in the form: what was recorded from it, and which act corrects that.

    `url` is where, with the references of the case in braces (`/planes/{plan_id}`).
    """

    text: str
    url: str = ""


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
    doubts: Mapping[str, Doubts] = field(default_factory=dict)  # by form name
    consequences: Mapping[str, Foresee] = field(default_factory=dict)  # by form name
    sent: Mapping[str, Sent] = field(default_factory=dict)  # by form name
    owed: Mapping[str, FindOwed] = field(default_factory=dict)  # by form name
    read_with: str = ""  # the action with which what its cases are about is read, and so what was sent in them
    about: About | None = None  # what its cases are about, as that action sees it, where their place does not say it
    # The action that reading its cases asks for besides, where the place in which they stand does not suffice: they are
    # about one person's matter. Such a process calls no other, so that its tasks are known by its key.
    reserved: str = ""
    messages: frozenset[str] = frozenset()  # what its cases are told from outside
    mandatory: Sequence[Mandatory] = ()
    begun_with: frozenset[str] = frozenset()  # the variables that whoever starts a case gives
    supplies: Mapping[str, Supplied] = field(default_factory=dict)  # by operation
    rectified: Mapping[str, Rectified] = field(default_factory=dict)  # by form name
    elsewhere: Mapping[str, Mapping[str, Elsewhere]] = field(default_factory=dict)  # form → question, or EVERY one
    decided: Mapping[str, Elsewhere] = field(default_factory=dict)  # form → what to do once somebody decided on it
    deciding: Mapping[str, Elsewhere] = field(default_factory=dict)  # form → what to do while somebody decides on it
    personal: frozenset[str] = frozenset()  # elements that only whom the case is about does (`engine.personal`)


EVERY = "*"
"""In `Process.elsewhere`: every question of the form that has no line of its own."""


_processes: dict[str, Process] = {}
_handlers: dict[str, Handler] = {}
_supplies: dict[str, Supplied] = {}
_prefills: dict[str, Prefill] = {}
_hints: dict[str, Hints] = {}
_checks: dict[str, Check] = {}
_doubts: dict[str, Doubts] = {}
_consequences: dict[str, Foresee] = {}
_sent: dict[str, Sent] = {}
_owed: dict[str, FindOwed] = {}
_rectified: dict[str, Rectified] = {}
_elsewhere: dict[str, Mapping[str, Elsewhere]] = {}
_decided: dict[str, Elsewhere] = {}
_deciding: dict[str, Elsewhere] = {}


def register(process: Process) -> None:
    """Make `process` known. Registering it again replaces it."""
    _processes[process.key] = process
    _handlers.update(process.handlers)
    _supplies.update(process.supplies)
    _prefills.update(process.prefills)
    _hints.update(process.hints)
    _checks.update(process.checks)
    _doubts.update(process.doubts)
    _consequences.update(process.consequences)
    _sent.update(process.sent)
    _owed.update(process.owed)
    _rectified.update(process.rectified)
    _elsewhere.update(process.elsewhere)
    _decided.update(process.decided)
    _deciding.update(process.deciding)


def processes() -> list[Process]:
    """Every known process."""
    return list(_processes.values())


def process(key: str) -> Process:
    """The built-in process `key`. Raises NotFound."""
    try:
        return _processes[key]
    except KeyError as error:
        raise NotFound("el proceso", key) from error


def reserved() -> dict[str, str]:
    """The processes whose cases are one person's matter, with the action that reading them asks for."""
    return {row.key: row.reserved for row in _processes.values() if row.reserved}


def handler(name: str) -> Handler | None:
    """What the service `name` does; None when nobody bound it."""
    return _handlers.get(name)


def supplies(name: str) -> Supplied:
    """What the service `name` may say, by variable."""
    return _supplies.get(name, {})


def prefill(name: str) -> Prefill | None:
    """The prefill `name`; None when nobody bound it."""
    return _prefills.get(name)


def hints(form_name: str) -> Hints | None:
    """Who gives hints on the form `form_name`, if anybody."""
    return _hints.get(form_name)


def check(form_name: str) -> Check | None:
    """The case rule of the form `form_name`, if any."""
    return _checks.get(form_name)


def doubts(form_name: str) -> Doubts | None:
    """What is to be confirmed before the form `form_name` is sent, if anything ever is."""
    return _doubts.get(form_name)


def consequences(form_name: str) -> Foresee | None:
    """Who tells what sending the form `form_name` brings about, if anybody."""
    return _consequences.get(form_name)


def sent(form_name: str) -> Sent | None:
    """What is recorded besides when the form `form_name` is sent, if anything."""
    return _sent.get(form_name)


def owed(form_name: str) -> FindOwed | None:
    """Who says what completing a step with the form `form_name` meets of what is owed, if anybody."""
    return _owed.get(form_name)


def owed_forms() -> frozenset[str]:
    """The forms with which something that is owed is met."""
    return frozenset(_owed)


def rectified(form_name: str) -> Rectified | None:
    """What is recorded besides when answers of the form `form_name` are corrected, if anything."""
    return _rectified.get(form_name)


def elsewhere(form_name: str, question: str) -> Elsewhere | None:
    """What was recorded from an answer of the form `form_name` when it was sent, and how that is corrected."""
    known = _elsewhere.get(form_name, {})
    return known.get(question) or known.get(EVERY)


def decided(form_name: str) -> Elsewhere | None:
    """What can be done about answers of the form `form_name` on which somebody decided, if it is known."""
    return _decided.get(form_name)


def deciding(form_name: str) -> Elsewhere | None:
    """What can be done about answers of the form `form_name` while somebody decides on them, if it is known."""
    return _deciding.get(form_name)
