"""Putting the house together: the database, the folder of files, the key of the seals, and the built-in processes."""

from typing import TYPE_CHECKING

from att.settings import Settings
from db import clock
from db import connect
from db import files
from db import transaction
from db.actor import SYSTEM
from db.checkpoints import checking

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Process


def prepare(settings: Settings) -> None:
    """Make the rooms ready to work with `settings`; commands, the worker and the web application begin with it."""
    from att import fanout
    from att import post
    from att import registered
    from directory import sealed
    from engine import seal

    connect(settings.database_url)
    files.keep_under(settings.files)
    checking.keep_under(settings.checkpoints, settings.checkpoint_key)
    seal.use(settings.secret_key, settings.older_keys)
    sealed.use(settings.secret_key, settings.older_keys)
    post.use(settings)
    fanout.use(settings)
    registered.register()


def load_catalogues() -> None:
    """Put in what every installation begins with: units, regions, departments and territorial entities.

    What is there already is left as people changed it.
    """
    from directory import seed

    with transaction() as session:
        seed.load_catalogues(session, by=SYSTEM, now=clock.now())


def install_policies() -> list[str]:
    """Put in the policies of the program, valid since the period in course; those that people changed stay.

    Returns the keys of the new ones and of those brought up to date.
    """
    from notifications import policies
    from tracking.policies import SHIPPED

    now = clock.now()
    with transaction() as session:
        since = clock.local_date(now).replace(day=1)
        return policies.install(session, SHIPPED, since=since, by=SYSTEM, now=now)


def deploy_built_in() -> list[str]:
    """Publish the built-in processes, as the system; one whose content is deployed already gets no new version.

    Returns key and version of each, and says where it comes over a version that people published. Raises
    DefinitionError, and then deploys none.
    """
    from engine import registry

    with transaction() as session:
        return [_deployed(session, process) for process in registry.processes()]


def _deployed(session: "Session", process: "Process") -> str:
    from engine import definitions

    before = definitions.newest(session, process.key)
    made = definitions.deploy(session, process, by=SYSTEM, now=clock.now())
    line = f"{made.key} v{made.version}"
    if before is None or before.version >= made.version or before.deployed_by is None:
        return line
    return (
        f"{line}, en lugar de la v{before.version}, que publicaron personas: si su cambio sigue haciendo falta, "
        "propóngalo de nuevo"
    )
