"""Writers of a SQLite file wait for one another, whichever process they are of."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from db.errors import Unavailable
from db.queue import ENDING
from db.queue import WriteQueue
from db.session import build_engine

HOLDER = """
import sys
from db import connect
from db import transaction
connect(sys.argv[1])
with transaction():
    print("holds", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    build_engine(f"sqlite:///{tmp_path / 'att.db'}").dispose()
    return tmp_path / "att.db"


def free(database: Path) -> bool:
    """Whether a process that comes now would have its turn at once."""
    descriptor = os.open(f"{database}{ENDING}", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def test_a_transaction_of_another_process_has_its_turn_until_it_is_killed(file: Path) -> None:
    command = [sys.executable, "-c", HOLDER, f"sqlite:///{file}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holds\n"
        assert not free(file)
        process.kill()
        process.wait()
    with WriteQueue(str(file)):
        assert not free(file)
    assert free(file)


def test_a_turn_within_a_turn_is_the_same_one(file: Path) -> None:
    queue = WriteQueue(str(file))
    with queue:
        with queue:
            pass
        assert not free(file)
    assert free(file)


def test_a_turn_ends_whatever_happens_in_it(file: Path) -> None:
    queue = WriteQueue(str(file))
    with pytest.raises(ZeroDivisionError), queue:
        raise ZeroDivisionError
    assert free(file)


def test_no_turn_is_had_where_the_file_cannot_be_made(tmp_path: Path) -> None:
    queue = WriteQueue(str(tmp_path / "missing" / "att.db"))
    for _ in range(2):
        with pytest.raises(Unavailable), queue:
            raise AssertionError("nothing was locked")
