"""`att init`."""

import click

from att.console import connected


@click.command()
def init() -> None:
    """Crea o actualiza la base de datos, con sus catálogos, y despliega los procesos incluidos."""
    from att import schema
    from att.setup import deploy_built_in
    from att.setup import install_policies
    from att.setup import load_catalogues
    from db.session import current_engine

    connected(prepared=False)
    schema.upgrade(current_engine())
    load_catalogues()
    for key in install_policies():
        click.echo(f"Política {key}")
    for line in deploy_built_in():
        click.echo(f"Proceso {line}")
    click.echo("La base de datos está lista.")
