"""Gunicorn serves with several processes, by its configuration here."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import people
from directory import tokens
from notifications import preferences
from tests.att import serving
from tests.att.serving import Server

GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "python:att.gunicorn_config", "--workers", "2")

# Begins a command as systemd does for whom it holds a socket.
ACTIVATE = """
import os, socket, sys
held = socket.socket(socket.AF_UNIX)
held.bind(os.environ["ATT_VAR"] + "/web.sock")
held.listen()
os.dup2(held.fileno(), 3)
os.set_inheritable(3, True)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def server(newest: None, database_url: str, tmp_path: Path) -> Iterator[Server]:
    with serving.started(GUNICORN, database_url, tmp_path) as server:
        for _ in range(2):
            server.says_like("Booting worker with pid")
        yield server


def somebody() -> tuple[int, str]:
    """A person, and a token of theirs."""
    now = clock.now()
    with transaction() as session:
        person = people.add(session, "Ana Ruiz", by=SYSTEM, now=now)
        token = tokens.issue(session, person.id, "prueba", by=SYSTEM, now=now, lasts=timedelta(days=1))
        return person.id, token.secret


def test_both_processes_write_what_they_are_asked_to(server: Server) -> None:
    person_id, secret = somebody()
    hours = [7 + number % 3 for number in range(24)]

    def choose(hour: int) -> int:
        body = json.dumps({"digest_hour": hour, "channel": "email"})
        return server.status("/api/v1/preferences", "PUT", body, Authorization=f"Bearer {secret}")

    with ThreadPoolExecutor(8) as callers:
        assert set(callers.map(choose, hours)) == {200}
    with reading() as session:
        assert preferences.of(session, person_id).digest_hour in hours
    assert server.status("/readyz") == 200


def test_it_ends_when_it_is_asked_to(server: Server) -> None:
    server.process.terminate()
    server.falls_silent()
    assert server.process.wait(serving.PATIENCE) == 0


def test_a_caller_cannot_say_under_which_prefix_they_came(server: Server) -> None:
    assert server.status("/readyz", SCRIPT_NAME="/x") == 200


def test_it_takes_the_socket_that_systemd_opened(newest: None, database_url: str, tmp_path: Path) -> None:
    with serving.started([sys.executable, "-c", ACTIVATE, *GUNICORN], database_url, tmp_path) as server:
        server.says_like("Booting worker with pid")
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(serving.PATIENCE)
            caller.connect(str(tmp_path / "web.sock"))
            caller.sendall(b"GET /readyz HTTP/1.0\r\nHost: att.example.org\r\nSCRIPT_NAME: /x\r\n\r\n")
            assert caller.recv(4096).startswith(b"HTTP/1.0 200 ")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"ATT_PORT": "http"}, "Error: La variable ATT_PORT no es válida"), ({}, "Error: La base de datos no está prep")],
)
def test_what_is_wrong_is_told_in_a_sentence(bare_url: str, tmp_path: Path, wrong: dict[str, str], told: str) -> None:
    env = {**os.environ, "ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": bare_url, **wrong}
    ran = subprocess.run(GUNICORN, env=env, capture_output=True, text=True, check=False, timeout=serving.PATIENCE)
    assert ran.returncode == 1
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
