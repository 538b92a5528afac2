"""`att token`."""

import click

from att.commands.users import person_of
from att.console import connected
from att.console import operator


@click.command()
@click.argument("username")
@click.option("--name", default="línea de comandos", help="Para qué es el token.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 365), help="Días que dura.")
def token(username: str, name: str, days: int) -> None:
    """Emite un token para que un programa actúe por una persona; se muestra una sola vez."""
    from datetime import timedelta

    from db import clock
    from db import transaction
    from directory import tokens

    connected()
    with transaction() as session:
        person_id = person_of(session, username)
        issued = tokens.issue(session, person_id, name, lasts=timedelta(days=days), by=operator(), now=clock.now())
    click.echo(issued.secret)
