"""The schema of the database: brought to the newest revision, compared with the models, written as revisions."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy import Engine

from att.tables import metadata
from db import reading
from db.errors import Unavailable

FOLDER = Path(__file__).resolve().parent.parent / "db" / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database of `engine` to `revision`; does nothing when it is there already.

    Raises Unavailable when its tables are those of a newer program.
    """
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in revisions():
        raise Unavailable(_newer(found))
    with _configured(engine) as config:
        command.upgrade(config, revision)


def differences(engine: Engine) -> list[Any]:
    """What a new revision would have to change for the database to match the models; empty when it matches."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata()))


def lacking(connection: Connection) -> str:
    """What the database of `connection` lacks to be worked with, in a sentence; empty when it has the newest tables."""
    found, known = MigrationContext.configure(connection).get_current_revision(), revisions()
    if found is None:
        return "La base de datos no está preparada: ejecute att init."
    if found not in known:
        return _newer(found)
    if found != known[-1]:
        return f"La base de datos está en la versión {found}; falta llevarla a la {known[-1]}: ejecute att init."
    return ""


def mark_newest(engine: Engine) -> None:
    """Say that the tables of the database of `engine`, made from the models, are those of the newest revision."""
    with engine.execution_options(att_write=True).begin() as connection:
        MigrationContext.configure(connection).stamp(ScriptDirectory(str(FOLDER)), "head")


def demand(*, answering: bool = True) -> None:
    """Raise Unavailable with what `lacking` says of the database in use.

    One that does not answer raises too, unless `answering` is false: whoever serves waits for it.
    """
    lacks = ""
    with suppress(*(() if answering else (Unavailable,))), reading() as session:
        lacks = lacking(session.connection())
    if lacks:
        raise Unavailable(lacks)


def write_revision(engine: Engine, message: str) -> None:
    """Write the revision that takes the database of `engine`, at head, to the models."""
    with _configured(engine) as config:
        config.attributes["writing"] = True
        command.revision(config, message, autogenerate=True, rev_id=f"{len(revisions()) + 1:04d}")


def _newer(found: str) -> str:
    return (
        f"La base de datos está en la versión {found}, que este programa no conoce: la dejó uno más nuevo. "
        "Instale esa versión del programa, o restaure en otra base de datos el respaldo que hizo antes de actualizar."
    )


def revisions() -> list[str]:
    """The released revisions, oldest first."""
    script = ScriptDirectory(str(FOLDER))
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


@contextmanager
def _configured(engine: Engine) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    with engine.execution_options(att_write=True).begin() as connection:
        config.attributes.update(connection=connection, target_metadata=metadata())
        yield config
