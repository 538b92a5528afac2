"""Putting a back-up where there is nothing yet, and looking whether what came back is whole."""

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import make_url

from att import checkpointing
from att import schema
from att.backup import archive
from att.backup import dumps
from att.backup.archive import Manifest
from att.settings import Settings
from db import clock
from db import files
from db import reading
from db.actor import SYSTEM
from db.actor import Actor
from db.checkpoints import checking
from db.checkpoints.log import Checkpoint
from db.errors import InvalidData
from db.errors import NotNow
from db.files import StoredFile
from db.history import Break
from db.session import current_engine
from engine import integrity


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: its manifest, where its history does not hold, names of files that are not there, what was told.

    `declared` is the checkpoint that says so.
    """

    manifest: Manifest
    breaks: list[Break]
    missing: list[str]
    declared: Checkpoint


def restore(settings: Settings, source: Path, *, by: Actor = SYSTEM) -> Restored:
    """Fill the empty installation of `settings`, which is connected, with a back-up, and bring it to the newest tables.

    The checkpoints and the history say so from then on: what the back-up lacks is not taken for a fraud.
    Raises InvalidData (`archivo`) for what is no whole back-up, or is one of another kind of database, of another
    secret key or of a newer program; NotNow where something is there already; Unavailable when the database cannot be
    filled. Nothing is changed then; of one that is killed nothing is used: begin again where there is nothing.
    """
    engine = current_engine()
    dumps.demand_empty(engine)
    if settings.files.is_dir() and any(settings.files.iterdir()):
        raise NotNow(f"La carpeta {settings.files} ya tiene archivos: use otra (ATT_VAR).", code="not-empty")
    with tempfile.TemporaryDirectory(dir=settings.var, prefix=".respaldo-") as folder:
        manifest = archive.unpack(source, Path(folder))
        _demand_fitting(manifest, settings, source)
        engine.dispose()
        with ExitStack() as undone:
            if manifest.file_count:  # before the database, which comes whole: where there is one, its files are there
                settings.files.mkdir(exist_ok=True)
                os.replace(unpacked := Path(folder) / archive.FILES.rstrip("/"), settings.files)
                undone.callback(os.replace, settings.files, unpacked)
            dumps.back(settings.database_url, Path(folder) / archive.DATABASE)
            undone.pop_all()
    schema.upgrade(engine)
    made = clock.local(datetime.fromisoformat(manifest.made_at))
    told = f"Respaldo del {made:%d/%m/%Y a las %H:%M}, SHA-256 de la base de datos {manifest.parts[archive.DATABASE]}."
    line = checkpointing.declare_restored(told, by=by, now=clock.now())
    return Restored(manifest, *_looked_at(), line)


def _demand_fitting(manifest: Manifest, settings: Settings, source: Path) -> None:
    kind = make_url(settings.database_url).get_backend_name()
    if manifest.database != kind:
        raise archive.damaged(source, f"es de una base de datos {manifest.database} y esta instalación usa {kind}")
    known = {archive.print_of_key(key) for key in (settings.secret_key, *settings.older_keys)}
    if manifest.key_print not in known:
        raise InvalidData({
            "ATT_SECRET_KEY": ["No es la clave con que se hizo el respaldo: con otra, ningún proceso podría seguir."]
        })  # fmt: skip
    if manifest.revision not in schema.revisions():
        raise archive.damaged(source, "lo hizo una versión más nueva del programa")


def _looked_at() -> tuple[list[Break], list[str]]:
    covered = checking.coverage()
    with reading() as session:
        breaks = list(integrity.verify(session, covered))
        rows = session.scalars(select(StoredFile).order_by(StoredFile.id))
        return breaks, [row.name for row in rows if not files.is_kept(row)]
