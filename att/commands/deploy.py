"""`att deploy`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from att.console import connected
from att.console import signed_in

if TYPE_CHECKING:
    from engine.comparing import Change

STATUS = {"waiting": "en espera", "published": "publicada", "rejected": "rechazada"}
STATE = {"added": "se agrega", "changed": "cambia", "removed": "se retira"}

user = click.option("--user", "username", prompt="Usuario", help="Quién lo hace.")
password = click.option(
    "--password", envvar="ATT_PASSWORD", prompt="Contraseña", hide_input=True, help="Su contraseña."
)
reason = click.option("--reason", prompt="Motivo", help="Queda en la historia.")


@click.group(invoke_without_command=True)
@click.pass_context
def deploy(context: click.Context) -> None:
    """Despliega los procesos incluidos; con una orden, propone, publica o rechaza una versión de ellos.

    Los incluidos que no cambiaron conservan su versión. Quien propone una versión no la publica ni la rechaza.
    """
    from att.setup import deploy_built_in

    connected()
    if context.invoked_subcommand is None:
        for line in deploy_built_in():
            click.echo(f"Proceso {line}")


@deploy.command()
@click.argument("key")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@user
@password
@reason
def propose(key: str, files: tuple[Path, ...], username: str, password: str, reason: str) -> None:
    """Propone los diagramas FILES como versión del proceso KEY; los que no se dan quedan como en la que rige."""
    from db import clock
    from db import reading
    from db import transaction
    from engine import proposals

    by = signed_in(username, password)
    sent = {file.name: _text(file) for file in files}
    with reading() as session:
        whole = proposals.completed(session, key, sent)
    checked = proposals.check(key, whole)
    with transaction() as session:
        row = proposals.propose(session, checked, reason=reason, by=by, now=clock.now())
        head = f"Propuesta {row.id} de «{row.title}»: la publica otra persona."
        lines = [head, *_told(proposals.difference(session, row))]
    for line in lines:
        click.echo(line)


@deploy.command(name="proposals")
@click.option("--all", "every", is_flag=True, help="También las que ya se publicaron o rechazaron.")
def listed(every: bool) -> None:
    """Muestra las últimas versiones propuestas, con lo que cambia en cada una."""
    from db import clock
    from db import reading
    from engine import proposals

    with reading() as session:
        for row in proposals.listed(session, status="" if every else "waiting").items:
            at = clock.local(row.proposed_at)
            click.echo(f"{row.id}  «{row.title}», {STATUS[row.status]}, del {at:%d/%m/%Y %H:%M}: {row.reason}")
            for line in _told(proposals.difference(session, row)):
                click.echo(line)


@deploy.command()
@click.argument("proposal_id", type=int)
@user
@password
@reason
def publish(proposal_id: int, username: str, password: str, reason: str) -> None:
    """Publica lo que propuso otra persona: los casos que empiecen siguen esa versión."""
    from db import clock
    from db import reading
    from db import transaction
    from engine import proposals

    by = signed_in(username, password)
    with reading() as session:
        checked = proposals.check_again(session, proposal_id)
    with transaction() as session:
        made = proposals.publish(session, proposal_id, checked, reason=reason, by=by, now=clock.now())
        line = f"Proceso {made.key} v{made.version}"
    click.echo(line)


@deploy.command()
@click.argument("proposal_id", type=int)
@user
@password
@reason
def reject(proposal_id: int, username: str, password: str, reason: str) -> None:
    """Rechaza lo que propuso otra persona."""
    from db import clock
    from db import transaction
    from engine import proposals

    by = signed_in(username, password)
    with transaction() as session:
        proposals.reject(session, proposal_id, reason=reason, by=by, now=clock.now())
    click.echo(f"La propuesta {proposal_id} quedó rechazada.")


def _text(file: Path) -> str:
    from db.errors import DefinitionError

    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError("El archivo no está en UTF-8.", file=file.name, code="encoding") from error


def _told(changes: "list[Change]") -> list[str]:
    """Each change in a line, with how it changes below it."""
    lines = []
    for one in changes:
        lines.append(f"  {STATE[one.state]}: {one.kind.lower()} «{one.name or one.element}»")
        lines += [f"    {line}" for line in one.details]
    return lines
