"""`att sweep`."""

from datetime import datetime

import click

from att.console import connected
from att.console import operator


@click.command()
@click.argument("jobs", nargs=-1)
@click.option("--as-of", "as_of", default="", help="Instante ISO 8601; sin zona, se lee en la de ATT_TIMEZONE.")
def sweep(jobs: tuple[str, ...], as_of: str) -> None:
    """Ejecuta una vez los trabajos automáticos (todos, o los que se nombren)."""
    settings = connected()
    from att import checkpointing
    from att.jobs import JOBS
    from att.jobs import run
    from db import clock
    from db.errors import InvalidData

    unknown = [name for name in jobs if name not in JOBS]
    if unknown:
        raise InvalidData({"": [f"No existe el trabajo «{unknown[0]}». Los trabajos son: {', '.join(JOBS)}."]})
    now = begun = clock.now()
    if as_of:
        try:
            instant = datetime.fromisoformat(as_of)
        except ValueError as error:
            raise InvalidData({"--as-of": ["Escriba un instante como 2026-11-24T08:00."]}) from error
        now = instant if instant.tzinfo else instant.replace(tzinfo=settings.timezone)
    if now < begun:
        checkpointing.seal_history(begun)
    failed = 0
    for name in jobs or JOBS:
        outcome = run(name, now)
        failed += outcome.failed
        click.echo(f"{name}: {outcome.found} encontrados, {outcome.done} hechos, {outcome.failed} con error")
    if now < begun:
        checkpointing.seal_history(
            clock.now(), as_of=f"{operator().name} ejecutó «att sweep --as-of {now.isoformat()}»."
        )
    if failed:
        raise SystemExit(1)
