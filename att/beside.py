"""The worker beside a server: a process of its own, so that a sweep never holds the interpreter that answers people.

One pipe ties the two together. The server keeps its end open and writes nothing; the worker reads the other as its
standard input, and comes to its end with it: closed by a server that stops, or by the kernel when one is killed.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import structlog

COMMAND = (sys.executable, "-m", "att", "worker", "--beside")

# Seconds until a worker that died is started again: the first time, and at most. One that lived so long had worked.
PAUSE, LONGEST_PAUSE = 1.0, 60.0
LONG = 60.0

# Seconds in which the jobs that run may come to their end. All that they do may be cut off and is done again.
GRACE = 8.0

log = structlog.get_logger("att.beside")


class Beside:
    """Keeps a worker running from `start` to `stop`; one that dies is started again, after growing pauses."""

    def __init__(
        self, command: Sequence[str] = COMMAND, *, pause: float = PAUSE, longest_pause: float = LONGEST_PAUSE
    ) -> None:
        self._command = command
        self._pause = pause
        self._longest_pause = longest_pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="beside", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None
        # Neither end is handed on to any other process: the last to hold the second one lets the worker go.
        self._reads, self._held = os.pipe()

    def start(self) -> None:
        """Start the worker, and watch it from a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let the worker finish what it does, and kill it when that takes too long."""
        self._stop.set()
        os.close(self._held)
        self._thread.join(GRACE + 1)
        if self._thread.is_alive() and self._process is not None:
            log.warning("worker killed")
            self._process.kill()
            self._thread.join()
        os.close(self._reads)

    def _keep(self) -> None:
        pause = self._pause
        while not self._stop.is_set():
            begun = time.monotonic()
            code = self._run()
            if self._stop.is_set():
                return
            if time.monotonic() - begun > LONG:
                pause = self._pause
            log.error("worker ended", code=code, again_in=pause)
            self._stop.wait(pause)
            pause = min(pause * 2, self._longest_pause)

    def _run(self) -> int | None:
        """Run a worker to its end; returns its exit code, and None when it could not be started."""
        try:
            # Out of reach of Ctrl-C: the server hears it, and lets go.
            self._process = subprocess.Popen(self._command, stdin=self._reads, process_group=0)
        except OSError:
            log.exception("worker not started")
            return None
        log.info("worker started", pid=self._process.pid)
        return self._process.wait()


def outlived(standard_input: int = 0) -> None:
    """Wait until the server beside which this process works has ended."""
    while os.read(standard_input, 1):
        continue
