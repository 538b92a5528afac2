"""`att bounces`."""

from pathlib import Path

import click

from att.console import connected


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def bounces(folder: Path) -> None:
    """Lee los mensajes nuevos de un buzón Maildir y anota lo que dicen."""
    connected()
    from att import returns
    from db import clock

    counts = returns.from_folder(folder, clock.now())
    for result, count in sorted(counts.items()):
        click.echo(f"{count}: {returns.WORDS[result]}")
    if not counts:
        click.echo("No hay nada nuevo en el buzón.")
