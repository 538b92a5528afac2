"""Batches of a sweep done by workers of a real queue: each once, none by the process that hands them out."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func
from sqlalchemy import select

from att import crew
from att import fanout
from att import jobs
from att.settings import Settings
from db import reading
from db import transaction
from db.errors import InvalidData
from db.jobs import Outcome
from notifications.models import Message
from notifications.models import Reminder
from tests import databases
from tests.notifications.scene import crowd

PEOPLE = 450  # three batches
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
BROKERS = {"rabbitmq": "amqp://guest:guest@127.0.0.1:5672//", "redis": "redis://127.0.0.1:6379/9"}


@pytest.fixture
def settings(database: None, database_url: str, tmp_path: Path) -> Settings:
    env = {"ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": database_url, "ATT_SECRET_KEY": "k" * 40}
    return Settings.from_env(env)


@pytest.fixture(autouse=True)
def back_to_here(settings: Settings) -> Iterator[None]:
    yield
    fanout.use(replace(settings, broker_url=""))


def test_without_a_queue_everything_is_done_here(settings: Settings) -> None:
    fanout.use(settings)
    outcome = fanout.each("reminders", [[1], [2, 3]], NOW, here=lambda ids: Outcome(len(ids), len(ids)))
    assert (outcome.found, outcome.done) == (3, 3)


def test_the_whole_of_several_outcomes_keeps_the_last_error() -> None:
    assert fanout.total([Outcome(2, 1, 1, "uno"), Outcome(3, 3)]) == Outcome(5, 4, 1, "uno")


@pytest.mark.parametrize("broker", BROKERS)
def test_workers_of_the_queue_tell_everybody_once(
    settings: Settings, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = replace(settings, broker_url=BROKERS[broker])
    if databases.kind() == "sqlite":
        with pytest.raises(InvalidData) as refused:
            fanout.use(queued)
        assert list(refused.value.errors) == ["ATT_BROKER_URL"]
        return
    monkeypatch.setattr(crew, "QUEUE", f"att-{uuid4().hex}")
    monkeypatch.setattr(jobs, "_told", _not_here)
    with transaction() as session:
        crowd(session, NOW, PEOPLE)
    fanout.use(queued)
    with workers(queued, 2):
        outcome = jobs.remind(NOW)
    assert (outcome.done, outcome.failed) == (PEOPLE, 0)
    with reading() as session:
        assert session.scalar(select(func.count(Message.id))) == PEOPLE
        assert session.scalar(select(func.count(Reminder.recipient_id.distinct()))) == PEOPLE


def _not_here(*_: object) -> Outcome:
    raise AssertionError("this process only hands batches out")


@contextmanager
def workers(settings: Settings, hands: int) -> Iterator[None]:
    """A worker of the queue in a process of its own."""
    env = os.environ | {
        "ATT_VAR": str(settings.var), "ATT_DATABASE_URL": settings.database_url, "ATT_BROKER_URL": settings.broker_url,
        "ATT_SECRET_KEY": settings.secret_key,
    }  # fmt: skip
    command = ["worker", "--batches", "--hands", str(hands)]
    code = f"from att import crew, cli; crew.QUEUE = {crew.QUEUE!r}; cli.main({command!r})"
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)
