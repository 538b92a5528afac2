"""Starts a server or a worker as an installation does, with the points marked at which it may be killed.

`python -m tests.faults.launcher att serve`, `… att worker`, `… gunicorn --workers 2`. ATT_FAULTS names a folder:
whoever comes to the point named in its file `server` or `worker` takes that file, notes it in `killed` and is gone.
"""

import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable
from collections.abc import Iterable
from functools import partial
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from db import clock
from tests.faults import clocks
from tests.faults import points
from tests.faults.points import Part

COMMAND = (sys.executable, "-m", "tests.faults.launcher")
LONGEST_COMMIT = 0.004  # seconds after its beginning within which a kill comes «during the commit»
OFTEN = ("operations", "services", "mail")  # jobs with points, run every second so that these come often

_here = threading.local()


class Marks:
    """The points of this process that are armed in `folder`."""

    def __init__(self, folder: Path, part: Part) -> None:
        self._order = folder / part
        self._noted = folder / "killed"
        self.part = part

    def reached(self, key: str) -> None:
        """Die here if this point is armed."""
        if self._taken(key):
            self._die(key)

    def beginning(self, key: str) -> None:
        """Die within a few milliseconds if this point is armed, wherever the process is by then."""
        if self._taken(key):
            threading.Timer(random.uniform(0, LONGEST_COMMIT), self._die, [key, current()]).start()

    def _taken(self, key: str) -> bool:
        """Whether this process, of all those that work here, is the one to die at this point."""
        try:
            if self._order.read_text() != key:
                return False
            self._order.unlink()
        except FileNotFoundError:
            return False
        return True

    def _die(self, key: str, about: str = "") -> None:
        line = {"point": key, "about": about or current(), "at": clock.now().isoformat(), "pid": os.getpid()}
        descriptor = os.open(self._noted, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, json.dumps(line).encode() + b"\n")
        os.kill(os.getpid(), signal.SIGKILL)


def current() -> str:
    """The key under which the request comes that this thread answers; empty outside one."""
    return getattr(_here, "key", "")


def mark(marks: Marks) -> None:
    """Mark every point of this kind of process."""
    moments: dict[str, str] = {}
    for point in points.SERVER if marks.part is Part.SERVER else points.WORKER:
        if "." not in point.at:
            moments[point.at] = point.key
            continue
        owner, name = _place(point.at)
        setattr(owner, name, _killing(getattr(owner, name), point.key, point.when, marks))
    if marks.part is Part.SERVER:
        _mark_commits(moments, marks)
        _mark_requests(moments, marks)


def _place(dotted: str) -> tuple[Any, str]:
    """Where a function of this name is looked up: in its module, or in a class of it."""
    path, _, name = dotted.rpartition(".")
    try:
        return import_module(path), name
    except ModuleNotFoundError:
        module, _, kind = path.rpartition(".")
        return getattr(import_module(module), kind), name


def _killing(act: Callable[..., Any], key: str, when: str, marks: Marks) -> Callable[..., Any]:
    @wraps(act)
    def marked(*given: Any, **named: Any) -> Any:
        _reached_in_step(marks, key, when, "before")
        made = act(*given, **named)
        _reached_in_step(marks, key, when, "after")
        return made

    return marked


def _reached_in_step(marks: Marks, key: str, when: str, now: str) -> None:
    # A server answers much else: only those who send a step are killed, so that each kill meets one.
    if when == now and (marks.part is Part.WORKER or current()):
        marks.reached(key)


def _mark_commits(moments: dict[str, str], marks: Marks) -> None:
    """The commit of the transaction in which a step is done, and no other one."""
    from edge import idempotency

    attempt = idempotency._attempt

    @wraps(attempt)
    def acting(*given: Any) -> Any:
        _here.acting = bool(current())
        try:
            return attempt(*given)
        finally:
            _here.acting = False

    idempotency._attempt = acting

    @event.listens_for(Session, "before_commit")
    def _before(_session: Session) -> None:
        if getattr(_here, "acting", False):
            marks.reached(moments[points.COMMIT])
            marks.beginning(moments[points.COMMITTING])

    @event.listens_for(Session, "after_commit")
    def _after(_session: Session) -> None:
        if getattr(_here, "acting", False):
            marks.reached(moments[points.COMMITTED])


def _mark_requests(moments: dict[str, str], marks: Marks) -> None:
    """The two ends of a request that sends a step."""
    from att import app as composition

    build = composition.build

    @wraps(build)
    def marked(*given: Any) -> Any:
        app = build(*given)
        app.wsgi_app = partial(_call, app.wsgi_app, moments, marks)
        return app

    composition.build = marked


def _call(inner: Any, moments: dict[str, str], marks: Marks, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    if not environ["PATH_INFO"].endswith("/complete"):
        return inner(environ, start)
    _here.key = environ.get("HTTP_IDEMPOTENCY_KEY", "")
    marks.reached(moments[points.REQUEST])
    answer = inner(environ, start)
    marks.reached(moments[points.ANSWER])
    return _Answer(answer, partial(marks.reached, moments[points.ANSWERED]))


class _Answer:
    """An answer that says when it was handed over whole."""

    def __init__(self, answer: Any, over: Callable[[], None]) -> None:
        self._answer, self._over = answer, over

    def __iter__(self) -> Any:
        return iter(self._answer)

    def close(self) -> None:
        if hasattr(self._answer, "close"):
            self._answer.close()
        self._over()
        _here.key = ""


def _hurry() -> None:
    """Let jobs run and processes be elected often, or waiting for them would be most of a test."""
    from att import jobs
    from att import worker

    jobs.JOBS.update({name: (jobs.JOBS[name][0], 1) for name in OFTEN})
    worker.Worker.__init__.__kwdefaults__["pause"] = 0.2


def _begin(program: str, arguments: list[str]) -> None:
    if program == "gunicorn":
        from gunicorn.app.wsgiapp import run

        sys.argv = ["gunicorn", "--config", "python:att.gunicorn_config", *arguments]
        sys.exit(run())
    from att.cli import main

    sys.argv = ["att", *arguments]
    main(arguments)


def _prepare(folder: Path, works: bool) -> None:
    import att.jobs
    import att.serve
    import att.worker

    clocks.follow(folder)
    mark(Marks(folder, Part.WORKER if works else Part.SERVER))
    # What a server starts beside itself has its points too.
    att.serve.Beside = partial(att.serve.Beside, (*COMMAND, "att", "worker", "--beside"))
    if works:
        _hurry()


if __name__ == "__main__":
    _prepare(Path(os.environ["ATT_FAULTS"]), works="worker" in sys.argv)
    _begin(sys.argv[1], sys.argv[2:])
