"""Files that people attach, kept by content under one folder and described by a row.

The kind is read from the first bytes, never believed from the name; what is refused is never stored.
"""

import hashlib
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from db.actor import Actor
from db.base import Base
from db.base import BigId
from db.base import Id
from db.characters import clean
from db.errors import InvalidData
from db.errors import NotFound
from db.errors import Unavailable
from db.privacy import CONTENT
from db.types import UtcDateTime

MAX_BYTES = 20 * 1024 * 1024
NO_ROOM = "No se pudo guardar el archivo: no hay espacio donde guardarlo, o no se puede escribir. Intente más tarde."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its extensions, how its bytes begin, and a name that must stand inside a ZIP container."""

    label: str
    media_type: str
    extensions: tuple[str, ...]
    magic: tuple[bytes, ...]
    inside: str = ""


KINDS: tuple[Kind, ...] = (
    Kind("PDF", "application/pdf", (".pdf",), (b"%PDF-",)),
    Kind("imagen JPEG", "image/jpeg", (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    Kind("imagen PNG", "image/png", (".png",), (b"\x89PNG\r\n\x1a\n",)),
    Kind(
        "libro de Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (".xlsx",),
        (b"PK\x03\x04",),
        "xl/workbook.xml",
    ),
    Kind(
        "documento de Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
        (b"PK\x03\x04",),
        "word/document.xml",
    ),
    Kind(
        "presentación de PowerPoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        (".pptx",),
        (b"PK\x03\x04",),
        "ppt/presentation.xml",
    ),
)


class StoredFile(Base):
    """An attached file. Its bytes lie under the folder of `Store`, named by their SHA-256."""

    __tablename__ = "stored_file"

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(info=CONTENT)
    media_type: Mapped[str]
    size: Mapped[int]
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by: Mapped[int | None] = mapped_column(BigId, index=True)


class FileUse(Base):
    """What uses a file: `subject_kind` is the table's noun (`instance`, `work_plan`), `subject_id` its row.

    Who may read one of the uses may read the file.
    """

    __tablename__ = "file_use"
    __table_args__ = (Index("ix_file_use_subject_kind_subject_id", "subject_kind", "subject_id"),)

    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class _Store:
    folder: Path = Path("var/files")


def keep_under(folder: Path) -> None:
    """Keep files under `folder` from now on."""
    _Store.folder = folder


def save(session: Session, name: str, content: bytes, *, by: Actor, now: datetime, path: str = "") -> StoredFile:
    """Store `content` and return its row.

    Raises InvalidData at `path` when the file is empty, over MAX_BYTES, or not one of KINDS, and Unavailable when the
    folder does not take it: the disk is full, or gone.
    """
    kind = _checked(name, content, path)
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        _write_once(_location(sha256), content)
    except OSError as error:
        raise Unavailable(NO_ROOM) from error
    row = StoredFile(
        token=os.urandom(16).hex(),
        sha256=sha256,
        name=clean(Path(name).name),
        media_type=kind.media_type,
        size=len(content),
        uploaded_at=now,
        uploaded_by=by.person_id,
    )
    session.add(row)
    session.flush()
    return row


def get(session: Session, token: str) -> StoredFile:
    """The file with this token. Raises NotFound."""
    row = session.query(StoredFile).filter_by(token=token).one_or_none()
    if row is None:
        raise NotFound("el archivo", token)
    return row


def content(row: StoredFile) -> bytes:
    """The bytes of `row`. Raises NotFound when they are gone from the folder."""
    try:
        return _location(row.sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("el contenido del archivo", row.name) from error


def is_kept(row: StoredFile) -> bool:
    """Whether the bytes of `row` are in the folder, and are as many as they were."""
    location = _location(row.sha256)
    return location.is_file() and location.stat().st_size == row.size


def tokens_in(data: Any) -> Iterator[str]:
    """Texts in answers, lists and mappings of them, that look like a file's token; whether one is known shows later."""
    if isinstance(data, str):
        if _TOKEN.fullmatch(data):
            yield data
        return
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list | tuple) else ():
        yield from tokens_in(value)


_TOKEN = re.compile("[0-9a-f]{32}")


def _checked(name: str, content: bytes, path: str) -> Kind:
    if not content:
        raise InvalidData({path: [f"«{Path(name).name}» está vacío."]})
    if len(content) > MAX_BYTES:
        raise InvalidData({path: [f"«{Path(name).name}» pesa más de {MAX_BYTES // 1024 // 1024} MB."]})
    extension = Path(name).suffix.lower()
    for kind in KINDS:
        if extension in kind.extensions and content.startswith(kind.magic) and _holds(content, kind.inside):
            return kind
    allowed = ", ".join(kind.label for kind in KINDS)
    raise InvalidData({path: [f"«{Path(name).name}» no es un archivo admitido. Adjunte uno de estos: {allowed}."]})


def _holds(content: bytes, inside: str) -> bool:
    if not inside:
        return True
    try:
        return inside in zipfile.ZipFile(BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return False


def _location(sha256: str) -> Path:
    return _Store.folder / sha256[:2] / sha256


def _write_once(location: Path, content: bytes) -> None:
    if location.exists():
        return
    location.parent.mkdir(parents=True, exist_ok=True)
    partial = location.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with partial.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        partial.rename(location)
    except OSError:
        partial.unlink(missing_ok=True)  # on a full disk it would keep out those that still fit
        raise
