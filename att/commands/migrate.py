"""`att migrate`."""

import click

from att.console import connected
from att.console import signed_in


@click.command()
@click.argument("key")
@click.option("--version", "number", type=int, default=None, help="Versión a la que pasan; sin ella, la última.")
@click.option("--case", "cases", type=int, multiple=True, help="Un caso; puede repetirse. Sin ninguno, todos.")
@click.option("--dry-run", is_flag=True, help="Dice cuáles pueden y por qué no los demás, sin cambiar nada.")
@click.option("--user", "username", prompt="Usuario", help="Quién lo hace.")
@click.option("--password", envvar="ATT_PASSWORD", prompt="Contraseña", hide_input=True, help="Su contraseña.")
@click.option("--reason", default="", help="Queda en la historia de cada caso; un ensayo no lo necesita.")
def migrate(
    key: str, number: int | None, cases: tuple[int, ...], dry_run: bool, username: str, password: str, reason: str
) -> None:
    """Pasa los casos en curso del proceso KEY a una versión posterior; sigue donde quedó si se interrumpe."""
    from db import clock
    from db import reading
    from db import transaction
    from engine import definitions
    from engine import migrating
    from engine import operations

    connected()
    by = signed_in(username, password)
    with transaction() as session:
        latest = definitions.latest(session, key)
        target = latest if number is None else definitions.version(session, key, number)
        row = migrating.begin(
            session, target, instance_ids=cases or None, rehearsal=dry_run, reason=reason, by=by, now=clock.now()
        )
        operation_id = row.id
        click.echo(f"Operación {row.id}: {row.title} ({row.total}).")
    more = True
    while more:
        with transaction() as session:
            more = operations.advance(session, operation_id, now=clock.now())
    with reading() as session:
        row = operations.get(session, operation_id)
        for note in row.notes:
            click.echo(f"  No: {note['text']}")
        verb = "Pueden pasar" if dry_run else "Pasaron"
        click.echo(f"{verb} {row.done - row.failed} de {row.total}.")
