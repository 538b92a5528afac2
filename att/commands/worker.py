"""`att worker`."""

import click

from att.console import connected


@click.command()
def worker() -> None:
    """Ejecuta solo los trabajos automáticos; espera su turno si otro proceso los tiene."""
    from att.worker import run_until_signalled

    run_until_signalled(connected())
