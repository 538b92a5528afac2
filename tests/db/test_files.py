"""Attached files: what is taken, what is refused, and that what is refused leaves no trace."""

import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import files
from db.errors import InvalidData
from db.errors import NotFound
from db.errors import Unavailable

PDF = b"%PDF-1.7 contenido"
PNG = b"\x89PNG\r\n\x1a\n contenido"
JPEG = b"\xff\xd8\xff contenido"


def container(inside: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(inside, "<x/>")
    return target.getvalue()


XLSX = container("xl/workbook.xml")


@pytest.fixture
def save(session: Session, now: datetime):  # type: ignore[no-untyped-def]
    return lambda name, content: files.save(session, name, content, by=SYSTEM, now=now, path="acta")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("acta.pdf", PDF, "application/pdf"),
        ("ACTA.PDF", PDF, "application/pdf"),
        ("foto.png", PNG, "image/png"),
        ("foto.jpeg", JPEG, "image/jpeg"),
        ("lista.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (
            "acta.docx",
            container("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_kinds_that_are_taken(save, name, content, media_type) -> None:  # type: ignore[no-untyped-def]
    row = save(name, content)
    assert (row.media_type, row.size, files.content(row)) == (media_type, len(content), content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("acta.pdf", PNG),
        ("foto.png", PDF),
        ("programa.exe", b"MZ contenido"),
        ("pagina.html", b"<html></html>"),
        ("acta.docx", XLSX),
        ("lista.xlsx", b"PK\x03\x04 cortado"),
        ("sin_extension", PDF),
        ("vacio.pdf", b""),
    ],
)
def test_what_is_refused_is_not_stored(session: Session, tmp_path: Path, save, name, content) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidData) as refused:
        save(name, content)
    assert list(refused.value.errors) == ["acta"]
    assert session.scalar(select(func.count()).select_from(files.StoredFile)) == 0
    assert not (tmp_path / "files").exists()


def test_a_file_that_is_too_big_is_refused(save, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(files, "MAX_BYTES", len(PDF) - 1)
    with pytest.raises(InvalidData, match="corregir"):
        save("acta.pdf", PDF)


def test_the_same_bytes_are_kept_once(tmp_path: Path, save) -> None:  # type: ignore[no-untyped-def]
    first, second = save("uno.pdf", PDF), save("dos.pdf", PDF)
    assert first.token != second.token
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


def test_a_folder_in_the_name_is_dropped(save) -> None:  # type: ignore[no-untyped-def]
    assert save("../../etc/acta.pdf", PDF).name == "acta.pdf"


def test_a_file_is_found_by_its_token(session: Session, save) -> None:  # type: ignore[no-untyped-def]
    row = save("acta.pdf", PDF)
    assert files.get(session, row.token) is row


def test_an_unknown_token_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        files.get(session, "0" * 32)


def test_bytes_that_are_gone_are_not_found(tmp_path: Path, save) -> None:  # type: ignore[no-untyped-def]
    row = save("acta.pdf", PDF)
    next(path for path in (tmp_path / "files").rglob("*") if path.is_file()).unlink()
    with pytest.raises(NotFound):
        files.content(row)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes, as on a disk that is full then."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_for_which_there_is_no_room_is_told_so_and_leaves_nothing(
    session: Session, tmp_path: Path, save
) -> None:  # type: ignore[no-untyped-def]
    with room_for(2**20), pytest.raises(Unavailable, match="no hay espacio"):
        save("acta.pdf", PDF + bytes(2**21))
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert session.scalar(select(func.count(files.StoredFile.id))) == 0
    assert save("acta.pdf", PDF).size == len(PDF)
