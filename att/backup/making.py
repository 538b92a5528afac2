"""Making a back-up while people work."""

import os
import re
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from att.backup import archive
from att.backup import dumps
from att.backup.archive import Manifest
from att.settings import Settings
from db import reading
from db.errors import InvalidData

_WHOLE = re.compile("[0-9a-f]{64}")


def make(settings: Settings, target: Path, *, now: datetime) -> Manifest:
    """Write a back-up to `target`, which appears whole or not at all. Returns what is in it.

    The database goes first: whatever file it speaks of was stored before. Raises InvalidData (`archivo`) when `target`
    is there or cannot be written, Unavailable when the database cannot be copied.
    """
    if target.exists():
        raise InvalidData({"archivo": [f"{target} ya existe: elija otro nombre."]})
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        manifest = _written(settings, part, now)
        os.replace(part, target)
    except OSError as error:
        raise InvalidData({"archivo": [f"No se puede escribir {target}: {error.strerror or error}."]}) from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _written(settings: Settings, part: Path, now: datetime) -> Manifest:
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".respaldo-") as folder:
        database = Path(folder) / archive.DATABASE
        with reading() as session:
            revision = MigrationContext.configure(session.connection()).get_current_revision() or ""
        dumps.out(settings.database_url, database)
        with part.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                writer = archive.Writer(tar)
                writer.add(archive.DATABASE, database)
                for stored in _stored(settings.files):
                    writer.add(f"{archive.FILES}{stored.relative_to(settings.files)}", stored)
                kind = make_url(settings.database_url).get_backend_name()
                manifest = writer.close(made_at=now, database=kind, revision=revision, key=settings.secret_key)
            file.flush()
            os.fsync(file.fileno())
    part.chmod(0o600)
    return manifest


def _stored(folder: Path) -> list[Path]:
    """Whole files alone: what is just being written has another name, and no row of the database speaks of it."""
    return sorted(path for path in folder.rglob("*") if _WHOLE.fullmatch(path.name))
