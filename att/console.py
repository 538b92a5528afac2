"""What every command begins with: the settings, the rooms made ready, and who acts."""

import getpass
from typing import TYPE_CHECKING

import click

from att.settings import Settings
from db.actor import Actor
from db.errors import NotAllowed

if TYPE_CHECKING:
    from directory.principal import Principal


def connected(*, prepared: bool = True, answering: bool = True) -> Settings:
    """The settings of this installation, with everything made ready to work by them.

    Raises Unavailable when the database does not answer (unless `answering` is false) or, unless `prepared` is false,
    was not brought to its newest revision (`att init`).
    """
    from att import logs
    from att import schema
    from att.setup import prepare

    logs.configure()
    settings = Settings.from_env()
    prepare(settings)
    if prepared:
        schema.demand(answering=answering)
    return settings


def operator() -> Actor:
    """Who acts from the command line: whoever is logged in to the machine, in the capacity of its operator."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "operador"
    return Actor(person_id=None, name=name, capacity="Operación del sistema (línea de comandos)")


def signed_in(username: str, password: str) -> "Principal":
    """The person of an account, for what the operator of the machine does not do in nobody's name.

    Asks for the code of their telephone where they enter with one. Failures count as those of the pages do. Raises
    NotAllowed when the password or the code is not theirs, or their login still lacks something.
    """
    from db import clock
    from db import reading
    from db import transaction
    from directory import accounts
    from directory import principal

    now = clock.now()
    with reading() as session:
        claim = accounts.claim(session, username, address="consola", now=now)
    checked = accounts.check(claim, password)  # slow: nobody who writes waits for it
    with transaction() as session:
        attempt = accounts.settle(session, checked, now=now)
        person_id = attempt.person.id if attempt.person is not None else None
    if person_id is None:
        raise NotAllowed(attempt.message)
    _demand_complete(person_id)
    with reading() as session:
        return principal.load(session, person_id, now=now)


def _demand_complete(person_id: int) -> None:
    """Ask for what a login still lacks after its password. Raises NotAllowed."""
    from db import clock
    from db import reading
    from db import transaction
    from directory import accounts
    from directory import principal
    from directory import second_factor

    now = clock.now()
    with reading() as session:
        given = accounts.is_given(session, person_id)
        owed = second_factor.owed(session, person_id, now=now)
        by = principal.load(session, person_id, now=now).actor()
    if given:
        raise NotAllowed("Otra persona fijó su contraseña: elija antes una propia en las páginas.")
    if owed == second_factor.ENROLMENT:
        raise NotAllowed("Su ingreso necesita un segundo paso: configúrelo antes en las páginas.")
    if owed:
        code = click.prompt("Código del teléfono", hide_input=True)
        with transaction() as session:
            proof = second_factor.prove(session, person_id, code, by=by, now=clock.now())
        if not proof.passed:
            raise NotAllowed(proof.message)
