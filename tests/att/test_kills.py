"""The worker is killed in the middle of a sweep, again and again: nobody is left out, hardly anybody gets it twice."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from pathlib import Path
from threading import Condition

import pytest
from sqlalchemy import func
from sqlalchemy import select

from db import reading
from db import transaction
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Reminder
from notifications.models import ReminderStatus
from tests.notifications import mailbox
from tests.notifications.mailbox import Mailbox
from tests.notifications.scene import crowd

PATIENCE = 600.0
GLANCE = 0.05  # seconds between two looks at whether a process has ended
MANY_TRIES = 30


@dataclass
class Watched(Mailbox):
    """A mailbox that says when so many messages have arrived."""

    arrived: Condition = field(default_factory=Condition)

    async def handle_DATA(self, *given: object) -> str:  # noqa: N802 - the server calls it so
        answer = await super().handle_DATA(*given)  # type: ignore[arg-type]
        with self.arrived:
            self.arrived.notify_all()
        return answer

    def wait_for(self, count: int, process: "subprocess.Popen[bytes]") -> None:
        """Until `count` messages are here, or the process came to its end."""
        with self.arrived:
            while len(self.received) < count and process.poll() is None:
                self.arrived.wait(GLANCE)


@dataclass
class House:
    """An installation whose sweeps run in a process of their own."""

    env: dict[str, str]
    as_of: str

    def sweep(self, *jobs: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "att", "sweep", *jobs, "--as-of", self.as_of]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def box() -> Watched:
    return Watched()


@pytest.fixture
def house(newest: None, database_url: str, tmp_path: Path, now: datetime, box: Watched) -> House:
    with mailbox.serving(box):
        env = {**os.environ, "ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": database_url,
               "ATT_SMTP_URL": f"smtp://127.0.0.1:{box.port}", "ATT_BASE_URL": "https://att.example.org"}  # fmt: skip
        yield House(env, now.isoformat())


def count(model: type, *conditions: object) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def kill(process: "subprocess.Popen[bytes]") -> int:
    """Kill a process as a power cut would; 1 when it was still at work."""
    killed = int(process.poll() is None)
    process.kill()
    process.wait(PATIENCE)
    return killed


def killed_while_telling(house: House, at_least: int) -> int:
    """A sweep of reminders, killed once so many messages are written."""
    process = house.sweep("reminders")
    while count(Message) < at_least:
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        break
    return kill(process)


@pytest.mark.parametrize(
    ("people", "kills"), [(400, 2), pytest.param(20_000, 10, marks=pytest.mark.soak)], ids=["some", "many"]
)
def test_every_message_arrives_and_at_most_one_per_kill_arrives_twice(
    house: House, box: Watched, now: datetime, people: int, kills: int
) -> None:
    with transaction() as session:
        crowd(session, now, people)
    telling = max(1, kills // 5)
    for number in range(telling):
        killed_while_telling(house, people * (number + 1) // (telling + 1))
    cut = 0
    for number in range(kills - telling):
        process = house.sweep("reminders", "mail")
        box.wait_for(people * (number + 1) // (kills - telling + 1), process)
        cut += kill(process)
    for _ in range(MANY_TRIES):
        if count(Message, Message.status == MessageStatus.SENT) == people:
            break
        house.sweep("reminders", "mail").wait(PATIENCE)
    _assert_whole(box, people, cut)


def _assert_whole(box: Watched, people: int, cut: int) -> None:
    assert cut, "no sweep was cut off while it sent"
    assert count(Reminder, Reminder.status == ReminderStatus.TOLD) == people
    assert count(Message) == count(Message, Message.status == MessageStatus.SENT) == people
    assert {address for address, _ in box.received} == {f"persona.{n}@example.org" for n in range(people)}
    times = Counter(box.received)  # whole messages: one that came twice came with the same bytes
    assert len(times) == people
    assert sum(times.values()) - people <= cut
