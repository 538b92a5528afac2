"""`att audit`."""

import click

from att.console import connected


@click.group()
def audit() -> None:
    """Revisa la historia de los actos."""


@audit.command()
def verify() -> None:
    """Recalcula cada cadena de la historia y dice dónde no se sostiene."""
    from db import history
    from db import reading

    problems = {"missing": "falta el acto anterior", "unchained": "no sigue al anterior", "altered": "fue alterado"}
    connected()
    breaks = 0
    with reading() as session:
        for found in history.verify(session):
            breaks += 1
            where = f"{found.subject.kind} {found.subject.id}, acto {found.sequence}"
            click.echo(f"{where}: {problems[found.problem]}", err=True)
    if breaks:
        click.echo(f"La historia tiene {breaks} rupturas.", err=True)
        raise SystemExit(1)
    click.echo("La historia está íntegra.")
