"""What every command begins with: the settings, the rooms made ready, and who acts."""

import getpass

from att.settings import Settings
from db.actor import Actor


def connected() -> Settings:
    """The settings of this installation, with everything made ready to work by them."""
    from att import logs
    from att.setup import prepare

    logs.configure()
    settings = Settings.from_env()
    prepare(settings)
    return settings


def operator() -> Actor:
    """Who acts from the command line: whoever is logged in to the machine, in the capacity of its operator."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "operador"
    return Actor(person_id=None, name=name, capacity="Operación del sistema (línea de comandos)")
