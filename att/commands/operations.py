"""`att operations`."""

import click

from att.console import connected


@click.command()
def operations() -> None:
    """Muestra las operaciones largas, los trabajos, los incidentes abiertos y los invariantes que no se cumplen."""
    from db import clock
    from db import invariants
    from db import jobs
    from db import reading
    from engine import incidents
    from engine import operations as long_work

    status = {"running": "en curso", "done": "terminada", "cancelled": "cancelada", "failed": "detenida por un error"}
    connected()
    with reading() as session:
        for row in long_work.listed(session, limit=20).items:
            click.echo(
                f"{row.id}  {row.title}: {row.done} de {row.total} ({status[row.status]}) {row.message}".rstrip()
            )
        for run in jobs.every(session):
            at = clock.local(run.last_started_at)
            click.echo(f"trabajo {run.name}: {at:%d/%m/%Y %H:%M:%S}, {run.done} hechos, {run.failed} con error")
        for incident in incidents.listed(session, limit=20).items:
            click.echo(f"incidente {incident.id}: caso {incident.instance_id}, {incident.element}")
        for found in invariants.findings(session, limit=20).items:
            click.echo(f"no se cumple {found.key}: {found.text}")
