"""The clock of the machine is set forward and back while people work: nothing is lost, nothing is done twice."""

import http.client
import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import tokens
from notifications import outbox
from notifications.models import Message
from notifications.models import MessageStatus
from tests.api.office import Office
from tests.faults import audit
from tests.faults import clients
from tests.faults import clocks
from tests.faults.clients import Ledger
from tests.faults.house import SERVE
from tests.faults.house import WORK
from tests.faults.house import House
from tests.faults.house import wait_until
from tests.notifications import mailbox
from tests.notifications.mailbox import Mailbox

HANDS, STEPS = 4, 10
JUMPS = (timedelta(days=2), timedelta(days=-1), timedelta(minutes=50), timedelta())
TOLD = re.compile(r'"event": "(elected|stepped back)".*"timestamp": "([^"]+)"')


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox.serving(Mailbox()) as box:
        yield box


@pytest.fixture
def house(house_of: House, box: Mailbox) -> House:
    """A server with its worker, and another worker, all by a clock that the test sets."""
    clocks.move(house_of.folder, timedelta())
    for command in (SERVE, WORK):
        house_of.keep(command, ATT_SMTP_URL=f"smtp://127.0.0.1:{box.port}")
    return house_of


@pytest.mark.soak
def test_jumps_of_the_clock_lose_nothing_and_do_nothing_twice(office: Office, house: House, box: Mailbox) -> None:
    ledger, over = Ledger(), threading.Event()
    hands = clients.hands(HANDS, office, house.port, ledger, lambda: over.is_set() or ledger.unwelcome)
    for number, jump in enumerate(JUMPS):
        goal = ledger.steps + STEPS
        wait_until(lambda goal=goal: ledger.steps >= goal or ledger.unwelcome, "steps are taken")
        clocks.move(house.folder, jump)
        write(office, f"carta-{number}", jump)
        wait_until(lambda number=number: sent(f"carta-{number}"), f"the worker rings by the clock of {jump}")
    over.set()
    for hand in hands:
        hand.join()
    with reading() as session:
        audit.whole(session, ledger)
    assert set(Counter(box.received).values()) == {1}
    assert_one_at_a_time(house.said())


def write(office: Office, key: str, ahead: timedelta) -> None:
    """Put a letter in the outbox, due at once by a clock that is so far ahead."""
    now = clock.now() + ahead
    with transaction() as session:
        lead = office.id_of("lider")
        outbox.enqueue(session, key, "test", "email", lead, {}, stale_at=None, now=now, address="a@example.org")


def sent(key: str) -> bool:
    """Whether a letter left."""
    with reading() as session:
        return session.query(Message).filter_by(key=key, status=MessageStatus.SENT).count() == 1


def assert_one_at_a_time(said: str) -> None:
    """Nobody was elected while another worker was."""
    told = sorted(TOLD.findall(said), key=lambda line: line[1])
    assert [event for event, _ in told] == (["elected", "stepped back"] * len(told))[: len(told)]


def test_who_came_in_is_out_when_their_time_is_over_and_in_again_when_it_is_not(office: Office, house: House) -> None:
    with transaction() as session:
        hour = timedelta(hours=1)
        token = tokens.issue(session, office.id_of("lider"), "hora", by=SYSTEM, now=clock.now(), lasts=hour).secret
    wait_until(lambda: asked(house, token) == 200, "the server answers")
    clocks.move(house.folder, 2 * hour)
    assert asked(house, token) == 401
    clocks.move(house.folder, timedelta())
    assert asked(house, token) == 200


def asked(house: House, token: str) -> int:
    """What somebody who asks who they are is answered; 0 by nobody."""
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    try:
        connection.request("GET", "/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
