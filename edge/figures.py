"""What Prometheus is told of the database: queues and their ages, incidents, jobs and invariants.

It is gathered when it is asked for, so that every process tells the same, whichever of them does the work. Each figure
is one question along an index, and a queue is counted up to MOST: a long one costs no more than that.
"""

from collections.abc import Callable
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db import invariants
from db import jobs
from db import reading
from db.errors import Unavailable
from db.history import HistoryHead
from db.history import HistoryRow
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import Instance
from engine.models import Operation
from engine.models import OperationStatus
from engine.models import Task
from engine.models import TaskStatus
from engine.models import Timer
from notifications import chains
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Obligation
from notifications.models import ObligationStatus

MOST = 100_000
"""So far a queue is counted."""

Question = Callable[[datetime], Select[datetime]]


def _services(now: datetime) -> Select[datetime]:
    """The last act of each case in which a service waits: what brought it about, or what came of it last."""
    waiting = select(Instance.id).where(Instance.awaits_service.is_(True)).limit(MOST).subquery()
    head = and_(HistoryHead.subject_kind == "instance", HistoryHead.subject_id == waiting.c.id)
    act = and_(
        HistoryRow.subject_kind == "instance",
        HistoryRow.subject_id == waiting.c.id,
        HistoryRow.sequence == HistoryHead.sequence,
    )
    return select(HistoryRow.at).select_from(waiting).join(HistoryHead, head).join(HistoryRow, act)


QUEUES: dict[str, Question] = {
    # messages whose time has come
    "messages": lambda now: select(Message.next_at).where(
        Message.status.in_([MessageStatus.QUEUED, MessageStatus.SENDING]), Message.next_at <= now),
    # messages that wait for their time
    "messages_later": lambda now: select(Message.next_at).where(
        Message.status == MessageStatus.QUEUED, Message.next_at > now),
    # terms of cases whose time has come
    "timers": lambda now: select(Timer.due_at).where(
        Timer.fired_at.is_(None), Timer.due_at <= now),
    # cases in which an automatic step waits
    "services": _services,
    # long work under way
    "operations": lambda now: select(Operation.advanced_at).where(
        Operation.status == OperationStatus.RUNNING),
    # obligations to be marked as overdue
    "obligations": lambda now: select(Obligation.limit_at).where(
        Obligation.status == ObligationStatus.PENDING, Obligation.limit_at <= now, ~chains.waits()),
    # open tasks
    "tasks": lambda now: select(Task.due_sort).where(Task.status == TaskStatus.OPEN),
    # open tasks whose date is over
    "tasks_overdue": lambda now: select(Task.due_sort).where(
        Task.status == TaskStatus.OPEN, Task.due_sort <= now),
    # open incidents
    "incidents": lambda now: select(Incident.first_at).where(
        Incident.status == IncidentStatus.OPEN),
    # long work that an error stopped
    "operations_failed": lambda now: select(Operation.advanced_at).where(
        Operation.status == OperationStatus.FAILED),
    # messages that could not be sent
    "messages_failed": lambda now: select(Message.next_at).where(
        Message.status == MessageStatus.FAILED),
}  # fmt: skip
"""Name of each queue → the instant by which each of its rows is as old as it is."""


class Figures(Collector):
    """Asks the database each time it is collected."""

    def collect(self) -> Iterator[Metric]:
        """Every figure; `att_database_up` alone, as 0, when the database does not answer."""
        try:
            with reading() as session:
                found = list(_all(session, clock.now()))
        except Unavailable:
            yield GaugeMetricFamily("att_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("att_database_up", "Whether the database answers.", value=1)
        yield from found


def exposition() -> bytes:
    """The figures of the database in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(Figures())
    return generate_latest(registry)


def _all(session: Session, now: datetime) -> Iterator[Metric]:
    yield from _queues(session, now)
    yield from _jobs(session, now)
    yield from _invariants(session)


def _queues(session: Session, now: datetime) -> Iterator[Metric]:
    rows = GaugeMetricFamily("att_queue_rows", f"Rows of a queue, counted up to {MOST}.", labels=["queue"])
    ages = GaugeMetricFamily("att_queue_oldest_seconds", "Age of its oldest row; 0 for none.", labels=["queue"])
    for name, question in QUEUES.items():
        count, oldest = _counted(session, question(now))
        rows.add_metric([name], count)
        ages.add_metric([name], max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)
    yield from (rows, ages)


def _counted(session: Session, question: Select[datetime]) -> tuple[int, datetime | None]:
    (at,) = question.selected_columns
    some = question.add_columns(at.label("at")).with_only_columns(at.label("at")).order_by(at).limit(MOST).subquery()
    count, oldest = session.execute(select(func.count(), func.min(some.c.at))).one()
    return count, oldest


def _jobs(session: Session, now: datetime) -> Iterator[Metric]:
    """What came of the jobs, from the row that each run leaves behind."""
    found = jobs.every(session)
    sums: list[tuple[str, str, Callable[[jobs.JobRun], Any]]] = [
        ("runs", "Runs of a job that came to their end.", lambda row: row.runs),
        ("broken_runs", "Of those, runs in which something failed.", lambda row: row.broken_runs),
        ("rows_done", "Rows that a job dealt with.", lambda row: row.rows_done),
        ("rows_failed", "Rows that a job could not deal with.", lambda row: row.rows_failed),
        ("seconds", "Time that all its runs took.", lambda row: row.seconds),
    ]
    for name, said, value in sums:
        yield _by_label(CounterMetricFamily(f"att_job_{name}", said, labels=["job"]), found, value)
    states: list[tuple[str, str, Callable[[jobs.JobRun], Any]]] = [
        ("last_start_age_seconds", "How long ago a job last began.",
         lambda row: (now - row.last_started_at).total_seconds()),
        ("running", "Whether it has begun and not ended.", lambda row: int(row.running)),
        ("late", "Whether it ought to have begun again long ago: nobody runs it.", lambda row: int(row.late(now))),
    ]  # fmt: skip
    for name, said, value in states:
        yield _by_label(GaugeMetricFamily(f"att_job_{name}", said, labels=["job"]), found, value)


def _by_label(family: Any, rows: list[jobs.JobRun], value: Callable[[jobs.JobRun], Any]) -> Metric:
    for row in rows:
        family.add_metric([row.name], value(row))
    assert isinstance(family, Metric)
    return family


def _invariants(session: Session) -> Iterator[Metric]:
    broken = GaugeMetricFamily(
        "att_invariant_broken_rows", f"Rows that break an invariant, up to {invariants.MOST}.", labels=["invariant"]
    )
    looked = GaugeMetricFamily(
        "att_invariant_looked_timestamp_seconds", "When it was last looked at.", labels=["invariant"]
    )
    unseen = GaugeMetricFamily("att_invariant_unanswered", "Whether the last look at it failed.", labels=["invariant"])
    for key, state in sorted(invariants.states(session).items()):
        broken.add_metric([key], state.found)
        looked.add_metric([key], state.looked_at.timestamp())
        unseen.add_metric([key], int(bool(state.error)))
    yield from (broken, looked, unseen)
