"""The whole application behind a real server on the loopback, with people to work in it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from sqlalchemy.orm import Session
from waitress import create_server
from waitress import wasyncore

from att.app import build
from att.settings import Settings
from db import SYSTEM
from db import clock
from db import connect
from db import files
from db import reading
from db import transaction
from directory import principal
from directory.models import Entity
from engine import tasks
from tests.processes.office import PDF
from tests.processes.office import Office
from tests.web import world as worlds
from tests.web.world import World


@dataclass
class House:
    """Where the application answers, and who works in it."""

    url: str
    world: World
    folder: Path

    def mails(self) -> list[EmailMessage]:
        """Every message that was sent, the oldest first."""
        paths = sorted((self.folder / "mail").glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]

    @property
    def entities(self) -> list[Entity]:
        """The two municipalities that the advisor covers."""
        with reading() as session:
            return [session.get_one(Entity, key) for key in self.world.entities[:2]]

    def office(self, session: Session) -> Office:
        """The same people acting without a browser: for what a test only needs to have happened."""
        now = clock.now()
        people = {
            role: principal.load(session, self.world.people[username], now=now)
            for username, (_, role, _) in worlds.PEOPLE.items()
        }
        covered = [session.get_one(Entity, key) for key in self.world.entities[:2]]
        stored = files.save(session, "acta.pdf", PDF, by=SYSTEM, now=now)
        return Office(session, now, people, self.world.unit_id, covered, stored.token)

    def begin(self, task: str) -> str:
        """The address of the step called `task`, in a new product with everything before it done."""
        with transaction() as session:
            office = self.office(session)
            case = office.start_product().instance_id or 0
            for _ in range(50):
                waiting = tasks.open_of(session, case)
                if wanted := [row for row in waiting if row.name == task]:
                    return f"/tareas/{wanted[0].id}"
                office.complete(waiting[0])
        raise AssertionError(f"«{task}» is never reached")


@contextmanager
def opened(database_url: str, folder: Path, port: int = 0, **variables: str) -> Iterator[House]:
    """Serve the application on the database at `database_url`, filled with a small country.

    On any free port, unless one is given; `variables` are those of the environment besides.
    """
    engine = connect(database_url)
    files.keep_under(folder / "files")
    app = build(Settings.from_env({"ATT_VAR": str(folder), "ATT_SECRET_KEY": "k" * 40, **variables}))
    world = worlds.build()
    server = create_server(app, host="127.0.0.1", port=port, threads=4, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield House(f"http://127.0.0.1:{server.effective_port}", world, folder)
    # The loop of the server ends when nothing is left to listen to; only its own thread may take that away.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(10)
    server.task_dispatcher.shutdown()
    engine.dispose()
    assert not thread.is_alive()
