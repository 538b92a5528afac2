"""The file of a back-up: a tar with the database, the attached files and, last, a manifest with the print of each."""

import hashlib
import hmac
import json
import tarfile
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from db.errors import InvalidData

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FILES = "files/"
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a back-up holds: `parts` are the SHA-256 of each member of the archive, by name."""

    made_at: str
    database: str
    revision: str
    key_print: str
    parts: Mapping[str, str]
    format: int = FORMAT

    @property
    def file_count(self) -> int:
        """How many attached files there are."""
        return sum(name.startswith(FILES) for name in self.parts)


def print_of_key(secret: str) -> str:
    """What tells whether another key is the same one, and nothing else about it."""
    return hmac.new(secret.encode(), b"att.backup.key", hashlib.sha256).hexdigest()


class Writer:
    """An archive that is being written; the print of each part is noted as it goes in."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._parts: dict[str, str] = {}

    def add(self, name: str, source: Path) -> None:
        """Put a file in. Raises OSError when it cannot be read."""
        self._parts[name] = sha256_of(source)
        self._tar.add(source, arcname=name, recursive=False)

    def close(self, *, made_at: datetime, database: str, revision: str, key: str) -> Manifest:
        """Put the manifest in, which ends the archive, and return it."""
        manifest = Manifest(
            made_at=made_at.isoformat(), database=database, revision=revision, key_print=print_of_key(key),
            parts=self._parts,
        )  # fmt: skip
        content = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(content)
        self._tar.addfile(member, BytesIO(content))
        return manifest


def unpack(archive: Path, folder: Path) -> Manifest:
    """Take an archive apart into `folder`, which is empty, and return its manifest.

    Raises InvalidData for a file that is no whole back-up: cut short, changed since, or with a part too many.
    """
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        raw = json.loads((folder / MANIFEST).read_text())
        manifest = Manifest(**raw)
    except (OSError, tarfile.TarError, ValueError, TypeError, EOFError) as error:
        raise damaged(archive, "no es un respaldo completo") from error
    if manifest.format != FORMAT:
        raise damaged(archive, "lo hizo otra versión del programa")
    found = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    del found[MANIFEST]
    for name in sorted({*found, *manifest.parts}):
        if name not in found or name not in manifest.parts or sha256_of(found[name]) != manifest.parts[name]:
            raise damaged(archive, f"«{name}» falta, sobra o fue alterado")
    return manifest


def damaged(archive: Path, why: str) -> InvalidData:
    """The error for an archive that cannot be used."""
    return InvalidData({"archivo": [f"{archive.name}: {why}."]})


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read block by block."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for block in _blocks(file):
            found.update(block)
    return found.hexdigest()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
