"""`att backup`."""

from pathlib import Path

import click

from att.console import connected


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path, dir_okay=False))
def backup(target: Path | None) -> None:
    """Respalda la base de datos y los archivos en un solo archivo, sin detener el servicio.

    Sin nombre, queda en la carpeta «respaldos» de ATT_VAR. La clave secreta no va en él: guárdela aparte.
    """
    settings = connected()
    from att.backup.making import make
    from db import clock

    now = clock.now()
    target = target or settings.var / "respaldos" / f"att-{clock.local(now):%Y-%m-%d-%H%M%S}.tar"
    manifest = make(settings, target, now=now)
    size = target.stat().st_size / 1024 / 1024
    click.echo(f"Respaldo en {target}: la base de datos y {manifest.file_count} archivos, {size:.1f} MB.")
