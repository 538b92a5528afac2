"""The disk is full: whoever writes is told so, nothing is done by halves, and all goes on when there is room again.

The database lies on that disk where it is a file. A server has its own: there, only what people attach is concerned.
"""

import hashlib
import http.client
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from db import clock
from db import reading
from db.errors import Unavailable
from db.files import NO_ROOM
from tests import databases
from tests.api.office import PDF
from tests.api.office import Office
from tests.faults import audit
from tests.faults import clients
from tests.faults import disks
from tests.faults import house
from tests.faults.clients import Ledger
from tests.faults.conftest import SECRET
from tests.faults.conftest import opened
from tests.faults.conftest import status
from tests.faults.conftest import works
from tests.faults.disks import Disk
from tests.faults.house import SERVE
from tests.faults.house import House
from tests.faults.house import wait_until

HANDS, STEPS = 4, 20
WAYS = ["mounted", pytest.param("limited", marks=pytest.mark.soak)] if disks.may_mount() else ["limited"]
BIG = PDF + bytes(300_000)  # less than what the server itself would lay down on a disk before it looks at it


@pytest.fixture(params=WAYS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A small disk."""
    folder = tmp_path / "disk"
    with ExitStack() as stack:
        if request.param == "mounted":
            yield stack.enter_context(disks.mounted(folder))
        else:
            folder.mkdir()
            yield disks.Limited(folder)


@pytest.fixture
def url(disk: Disk, database_url: str) -> str:
    """Where the database is: on the small disk, when it is a file."""
    file = make_url(database_url).database or ""
    return databases.copy_of(Path(file), disk.folder) if databases.kind() == "sqlite" else database_url


@pytest.fixture
def office(disk: Disk, url: str) -> Iterator[Office]:
    """People at work with all that they have on the small disk."""
    with opened(url, disk.folder) as office:
        yield office


@pytest.fixture
def served(office: Office, disk: Disk, url: str, tmp_path: Path) -> Iterator[House]:
    """A server on the small disk; what it says goes elsewhere."""
    with house.at(tmp_path, url, ATT_SECRET_KEY=SECRET, ATT_VAR=str(disk.folder)) as found:
        begun, kept = clock.now(), found.keep(SERVE)
        if isinstance(disk, disks.Limited):
            disk.whose = lambda: disks.family(kept.process.pid)
        wait_until(lambda: status(found.port) == 200, "the server answers")
        wait_until(works(begun), "a worker is at work")
        yield found


def test_a_full_disk_loses_nothing_and_needs_no_hands(office: Office, served: House, disk: Disk) -> None:
    ledger, goal = Ledger(patient=True), [STEPS]
    hands = clients.hands(HANDS, office, served.port, ledger, lambda: ledger.steps >= goal[0] or ledger.unwelcome)
    wait_until(lambda: ledger.steps >= STEPS // 2, "steps are taken")
    goal[0] = 10**6
    disk.fill()
    try:
        refused = attach(office, served)
        if databases.kind() == "sqlite":
            wait_until(lambda: len(ledger.unavailable) >= HANDS, "steps are refused")
        alive = status(served.port, "/healthz")
    finally:
        disk.clear()
    goal[0] = ledger.steps + STEPS
    for hand in hands:
        hand.join()
    wait_until(works(clock.now()), "the worker is at work again")
    assert (refused["status"], refused["detail"], alive) == (503, NO_ROOM, 200)
    assert {(told["status"], told["detail"]) for told in ledger.unavailable} <= {(503, Unavailable().message)}
    assert attach(office, served)["size"] == len(BIG)
    with reading() as session:
        audit.whole(session, ledger)
    assert_files_are_whole(disk.folder / "files")


def attach(office: Office, served: House) -> dict[str, Any]:
    """What is answered to whoever attaches a big file."""
    edge = "limite"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="acta.pdf"\r\n\r\n'
    body = head.encode() + BIG + f"\r\n--{edge}--\r\n".encode()
    sent = {
        "Authorization": f"Bearer {office.callers['lider'].token}",
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("POST", "/api/v1/files", body, sent)
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def assert_files_are_whole(folder: Path) -> None:
    """Every file has the bytes by which it is named, and none is there by half."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert found
    assert [path for path in found if path.name != hashlib.sha256(path.read_bytes()).hexdigest()] == []
