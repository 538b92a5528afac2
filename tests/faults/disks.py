"""Small disks that can be full: a file system of its own where this user may mount one, else a limit on every file."""

import os
import resource
import subprocess
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

MEGABYTES = 96


class Disk(Protocol):
    """Where something is kept; `fill` leaves no room on it, and `clear` gives that room back."""

    folder: Path

    def fill(self) -> None: ...

    def clear(self) -> None: ...


@dataclass
class Mounted:
    """A file system in memory: whoever writes on it when it is full is told ENOSPC."""

    folder: Path

    def fill(self) -> None:
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            for size in (2**20, 4096, 1):
                self._pour(ballast.write, bytes(size))

    def _pour(self, write: Callable[[bytes], int | None], some: bytes) -> None:
        try:
            while True:
                write(some)
        except OSError:
            return

    def clear(self) -> None:
        (self.folder / "ballast").unlink()


@dataclass
class Limited:
    """A folder in which no file of the processes `whose` grows: whoever tries is told EFBIG."""

    folder: Path
    whose: Callable[[], Iterable[int]] = tuple

    def fill(self) -> None:
        self._limit(0)

    def clear(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for pid in self.whose():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def mounted(folder: Path) -> Iterator[Mounted]:
    """A small file system at `folder`. Raises OSError where this user may not mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "att-test", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(done.stderr)
    try:
        yield Mounted(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def may_mount() -> bool:
    """Whether this user may mount file systems here."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    below = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(one for child in below for one in family(child))]
