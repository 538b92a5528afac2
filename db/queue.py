"""Where writers of a SQLite file wait: its own lock lets in whoever asks at the right moment, and starves others."""

import fcntl
import os
import threading
from contextlib import ExitStack
from types import TracebackType

from db.errors import Unavailable

# The file beside the database that the writing process holds. The database itself must not be opened for that:
# closing it would release what SQLite has locked in it.
ENDING = "-queue"


class WriteQueue:
    """One writer at a time, of the threads of this process and of all processes on the same file.

    The kernel wakes a waiting process when its turn has come, and takes back what a process held that died. Entering
    raises Unavailable when there is no folder for the file.
    """

    def __init__(self, database: str) -> None:
        """The queue before the SQLite file at `database`; only this process's, when that is empty (in memory)."""
        self._path = f"{database}{ENDING}" if database else ""
        self._threads = threading.RLock()
        self._depth = 0
        self._file = -1

    def __enter__(self) -> None:
        with ExitStack() as given_back:  # also when somebody breaks off the wait: others stand behind
            self._threads.acquire()
            given_back.callback(self._threads.release)
            if self._depth == 0 and self._path:
                self._file = self._held()
            self._depth += 1
            given_back.pop_all()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and self._path:
            os.close(self._file)
        self._threads.release()

    def _held(self) -> int:
        # Opened for reading: whoever works on the database may wait here, whoever made the file.
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CREAT, 0o644)
        except OSError as error:
            raise Unavailable from error
        with ExitStack() as closed:
            closed.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            closed.pop_all()
        return descriptor
