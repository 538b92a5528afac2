"""`att simulate`."""

from datetime import date
from typing import TYPE_CHECKING

import click

from att.console import connected

if TYPE_CHECKING:
    from notifications.simulation import Told


@click.command()
@click.option("--from", "since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Primer día, como 2026-12-01.")
@click.option("--to", "until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Último día, incluido.")
@click.option("--policy", default="", help="Sólo lo de esta política, por su clave.")
def simulate(since: date, until: date, policy: str) -> None:
    """Dice a quién se le recordaría qué y cuándo, si entre tanto nadie hiciera nada. No envía ni guarda nada."""
    from datetime import datetime

    assert isinstance(since, datetime)
    assert isinstance(until, datetime)
    connected()
    from db.rehearsal import rehearsal
    from notifications import simulation

    lines = 0
    with rehearsal() as session:
        for told in simulation.run(session, since.date(), until.date(), policy=policy):
            lines += 1
            click.echo(line(told))
    click.echo(f"{lines} recordatorios. No se envió ni se guardó nada.")


def line(told: "Told") -> str:
    """A reminder as it is printed: day and hour, who is told, which rung, of what, and who owes it."""
    item = told.item
    about = f" ({item.about})" if item.about else ""
    whose = f". {item.whose}" if item.whose else ""
    return f"{told.day} {told.hour:02}:00  {told.name}  [{told.rung}] {item.title}{about}{whose}"
