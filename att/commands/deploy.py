"""`att deploy`."""

import click

from att.console import connected


@click.command()
def deploy() -> None:
    """Despliega los procesos incluidos; los que no cambiaron conservan su versión."""
    from att.setup import deploy_built_in

    connected()
    for line in deploy_built_in():
        click.echo(f"Proceso {line}")
