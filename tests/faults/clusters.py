"""A PostgreSQL server of the test's own: it may stop, and its processes be killed, without anybody else noticing."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy import text

from tests.att.serving import free_port

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")


def programs() -> Path | None:
    """The folder of the server's own programs; None where only a client is installed, or none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = [folder for place in PLACES for folder in Path("/").glob(place[1:]) if (folder / "initdb").exists()]
    return max(folders, default=None)


@dataclass
class Cluster:
    """A server in `folder`, whose programs are in `binaries`."""

    binaries: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = self.folder / "log"
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", str(log), "--pgdata", str(self.folder / "data"))

    def stop(self) -> None:
        """Stop it as somebody in a hurry does: whoever is connected is cut off."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate", "--pgdata", str(self.folder / "data"))

    def kill_a_backend(self) -> int:
        """Kill a process that works for somebody: the server then starts all of them again. Returns its id."""
        engine = create_engine(self.url)
        others = "pid <> pg_backend_pid() AND backend_type = 'client backend' AND datname = current_database()"
        with engine.connect() as connection:
            ask = f"SELECT pid FROM pg_stat_activity WHERE {others} ORDER BY state_change DESC NULLS LAST LIMIT 1"
            pid = int(connection.scalar(text(ask)))
        os.kill(pid, signal.SIGKILL)
        engine.dispose()
        return pid

    def _run(self, program: str, *arguments: str) -> None:
        """Run a program of the server, which refuses to be run by root."""
        user = {"user": "postgres", "group": pwd.getpwnam("postgres").pw_gid, "extra_groups": []}
        given = user if os.geteuid() == 0 else {}
        subprocess.run([self.binaries / program, *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL, **given)


@contextmanager
def running(binaries: Path) -> Iterator[Cluster]:
    """A new server, stopped and gone at the end."""
    # Not below the folder of the test: what is private to root is closed to the user that the server wants to be.
    with tempfile.TemporaryDirectory(prefix="att-cluster-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        cluster = Cluster(binaries, folder, free_port())
        cluster._run("initdb", "--auth", "trust", "--username", "postgres", "--no-sync", "--pgdata", f"{folder}/data")
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(f"port = {cluster.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
