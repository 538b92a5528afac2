"""`att restore`."""

from pathlib import Path

import click

from att.console import connected


@click.command()
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(source: Path) -> None:
    """Restaura un respaldo en una instalación vacía, con la misma clave secreta, y revisa que esté íntegro."""
    settings = connected(prepared=False)
    from att.backup.restoring import restore as put_back
    from engine import integrity
    from notifications import statements  # noqa: F401  # it says how what was stated is read back

    done = put_back(settings, source)
    click.echo(f"Se restauró lo que había el {done.manifest.made_at}: {done.manifest.file_count} archivos.")
    for found in done.breaks:
        click.echo(f"{found.subject.kind} {found.subject.id}, acto {found.sequence}: "
                   f"{integrity.PROBLEMS[found.problem]}", err=True)  # fmt: skip
    for name in done.missing:
        click.echo(f"Falta el archivo «{name}».", err=True)
    if done.breaks or done.missing:
        raise SystemExit(1)
    click.echo("La historia está íntegra y no falta ningún archivo.")
