"""The sweep over the invariants: each on its own, its result kept."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from att import jobs
from db import invariants
from db import reading
from db import transaction
from db.invariants import Check
from db.invariants import Finding


def broken(session: object, now: datetime) -> list[Finding]:
    raise ValueError("no se puede preguntar")


def one_row(session: object, now: datetime) -> list[Finding]:
    return [Finding("task", 5, "cinco")]


def test_one_that_cannot_be_asked_stops_no_other(
    database: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = next(iter(invariants.CHECKS))
    monkeypatch.setitem(invariants.CHECKS, first, Check(first, "", "", "", broken))
    monkeypatch.setitem(invariants.CHECKS, "prueba", Check("prueba", "", "", "", one_row))
    outcome = jobs.run("invariants", now)
    assert (outcome.found, outcome.failed) == (1, 1)
    with reading() as session:
        states = invariants.states(session)
        assert set(states) == set(invariants.CHECKS)
        assert (states[first].error, states["prueba"].found) == ("ValueError: no se puede preguntar", 1)


def test_they_are_looked_at_every_ten_minutes() -> None:
    assert jobs.JOBS["invariants"][1] == 600


def test_the_command_line_tells_what_does_not_hold(
    newest: None, database_url: str, tmp_path: Path, now: datetime
) -> None:
    jobs.run("invariants", now)
    with transaction() as session:
        invariants.keep(session, "timer_goes_off", [Finding("timer", 1, "Se cumplió")], seconds=0.1, now=now)
    env = {"ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": database_url, "ATT_SECRET_KEY": "k" * 40}
    ran = subprocess.run(
        [sys.executable, "-m", "att", "operations"],
        env={**os.environ, **env},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "trabajo invariants:" in ran.stdout
    assert "no se cumple timer_goes_off: Se cumplió" in ran.stdout
