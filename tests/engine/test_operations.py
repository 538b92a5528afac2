"""Long work: in batches, resumable, cancellable."""

from datetime import timedelta

import pytest

from db import SYSTEM
from db.errors import Conflict
from engine import operations
from engine.operations import Batch

KIND = "count_to"


@pytest.fixture(autouse=True)
def counting():
    @operations.operation(KIND)
    def step(session, row, *, by, now) -> Batch:
        cursor = min(row.cursor + 3, row.total)
        return Batch(cursor, done=cursor - row.cursor, over=cursor >= row.total)

    yield
    operations._steps.pop(KIND)


@pytest.fixture
def counted(session, now):
    return operations.begin(session, KIND, "Contar", {}, 7, by=SYSTEM, now=now)


def test_batches_reach_the_end(session, counted, now) -> None:
    rounds = 1
    while operations.advance(session, counted.id, now=now):
        rounds += 1
    assert (rounds, counted.done, counted.status) == (3, 7, "done")


def test_what_failed_waits_and_in_the_end_stops(session, counted, now) -> None:
    operations.failed(session, counted.id, RuntimeError(), now=now)
    session.flush()
    assert operations.due(session, now) == []
    assert operations.due(session, now + timedelta(minutes=1)) == [counted.id]
    for _ in range(operations.MAX_ATTEMPTS):
        operations.failed(session, counted.id, RuntimeError(), now=now)
    assert counted.status == "failed"


def test_cancelling_keeps_what_was_done(session, toy, ana, now) -> None:
    row = operations.begin(session, KIND, "Contar", {}, 7, by=ana.actor(), now=now)
    operations.advance(session, row.id, now=now)
    operations.cancel(session, row.id, by=ana, now=now)
    assert (row.status, row.done, operations.advance(session, row.id, now=now)) == ("cancelled", 3, False)


def test_what_ended_cannot_be_cancelled(session, toy, ana, now) -> None:
    row = operations.begin(session, KIND, "Contar", {}, 1, by=ana.actor(), now=now)
    operations.advance(session, row.id, now=now)
    with pytest.raises(Conflict):
        operations.cancel(session, row.id, by=ana, now=now)
