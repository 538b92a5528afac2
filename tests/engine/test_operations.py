"""Long work: in batches, resumable, cancellable."""

from datetime import timedelta

import pytest

from db import SYSTEM
from db.errors import Conflict
from db.errors import InvalidData
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
    operations.cancel(session, row.id, "Se pidió por error.", by=ana, now=now)
    assert (row.status, row.done, operations.advance(session, row.id, now=now)) == ("cancelled", 3, False)
    act = operations.stopped_by(session, row)
    assert act is not None
    assert (act.actor_name, act.reason) == ("Ana Ruiz", "Se pidió por error.")
    operations.resume(session, row.id, by=ana, now=now)
    assert operations.stopped_by(session, row) is None


def test_nobody_stops_long_work_without_saying_why(session, toy, ana, now) -> None:
    row = operations.begin(session, KIND, "Contar", {}, 7, by=ana.actor(), now=now)
    with pytest.raises(InvalidData) as refused:
        operations.cancel(session, row.id, " . ", by=ana, now=now)
    assert (list(refused.value.errors), row.status) == (["reason"], "running")


def test_what_ended_cannot_be_cancelled(session, toy, ana, now) -> None:
    row = operations.begin(session, KIND, "Contar", {}, 1, by=ana.actor(), now=now)
    operations.advance(session, row.id, now=now)
    with pytest.raises(Conflict):
        operations.cancel(session, row.id, "Se pidió por error.", by=ana, now=now)


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_what_runs_or_failed_comes_first_and_then_the_newest(session, now, limit) -> None:
    rows = [operations.begin(session, KIND, f"Contar {n}", {}, 7, by=SYSTEM, now=now) for n in range(5)]
    for row, status in zip(rows, ("failed", "done", "running", "cancelled", "done"), strict=True):
        row.status = status
    session.flush()
    session.expunge_all()
    seen, cursor = [], ""
    while True:
        found = operations.listed(session, limit=limit, cursor=cursor)
        seen += [row.title for row in found.items]
        cursor = found.next_cursor
        if not cursor:
            break
    assert seen == ["Contar 2", "Contar 0", "Contar 4", "Contar 3", "Contar 1"]
