"""The papers of the demonstration: small real documents, so that every attachment opens."""

import struct
import zlib
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from functools import cache

from att.demo.scene import Scene
from db import files
from directory.principal import Principal
from forms import document

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

SIDE = 96
"""Pixels of a side of the picture."""


def paper(scene: Scene, name: str, title: str, lines: Sequence[tuple[str, str]], *, by: Principal) -> str:
    """Store a PDF of one page with `lines` (label, text) as `by`; returns its token."""
    return store(scene, f"{name}.pdf", pdf(title, lines, at=scene.now), by=by)


def store(scene: Scene, name: str, content: bytes, *, by: Principal) -> str:
    """Store `content` as `by`; returns its token."""
    return files.save(scene.session, name, content, by=by.actor(), now=scene.now).token


def pdf(title: str, lines: Sequence[tuple[str, str]], *, at: datetime) -> bytes:
    """A PDF of one page. It says that it is of the demonstration."""
    facts = [("Documento", "Ejemplo de la demostración, sin datos reales")]
    return document.paper(title, facts, [document.Part("Contenido", lines)], at=at)


@cache
def cached(title: str, text: str) -> bytes:
    """A PDF that many attach alike: made once, and kept once where files are kept by content."""
    return pdf(title, [("Contenido", text)], at=EPOCH)


def picture() -> bytes:
    """A PNG with the three bands of a flag, in place of a photograph."""
    bands = [(b"\xfc\xd1\x16", SIDE // 2), (b"\x00\x38\x93", SIDE // 4), (b"\xce\x11\x26", SIDE // 4)]
    rows = b"".join((b"\0" + colour * SIDE) * height for colour, height in bands)
    head = struct.pack(">2I5B", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
