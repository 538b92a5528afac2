"""`att audit`."""

from itertools import chain

import click

from att.console import connected


@click.group()
def audit() -> None:
    """Revisa la historia de los actos."""


@audit.command()
def verify() -> None:
    """Recalcula cada cadena de la historia, y las huellas de lo que se envió, y dice dónde no se sostienen."""
    from db import history
    from db import reading
    from db import seals
    from engine import integrity
    from engine import rectifications  # noqa: F401  # it says how what was corrected, and sent, is read back
    from notifications import statements  # noqa: F401  # it says how what was stated is read back

    connected()
    breaks = 0
    with reading() as session:
        for found in chain(history.verify(session), seals.verify(session)):
            breaks += 1
            where = f"{found.subject.kind} {found.subject.id}, acto {found.sequence}"
            click.echo(f"{where}: {integrity.PROBLEMS[found.problem]}", err=True)
        unsealed = seals.unsealed(session)
    if unsealed:
        click.echo(f"Sin huella de su contenido, de antes de que se guardara: {unsealed}.")
    if breaks:
        click.echo(f"La historia tiene {breaks} {'ruptura' if breaks == 1 else 'rupturas'}.", err=True)
        raise SystemExit(1)
    click.echo("La historia está íntegra.")
