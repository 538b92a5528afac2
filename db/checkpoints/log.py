"""The file of checkpoints: a line of JSON each, only ever added to.

Each line carries the SHA-256 of the line before, and is signed: the last one vouches for all. docs/operations.md has
its fields for whoever reads it without this program.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO
from typing import Any

from db.checkpoints import keys
from db.errors import Unavailable
from db.types import dumps

NAME = "checkpoints.jsonl"
PUBLIC_KEY = "llave_publica.pem"
TAKEN, AS_OF, RESTORED = "taken", "as_of", "restored"
"""What a line is: acts since the line before; the same, of acts that say an earlier instant; a back-up was put back."""

LOOKED_THROUGH = 2000
"""How many lines a page looks through: some months, when one is written every hour."""

_SIGNATURE = b',"signature":"'
_ORDINARY = f'"event":"{TAKEN}"'.encode()
_BLOCK = 65536

End = tuple[int, int, int, str]
"""Of a chain: the id of its subject, the first and the last act that are new to the log, and the hash of the last."""
Cut = tuple[int, int, str]
"""Of a chain that a back-up put back: the id of its subject, its last act from then on (0: none), and its hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A line.

    `acts` and `chains` count what the log covers so far, `through` is the highest id of an act seen. No act of `ends`
    says that it is from before `since`, where this is given. `told` are words on what happened.
    """

    number: int
    at: datetime
    event: str = TAKEN
    told: str = ""
    through: int = 0
    acts: int = 0
    chains: int = 0
    since: datetime | None = None
    ends: Mapping[str, Sequence[End]] = field(default_factory=dict)
    cuts: Mapping[str, Sequence[Cut]] = field(default_factory=dict)
    previous: str = ""
    key: str = ""
    signature: str = ""
    hash: str = ""


class Log:
    """The checkpoints of an installation: `folder` holds them, `key_path` is the file of the key that signs them."""

    def __init__(self, folder: Path, key_path: Path) -> None:
        self.folder, self.key_path = folder, key_path
        self.path = folder / NAME

    def __iter__(self) -> Iterator[Checkpoint]:
        """Every line as it reads, oldest first. Raises ValueError at one that is none."""
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (_read(line) for line in file if line.endswith(b"\n"))  # else it was cut off being written

    def backwards(self) -> Iterator[Checkpoint]:
        """Every line as it reads, newest first. Raises ValueError at one that is none."""
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (_read(line) for line in _lines_backwards(file))

    def declared(self, most: int) -> list[Checkpoint]:
        """The newest lines that tell of more than new acts, newest first, among the last `LOOKED_THROUGH`.

        Raises ValueError at one that is none.
        """
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            lines = islice(_lines_backwards(file), LOOKED_THROUGH)
            return [_read(line) for line in islice((one for one in lines if _ORDINARY not in one[:200]), most)]

    def last(self) -> Checkpoint | None:
        """The newest line; None in a log that did not begin. Raises Unavailable when it is none of ours."""
        try:
            found = next(self.backwards(), None)
        except ValueError as error:
            raise Unavailable(f"La última línea de {self.path} no es un punto de control.") from error
        return found

    def size(self) -> int:
        """How many bytes it has: another number when it went on."""
        return self.path.stat().st_size if self.path.exists() else 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else adds to it meanwhile. Raises Unavailable when the folder cannot be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Unavailable(f"No se puede escribir en la carpeta de puntos de control {self.folder}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def add(self, before: Checkpoint | None, told: Checkpoint) -> Checkpoint:
        """Sign `told`, which follows `before`, and add it; returns it as it stands. Its caller holds the log.

        Raises Unavailable when the log was begun with another key, or cannot be written.
        """
        key = keys.load_or_make(self.key_path)
        if before is not None and before.key != key.public:
            raise Unavailable(
                "Los puntos de control se firmaron con otra llave: devuelva la de antes, o mueva la carpeta "
                f"{self.folder} para comenzar un registro nuevo."
            )
        content = dumps(_content(told, before, key.public)).encode()
        line = content[:-1] + _SIGNATURE + f'{key.sign(content)}"}}\n'.encode()
        try:
            self._write(line, key)
        except OSError as error:
            raise Unavailable(f"No se pudo escribir el punto de control en {self.path}.") from error
        return _read(line)

    def _write(self, line: bytes, key: keys.Key) -> None:
        public = self.folder / PUBLIC_KEY
        if not public.exists():
            public.write_text(keys.pem(key.public))
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o640)
        with os.fdopen(descriptor, "r+b") as file:
            file.seek(_end_of_whole_lines(file))
            file.truncate()
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def read(line: bytes) -> Checkpoint | None:
    """A line of the file; None where it is none."""
    try:
        return _read(line)
    except ValueError:
        return None


def is_signed(line: bytes, key: str) -> bool:
    """Whether a line of the file carries a signature of what stands before it by `key`."""
    content, _, signature = line.rstrip(b"\n").rpartition(_SIGNATURE)
    return keys.verifies(key, content + b"}", signature.removesuffix(b'"}').decode(errors="replace"))


def _content(told: Checkpoint, before: Checkpoint | None, key: str) -> dict[str, Any]:
    return {
        "number": told.number, "at": _written(told.at), "event": told.event, "told": told.told,
        "through": told.through, "acts": told.acts, "chains": told.chains,
        "since": _written(told.since) if told.since else None,
        "ends": {kind: list(ends) for kind, ends in told.ends.items()},
        "cuts": {kind: list(cuts) for kind, cuts in told.cuts.items()},
        "previous": before.hash if before else "", "key": key,
    }  # fmt: skip


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _read(line: bytes) -> Checkpoint:
    """Raises ValueError."""
    try:
        raw = json.loads(line)
        since = datetime.fromisoformat(raw["since"]) if raw["since"] else None
        at = datetime.fromisoformat(raw["at"])
        ends = {kind: [tuple(end) for end in ends] for kind, ends in raw["ends"].items()}
        cuts = {kind: [tuple(cut) for cut in cuts] for kind, cuts in raw["cuts"].items()}
        told = {**raw, "at": at, "since": since, "ends": ends, "cuts": cuts}
        return Checkpoint(**told, hash=hashlib.sha256(line.rstrip(b"\n")).hexdigest())
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no checkpoint") from error


def _lines_backwards(file: IO[bytes]) -> Iterator[bytes]:
    place, rest = _end_of_whole_lines(file), b""
    while place:
        size = min(_BLOCK, place)
        place -= size
        file.seek(place)
        first, *whole = (file.read(size) + rest).split(b"\n")
        yield from (line for line in reversed(whole) if line)
        rest = first
    if rest:
        yield rest


def _end_of_whole_lines(file: IO[bytes]) -> int:
    """Where the last line ends that was written whole: what a crash left after it was never told to anybody."""
    place = file.seek(0, os.SEEK_END)
    while place:
        start = max(place - _BLOCK, 0)
        file.seek(start)
        found = file.read(place - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        place = start
    return 0
