"""`att audit`."""

import click

from att.console import connected
from att.console import operator


@click.group()
def audit() -> None:
    """Revisa la historia de los actos y lleva sus puntos de control firmados."""


@audit.command()
def verify() -> None:
    """Recalcula la historia y las huellas de lo que se envió, y las compara con los puntos de control firmados."""
    from db import reading
    from db import seals
    from db.checkpoints import checking
    from engine import integrity

    connected()
    last, told = checking.in_use().last(), checking.coverage()
    breaks = 0
    with reading(still=True) as session:
        for found in integrity.verify(session, told):
            breaks += 1
            click.echo(integrity.on_a_line(found), err=True)
        unsealed = seals.unsealed(session)
    if unsealed:
        click.echo(f"Sin huella de su contenido, de antes de que se guardara: {unsealed}.")
    if last is None:
        click.echo("Todavía no hay puntos de control firmados: un recorte bien hecho no se notaría.")
    if breaks:
        click.echo(f"La historia tiene {breaks} {'ruptura' if breaks == 1 else 'rupturas'}.", err=True)
        raise SystemExit(1)
    click.echo("La historia está íntegra.")


@audit.command()
@click.option("--dated-back", default="", help="Por qué lo nuevo dice ser de antes: queda firmado. P. ej., el reloj.")
def checkpoint(dated_back: str) -> None:
    """Firma ahora un punto de control de lo que se registró desde el anterior."""
    connected()
    from att import checkpointing
    from db import clock
    from db.checkpoints import checking

    told = f"{operator().name}: {dated_back}" if dated_back else ""
    checkpointing.seal_history(clock.now(), as_of=told)
    last = checking.in_use().last()
    if last is None:
        click.echo("Todavía no hay ningún acto que cubrir.")
        return
    click.echo(f"Punto de control {last.number}: {last.acts} actos de {last.chains} historias. Huella {last.hash}")


@audit.command()
def key() -> None:
    """Muestra la llave pública con que se verifican los puntos de control; se crea si no la hay."""
    connected()
    from db.checkpoints import checking
    from db.checkpoints import keys

    public = keys.load_or_make(checking.in_use().key_path).public
    click.echo(keys.pem(public), nl=False)
    click.echo(public)


@audit.command()
@click.option("--reason", required=True, help="Qué copia se puso, de cuándo, quién lo autorizó y por qué.")
def restored(reason: str) -> None:
    """Declara, con firma, que la base de datos en uso es una copia anterior («att restore» lo hace solo)."""
    connected()
    from att import checkpointing
    from db import clock

    line = checkpointing.declare_restored(reason, by=operator(), now=clock.now())
    click.echo(f"Quedó declarado en el punto de control {line.number}.")
