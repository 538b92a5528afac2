"""Who may read an attached file: whoever attached it, and whoever may read something that uses it.

What uses files belongs to the rooms above: each says with `reads` who may read its own.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import exists
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import files
from db.errors import NotAllowed
from db.files import FileUse
from db.files import StoredFile
from db.history import Subject
from db.once import insert_new
from directory.principal import Principal

Reader = Callable[[Session, Principal, Sequence[int]], bool]
"""Whether somebody may read one of the rows with these ids."""

_readers: dict[str, Reader] = {}
_withheld: dict[str, Reader] = {}


def reads(kind: str) -> Callable[[Reader], Reader]:
    """Register who may read what `Subject(kind, …)` names."""

    def register(reader: Reader) -> Reader:
        _readers[kind] = reader
        return reader

    return register


def withholds(kind: str) -> Callable[[Reader], Reader]:
    """Register from whom a file that `Subject(kind, …)` uses is kept, whatever else uses it."""

    def register(reader: Reader) -> Reader:
        _withheld[kind] = reader
        return reader

    return register


# Whatever attaches something asks it: it is built once.
_UNUSED = select(StoredFile.id).where(
    StoredFile.token.in_(bindparam("tokens", expanding=True)),
    ~exists().where(
        FileUse.file_id == StoredFile.id, FileUse.subject_kind == bindparam("subject_kind"),
        FileUse.subject_id == bindparam("subject_id"),
    ),
)  # fmt: skip


def use(session: Session, tokens: Iterable[str], subject: Subject, *, now: datetime) -> None:
    """Keep that `subject` uses these files; those it uses already, and tokens of no file, change nothing."""
    wanted = sorted(set(tokens))
    if not wanted:
        return
    about = {"subject_kind": subject.kind, "subject_id": subject.id}
    fresh = session.scalars(_UNUSED, {"tokens": wanted, **about}).all()
    # Another act of the same moment may use the same file for the same thing.
    insert_new(session, FileUse, [{"file_id": key, "used_at": now, **about} for key in fresh], "file_id")


def release(session: Session, tokens: Iterable[str], subject: Subject) -> None:
    """Let these files be read with `subject` no more: it was corrected, and does not use them."""
    ids = select(StoredFile.id).where(StoredFile.token.in_(sorted(set(tokens))))
    ours = FileUse.subject_kind == subject.kind, FileUse.subject_id == subject.id
    session.execute(delete(FileUse).where(FileUse.file_id.in_(ids), *ours))


def of(session: Session, subject: Subject) -> list[StoredFile]:
    """The files that `subject` uses, newest first."""
    statement = select(StoredFile).join(FileUse, FileUse.file_id == StoredFile.id)
    ours = statement.where(FileUse.subject_kind == subject.kind, FileUse.subject_id == subject.id)
    return list(session.scalars(ours.order_by(StoredFile.uploaded_at.desc(), StoredFile.id.desc())))


def find(session: Session, token: str, *, by: Principal) -> StoredFile:
    """The file with this token. Raises NotFound, NotAllowed."""
    row = files.get(session, token)
    if not _readable(session, row, by):
        raise NotAllowed("Usted no tiene permiso para leer este archivo.", action="file.read", hidden=True)
    return row


def foreign(session: Session, tokens: Iterable[str], *, by: Principal) -> set[str]:
    """Of these tokens, those of files that `by` may not read and therefore not attach to anything either.

    What nobody in particular uploaded (`uploaded_by` empty) came with the system and is nobody's secret.
    """
    wanted = set(tokens)
    if not wanted:
        return set()
    return foreign_among(session, session.scalars(select(StoredFile).where(StoredFile.token.in_(wanted))), by=by)


def foreign_among(session: Session, rows: Iterable[StoredFile], *, by: Principal) -> set[str]:
    """The tokens of those of these files that `foreign` would name."""
    return {row.token for row in rows if row.uploaded_by is not None and not _readable(session, row, by)}


def _readable(session: Session, row: StoredFile, by: Principal) -> bool:
    if row.uploaded_by == by.person_id:
        return True
    ids: dict[str, list[int]] = {}
    for use_ in session.scalars(select(FileUse).where(FileUse.file_id == row.id)):
        ids.setdefault(use_.subject_kind, []).append(use_.subject_id)
    if any(_withheld[kind](session, by, found) for kind, found in ids.items() if kind in _withheld):
        return False
    return any(_readers[kind](session, by, found) for kind, found in ids.items())
