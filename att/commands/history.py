"""`att history`."""

from pathlib import Path

import click

from att.console import connected
from att.console import operator


@click.group()
def history() -> None:
    """Saca la historia de los actos para quien la audita."""


@history.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--content", is_flag=True, help="Incluye lo que se envió con los actos (datos personales); pide --reason."
)
@click.option("--reason", default="", help="Para quién se hace y para qué; queda en la historia.")
def export(target: Path, content: bool, reason: str) -> None:
    """Escribe la historia en un archivo que se verifica sin el sistema (docs/verificador).

    Trae los nombres de quienes actuaron, que hacen parte de la huella de cada acto. Con --content trae además las
    respuestas de los formularios: trátelo como los datos personales que contiene.
    """
    connected()
    from att import exporting
    from db import clock

    last = exporting.export(target, content=content, reason=reason, by=operator(), now=clock.now())
    click.echo(f"Historia en {target}.")
    if last is None:
        click.echo("Todavía no hay puntos de control: sin ellos no se nota un recorte bien hecho.")
    else:
        click.echo(f"Entregue también el registro de puntos de control, hasta el {last.number}. Huella {last.hash}")
