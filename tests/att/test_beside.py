"""The worker beside a server: a process of its own, started again when it dies, that never outlives the server."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog.testing

from att import beside
from att.beside import Beside
from att.election import elected
from tests.att import serving
from tests.att.serving import Server

# Workers that say when they were started: one dies at once, one goes on whatever happens to its server.
SHORT_LIVED = "import sys; open(sys.argv[1], 'wb').write(b'.'); sys.exit(3)"
STUBBORN = "import sys, threading; open(sys.argv[1], 'wb').write(b'.'); threading.Event().wait()"


@pytest.fixture
def server(newest: None, database_url: str, tmp_path: Path) -> Iterator[Server]:
    with serving.started(serving.SERVE, database_url, tmp_path) as server:
        yield server


def test_a_worker_that_is_killed_is_started_again_and_elected(server: Server) -> None:
    first = server.says("worker started")["pid"]
    server.says("elected")
    assert first != server.process.pid
    os.kill(first, signal.SIGKILL)
    assert server.says("worker ended")["code"] == -signal.SIGKILL
    assert server.says("worker started")["pid"] != first
    server.says("elected")
    assert server.status("/readyz") == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_lets_the_worker_finish(
    server: Server, database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    server.says("elected")
    server.process.send_signal(number)
    assert "worker started" not in server.falls_silent()
    assert server.process.wait(serving.PATIENCE) == 0
    with elected(database_url, tmp_path) as lease:
        assert lease is not None


def test_the_worker_of_a_server_that_is_killed_ends_too(server: Server) -> None:
    server.says("elected")
    server.process.kill()
    # The worker holds the same standard error: where nobody speaks any more, it has ended too.
    assert {"stepped back", "jobs cut off"} & set(server.falls_silent())


def test_of_two_servers_one_works(server: Server, database_url: str, tmp_path: Path) -> None:
    server.says("elected")
    with serving.started(serving.SERVE, database_url, tmp_path) as second:
        second.says("worker started")
        assert second.status("/readyz") == 200
        server.process.kill()
        second.says("elected")


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """The path of a pipe that a process may write to, and where it is heard."""
    os.mkfifo(tmp_path / "ear")
    descriptor = os.open(tmp_path / "ear", os.O_RDWR)
    yield str(tmp_path / "ear"), descriptor
    os.close(descriptor)


def test_the_pauses_grow_while_it_keeps_dying(ear: tuple[str, int]) -> None:
    path, descriptor = ear
    with structlog.testing.capture_logs() as said:
        keeper = Beside([sys.executable, "-c", SHORT_LIVED, path], pause=0.001, longest_pause=0.004)
        keeper.start()
        heard = 0
        while heard < 5:
            heard += len(serving.heard(descriptor))
        keeper.stop()
    ends = [line for line in said if line["event"] == "worker ended"]
    assert [line["again_in"] for line in ends[:4]] == [0.001, 0.002, 0.004, 0.004]
    assert {line["code"] for line in ends} == {3}


def test_a_worker_that_does_not_end_is_killed(ear: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    path, descriptor = ear
    monkeypatch.setattr(beside, "GRACE", -1.0)
    with structlog.testing.capture_logs() as said:
        keeper = Beside([sys.executable, "-c", STUBBORN, path])
        keeper.start()
        assert serving.heard(descriptor) == b"."
        keeper.stop()
    assert [line["event"] for line in said] == ["worker started", "worker killed"]


def test_a_worker_that_could_not_be_started_ended_without_a_code() -> None:
    with structlog.testing.capture_logs() as said:
        assert Beside(["/no/such/program"])._run() is None
    assert [line["event"] for line in said] == ["worker not started"]
