"""Machines in three zones keep the same: days and deadlines are those of Colombia wherever the program runs."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from att.tables import metadata
from db.session import build_engine
from tests import databases
from tests.faults.house import PATIENCE
from tests.run import ROOT

ZONES = {"America/Bogota": "-05", "UTC": "UTC", "Pacific/Kiritimati": "+14"}


@contextmanager
def another(bare_url: str, folder: Path) -> Iterator[str]:
    """A database with every table and no row, named after one that is bare."""
    if databases.kind() == "sqlite":
        yield f"sqlite:///{databases.make_template(folder / 'att.db', metadata())}"
        return
    with databases.postgresql_database(f"{make_url(bare_url).database}_{folder.name.lower()}") as url:
        engine = build_engine(url)
        metadata().create_all(engine)
        engine.dispose()
        yield url


@contextmanager
def working(zone: str, url: str, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process at work on a machine of that zone."""
    command, env = [sys.executable, "-m", "tests.faults.zones", url, str(folder)], os.environ | {"TZ": zone}
    with (
        (folder / "said").open("w") as said,
        subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.soak
def test_three_zones_keep_the_same(bare_url: str, tmp_path: Path) -> None:
    kept: dict[str, Any] = {}
    with ExitStack() as stack:
        processes = {}
        for zone in ZONES:
            folder = tmp_path / zone.partition("/")[0]
            folder.mkdir()
            processes[zone] = stack.enter_context(working(zone, stack.enter_context(another(bare_url, folder)), folder))
        for zone, process in processes.items():
            out, _ = process.communicate(timeout=5 * PATIENCE)
            told = json.loads(out.splitlines()[-1])
            assert told["zone"] == ZONES[zone]
            kept[zone] = told["kept"]
    first = kept["America/Bogota"]
    assert [name for name, rows in first.items() if not rows] == []
    assert kept["UTC"] == first
    assert kept["Pacific/Kiritimati"] == first
