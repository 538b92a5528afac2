"""An installation of processes that are started again when they die, as a service manager does it."""

import json
import os
import subprocess
import threading
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from pathlib import Path

from tests.att.serving import free_port
from tests.faults.launcher import COMMAND
from tests.faults.points import Part
from tests.run import ROOT

PATIENCE = 180.0  # seconds for anything that a test waits for
GLANCE = 0.01  # seconds between two looks at whether it is so

PAUSE = 0.1  # seconds until one that died is started again

SERVE = ("att", "serve")
GUNICORN = ("gunicorn", "--workers", "2")
WORK = ("att", "worker")


def comes(true: Callable[[], object], patience: float) -> bool:
    """Look again and again whether it is so; False when it is not after so many seconds."""
    never = threading.Event()
    for _ in range(int(patience / GLANCE)):
        if true():
            return True
        never.wait(GLANCE)
    return False


def wait_until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until it is so; fails after `patience` seconds, and says for what it waited."""
    assert comes(true, patience), f"{what}: not within {patience:.0f} seconds"


class Kept:
    """A process that is kept running until `stop`."""

    def __init__(self, command: Sequence[str], env: dict[str, str], log: Path) -> None:
        self._command, self._env, self._log = (*COMMAND, *command), env, log
        self._over = threading.Event()
        self.process = self._started()
        self.deaths = 0
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        self._over.set()
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._thread.join()

    def _keep(self) -> None:
        while True:
            self.process.wait()
            if self._over.is_set():
                return
            self.deaths += 1
            self._over.wait(PAUSE)
            self.process = self._started()

    def _started(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(self._command, env=self._env, cwd=ROOT, stdout=log, stderr=log)


@dataclass(frozen=True, slots=True)
class Kill:
    """A process that died at a point, answering a request with the key `about`, or none."""

    point: str
    about: str
    at: datetime


@dataclass
class House:
    """Processes on one database, and the orders by which they are killed."""

    folder: Path
    env: dict[str, str]
    port: int
    kept: list[Kept] = field(default_factory=list)

    def keep(self, command: Sequence[str], **env: str) -> Kept:
        """Start a process that is kept running."""
        log = self.folder / f"{command[1]}-{len(self.kept)}.log"
        self.kept.append(Kept(command, self.env | env, log))
        return self.kept[-1]

    def order(self, part: Part, key: str) -> None:
        """Whoever of `part` comes first to the point `key` dies there."""
        fresh = self.folder / f"{part}.new"
        fresh.write_text(key)
        fresh.rename(self.folder / part)

    def kills(self) -> list[Kill]:
        """Who died where, in the order in which they did."""
        noted = self.folder / "killed"
        lines = [json.loads(line) for line in noted.read_text().splitlines()] if noted.exists() else []
        return [Kill(line["point"], line["about"], datetime.fromisoformat(line["at"])) for line in lines]

    def said(self) -> str:
        """All that its processes wrote."""
        return "\n".join(log.read_text(errors="replace") for log in sorted(self.folder.glob("*.log")))


@contextmanager
def at(folder: Path, database_url: str, **env: str) -> Iterator[House]:
    """A house without a process on the database at `database_url`; what it keeps is stopped at the end."""
    port = free_port()
    faults = folder / "faults"
    faults.mkdir()
    given = {"ATT_VAR": str(folder), "ATT_DATABASE_URL": database_url, "ATT_PORT": str(port), "ATT_FAULTS": str(faults)}
    house = House(faults, os.environ | given | env, port)
    try:
        yield house
    finally:
        for kept in house.kept:
            kept.stop()
