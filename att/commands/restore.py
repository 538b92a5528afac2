"""`att restore`."""

from pathlib import Path

import click

from att.console import connected
from att.console import operator


@click.command()
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(source: Path) -> None:
    """Restaura un respaldo en una instalación vacía, con la misma clave secreta, y revisa que esté íntegro."""
    settings = connected(prepared=False)
    from att import checkpointing
    from att.backup.restoring import restore as put_back
    from engine import integrity

    done = put_back(settings, source, by=operator())
    click.echo(f"Se restauró lo que había el {done.manifest.made_at}: {done.manifest.file_count} archivos.")
    click.echo(f"Queda declarado en el punto de control {done.declared.number}. {checkpointing.lost(done.declared)}")
    for found in done.breaks:
        click.echo(integrity.on_a_line(found), err=True)
    for name in done.missing:
        click.echo(f"Falta el archivo «{name}».", err=True)
    if done.breaks or done.missing:
        raise SystemExit(1)
    click.echo("La historia está íntegra y no falta ningún archivo.")
