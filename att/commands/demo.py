"""`att demo`."""

import click

from att.console import connected

OLDER = (
    "La cargó una versión anterior del programa, que no tenía: {}. No se agregan a datos que ya se usaron. Para "
    "verlas, cargue una demostración nueva: detenga el programa, aparte o borre la carpeta var/ (o use una base de "
    "datos vacía) y repita este comando."
)


@click.command()
@click.option("--scale", type=click.Choice(["full", "small"]), default="full", show_default=True, help="Tamaño.")
def demo(scale: str) -> None:
    """Carga la demostración: personas, productos, planes e hitos inventados. Repetirlo no cambia nada."""
    from att import checkpointing
    from att.demo import entrance
    from att.demo.load import load
    from att.demo.load import loaded
    from att.demo.load import missing
    from att.demo.scale import SCALES
    from att.setup import deploy_built_in
    from db import clock
    from forms.words import listed

    settings = connected()
    if loaded():
        click.echo("La demostración ya está cargada.")
        if lacking := missing():
            click.echo(OLDER.format(listed(lacking)))
    else:
        click.echo("Cargando la demostración. Todos los datos son inventados.")
        deploy_built_in()
        load(SCALES[scale], entrance.password(settings.var), now=clock.now(), say=click.echo)
        checkpointing.seal_history(clock.now(), as_of="Se cargó la demostración, cuyos actos dicen ser de antes.")
    for line in entrance.lines(settings.base_url, settings.var):
        click.echo(line)
