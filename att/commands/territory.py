"""`att territory`."""

from pathlib import Path

import click

from att.console import connected
from att.console import operator


@click.group()
def territory() -> None:
    """Mantiene el catálogo de departamentos y entidades (DIVIPOLA del DANE)."""


@territory.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Dice qué cambiaría, sin cambiar nada.")
def import_file(file: Path, dry_run: bool) -> None:
    """Importa el archivo del DANE (JSON o CSV)."""
    from db import clock
    from db import transaction
    from directory import territory as catalogue

    connected()
    with transaction() as session:
        report = catalogue.import_file(
            session, file.read_bytes(), file.name, dry_run=dry_run, by=operator(), now=clock.now()
        )
    click.echo(str(report))
