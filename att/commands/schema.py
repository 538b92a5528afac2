"""`att schema`."""

import click

from att.settings import Settings


@click.group()
def schema() -> None:
    """Lleva la base de datos a la última revisión, o escribe una nueva."""


@schema.command()
def upgrade() -> None:
    """Aplica las revisiones que faltan."""
    from att import schema as revisions
    from db import connect

    revisions.upgrade(connect(Settings.from_env().database_url))
    click.echo("La base de datos está en la última revisión.")


@schema.command()
@click.argument("message")
def revision(message: str) -> None:
    """Escribe la revisión que lleva las tablas a lo que dicen los modelos (para quien desarrolla)."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from att import schema as revisions
    from db import connect

    with TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'head.db'}")
        revisions.upgrade(engine)
        revisions.write_revision(engine, message)
        engine.dispose()
