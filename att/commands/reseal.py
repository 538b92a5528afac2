"""`att reseal`."""

import click

from att.console import connected
from att.console import operator


@click.command()
def reseal() -> None:
    """Vuelve a sellar con ATT_SECRET_KEY lo que se selló con una clave de ATT_SECRET_KEYS_OLD.

    Cuando termina bien, las claves anteriores ya no hacen falta para leer lo guardado.
    """
    connected()
    from db import clock
    from db import installation
    from db import transaction
    from directory import second_factor
    from edge.words import counted
    from engine import resealing

    with transaction() as session:
        telephones, lost = second_factor.reseal(session)
    cases, broken, after = 0, list[int](), 0
    while True:
        with transaction() as session:
            found = resealing.batch(session, after)
        if not found.last:
            break
        cases, after = cases + found.done, found.last
        broken += found.broken
    told = (
        f"Sellados de nuevo: {counted(cases, 'trámite', 'trámites')} y {counted(telephones, 'teléfono', 'teléfonos')}."
    )
    if cases or telephones:
        with transaction() as session:
            installation.record(session, installation.RESEALED, told, by=operator(), now=clock.now())
    click.echo(told)
    if lost:
        click.echo(f"Con ninguna clave se leen: {counted(lost, 'teléfono', 'teléfonos')}.", err=True)
    if broken:
        click.echo(f"Trámites que con ninguna clave se abren: {', '.join(map(str, broken))}.", err=True)
    if broken or lost:
        raise SystemExit(1)
