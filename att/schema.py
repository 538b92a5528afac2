"""The schema of the database: brought to the newest revision, compared with the models, written as revisions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from att.tables import metadata

FOLDER = Path(__file__).resolve().parent.parent / "db" / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database of `engine` to `revision`; does nothing when it is there already."""
    with _configured(engine) as config:
        command.upgrade(config, revision)


def differences(engine: Engine) -> list[Any]:
    """What a new revision would have to change for the database to match the models; empty when it matches."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata()))


def write_revision(engine: Engine, message: str) -> None:
    """Write the revision that takes the database of `engine`, at head, to the models."""
    with _configured(engine) as config:
        config.attributes["writing"] = True
        command.revision(config, message, autogenerate=True, rev_id=f"{len(revisions()) + 1:04d}")


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
