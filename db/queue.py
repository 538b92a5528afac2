"""Where writers of a SQLite file wait: its own lock lets in whoever asks at the right moment, and starves others."""

import fcntl
import os
import threading
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
        self._threads.acquire()
        if self._depth == 0 and self._path:
            try:
                self._file = self._held()
            except BaseException:
                self._threads.release()
                raise
        self._depth += 1

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
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor
