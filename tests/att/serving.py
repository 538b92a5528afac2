"""Servers as processes of their own, as an installation starts them, and what they say on standard error."""

import http.client
import json
import os
import select
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

PATIENCE = 60.0

SERVE = (sys.executable, "-m", "att", "serve")


@dataclass
class Server:
    """A running server; its worker writes to the same standard error."""

    process: "subprocess.Popen[bytes]"
    port: int
    _rest: bytes = b""
    _unread: deque[bytes] = field(default_factory=deque)

    def says(self, event: str) -> dict[str, Any]:
        """The next line of that event; fails when every process that writes here has ended without one."""
        said = []
        for line in self._lines():
            said.append(line)
            if line["event"] == event:
                return line
        raise AssertionError(f"«{event}» was never said, but: {said}")

    def says_like(self, beginning: str) -> None:
        """Wait for an event that begins so."""
        assert any(line["event"].startswith(beginning) for line in self._lines()), f"«{beginning}» was never said"

    def falls_silent(self) -> list[str]:
        """The events that are said until the last process that writes here has ended."""
        return [line["event"] for line in self._lines()]

    def _lines(self) -> Iterator[dict[str, Any]]:
        assert self.process.stderr is not None
        while True:
            while self._unread:
                line = self._unread.popleft()
                yield json.loads(line) if line.startswith(b"{") else {"event": "", "line": line}
            if not (read := heard(self.process.stderr.fileno())):
                return
            *lines, self._rest = (self._rest + read).split(b"\n")
            self._unread.extend(lines)

    def status(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> int:
        """The status that it answers with; a body is JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} | headers)
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def started(command: Sequence[str], database_url: str, folder: Path) -> Iterator[Server]:
    """A server on the database at `database_url`; killed at the end if it still runs."""
    port = free_port()
    env = {**os.environ, "ATT_VAR": str(folder), "ATT_DATABASE_URL": database_url, "ATT_PORT": str(port)}
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE) as process:
        try:
            yield Server(process, port)
        finally:
            process.kill()


def heard(descriptor: int) -> bytes:
    """What can be read next, empty at the end; fails when nothing comes for very long."""
    ready, _, _ = select.select([descriptor], [], [], PATIENCE)
    assert ready, "nothing was said"
    return os.read(descriptor, 65536)


def free_port() -> int:
    """A port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
