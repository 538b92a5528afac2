"""Taking a database out while people work with it, and putting it back where there is none.

SQLite is copied by its own online back-up, PostgreSQL by its own programs: copying the files of either would lose what
is still in its log.
"""

import os
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy import inspect
from sqlalchemy.engine import URL
from sqlalchemy.engine import make_url

from db.errors import NotNow
from db.errors import Unavailable


def out(database_url: str, target: Path) -> None:
    """Write the database to `target` as it stands at one instant. Raises Unavailable."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    try:
        with closing(sqlite3.connect(_file(url))) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)  # at a stretch: in its log others write on meanwhile, and it need not begin again
    except sqlite3.Error as error:
        raise Unavailable(f"No se pudo copiar la base de datos: {error}.") from error


def back(database_url: str, source: Path) -> None:
    """Fill an empty database with what `out` wrote. Raises Unavailable, and leaves nothing half done."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        _run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source))
        return
    target = _file(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)  # of one that was killed
    try:
        with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(part)) as copy:
            whole.backup(copy)
    except sqlite3.Error as error:
        part.unlink(missing_ok=True)
        raise Unavailable(f"No se pudo restaurar la base de datos: {error}.") from error
    for left in ("-wal", "-shm"):  # of the empty one that was looked at
        target.with_name(f"{target.name}{left}").unlink(missing_ok=True)
    os.replace(part, target)


def demand_empty(engine: Engine) -> None:
    """Raise NotNow when the database of `engine` has tables: what somebody entered is never written over."""
    if inspect(engine).get_table_names():
        raise NotNow(
            "La base de datos ya tiene tablas: restaure en una nueva (ATT_DATABASE_URL, ATT_VAR) y cámbiese a ella.",
            code="not-empty",
        )


def _file(url: URL) -> Path:
    return Path(url.database or "")


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run a program of PostgreSQL; its password goes by the environment, where no list of processes shows it."""
    env: Mapping[str, str] = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    place = f"postgresql://{url.username or ''}@{url.host or 'localhost'}:{url.port or 5432}/{url.database}"
    command = [program, f"--dbname={place}", *arguments]
    try:
        done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Unavailable(f"Falta el programa {program}: instale el cliente de PostgreSQL.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Unavailable(f"{program} no terminó: {said[-1] if said else f'salida {done.returncode}'}.")
