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


@schema.command()
@click.argument("name")
@click.option("--apply", "at_once", is_flag=True, help="Lo hace en la base de datos, en lugar de mostrarlo.")
def role(name: str, at_once: bool) -> None:
    """Muestra el SQL de un rol de PostgreSQL con el que el programa trabaja sin poder cambiar ni borrar la historia.

    Lo ejecuta quien posee las tablas, otra vez después de cada «att init». La contraseña se fija aparte.
    """
    from att import privileges
    from att.console import connected
    from db import database_kind
    from db.errors import NotNow
    from db.session import current_engine

    connected()
    if database_kind() != "postgresql":
        raise NotNow("SQLite no tiene roles: proteja el archivo con los permisos del sistema operativo.", code="sqlite")
    engine = current_engine()
    if not at_once:
        for statement in privileges.statements(name, str(engine.url.database)):
            click.echo(f"{statement};")
        return
    with engine.begin() as connection:
        privileges.apply(connection, name)
    click.echo(f"El rol {name} quedó con lo necesario. Fije su contraseña: \\password {name}")
