"""`att users`."""

import click
from sqlalchemy.orm import Session

from att.console import connected
from att.console import operator

password = click.option(
    "--password",
    envvar="ATT_PASSWORD",
    prompt="Contraseña",
    hide_input=True,
    confirmation_prompt="Repita la contraseña",
    help="Contraseña.",
)


@click.group()
def users() -> None:
    """Crea personas con cuenta, les da roles y cambia contraseñas."""


@users.command()
@click.argument("username")
@click.argument("name")
@click.option("--email", default="", help="Correo electrónico.")
@click.option("--unit", default="", help="Sigla de la dependencia.")
@click.option("--role", "roles", multiple=True, help="Rol de alcance nacional; puede repetirse.")
@password
def add(username: str, name: str, email: str, unit: str, roles: tuple[str, ...], password: str) -> None:
    """Registra a una persona y le da una cuenta."""
    from db import clock
    from db import transaction
    from directory import accounts
    from directory import grants
    from directory import people

    connected()
    with transaction() as session:
        by, now = operator(), clock.now()
        person = people.add(session, name, email=email, unit_id=_unit(session, unit), by=by, now=now)
        accounts.create(session, person.id, username, password, by=by, now=now)
        for role in roles:
            grants.add(session, person.id, role, by=by, now=now)
    click.echo(f"{name} puede ingresar como {username}.")


@users.command()
@click.argument("username")
@click.argument("role")
@click.option("--unit", default="", help="Sigla de la dependencia a la que se limita.")
def grant(username: str, role: str, unit: str) -> None:
    """Le da un rol a una persona, en todo el país o en una dependencia."""
    from db import clock
    from db import transaction
    from directory import grants
    from directory import roles

    connected()
    with transaction() as session:
        unit_id = _unit(session, unit)
        kind = roles.NATIONAL if unit_id is None else roles.UNIT
        grants.add(session, person_of(session, username), role, kind, unit_id, by=operator(), now=clock.now())
    click.echo(f"{username} tiene el rol {roles.ROLES[role].label}.")


@users.command(name="password")
@click.argument("username")
@password
def change_password(username: str, password: str) -> None:
    """Restablece una contraseña; las sesiones abiertas de la persona se cierran."""
    from db import clock
    from db import transaction
    from directory import accounts

    connected()
    with transaction() as session:
        accounts.reset_password(session, person_of(session, username), password, by=operator(), now=clock.now())
    click.echo("La contraseña cambió.")


@users.command()
@click.argument("username")
def disable(username: str) -> None:
    """Impide el ingreso de una persona; sus sesiones y tokens terminan enseguida."""
    from db import clock
    from db import transaction
    from directory import people

    connected()
    with transaction() as session:
        people.disable(session, person_of(session, username), by=operator(), now=clock.now())
    click.echo(f"{username} ya no puede ingresar.")


@users.command(name="second-step-off")
@click.argument("username")
@click.option("--reason", required=True, help="Por qué, por ejemplo que perdió el teléfono.")
def second_step_off(username: str, reason: str) -> None:
    """Retira el segundo paso del ingreso de quien perdió su teléfono y sus códigos."""
    from db import clock
    from db import transaction
    from directory import second_factor

    connected()
    with transaction() as session:
        person_id = person_of(session, username)
        second_factor.remove(session, person_id, reason=reason, by=operator(), now=clock.now())
    click.echo(f"{username} ingresa otra vez sólo con su contraseña.")


def person_of(session: Session, username: str) -> int:
    """The person whose account has this username. Raises NotFound."""
    from db.errors import NotFound
    from directory import accounts

    account = accounts.find(session, username)
    if account is None:
        raise NotFound("la cuenta", username)
    return account.person_id


def _unit(session: Session, code: str) -> int | None:
    from db.errors import NotFound
    from directory import units

    if not code:
        return None
    unit = units.find(session, code)
    if unit is None:
        raise NotFound("la dependencia", code)
    return unit.id
