"""What every command begins with: the settings, the rooms made ready, and who acts."""

import getpass

from att.settings import Settings
from db.actor import Actor


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
