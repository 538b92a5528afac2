"""The automatic jobs: sweeps that ask the database what is due and deal with it row by row.

Each row has a transaction of its own, so one bad row never stops a sweep; running a sweep twice does no harm.
"""

from collections.abc import Callable
from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from db import SYSTEM
from db import clock
from db import jobs as heartbeat
from db import reading
from db import transaction
from db.errors import Unavailable
from db.jobs import Outcome
from directory import sessions
from directory import throttle
from edge import idempotency
from edge.steps import settle
from engine import operations
from engine import services
from engine import timers
from tracking import following
from tracking import handover

# Batches that one sweep gives an operation before it looks what else is due.
ROUNDS = 20

log = structlog.get_logger("att.jobs")


def run_operations(now: datetime) -> Outcome:
    """Carry every open operation some batches further."""
    return sweep("operations", operations.due, _carry_on, now)


def run_services(now: datetime) -> Outcome:
    """Run the automatic steps that a crash left behind, and those that failed and whose pause is over."""
    return sweep("services", services.due, _settle, now)


def fire_timers(now: datetime) -> Outcome:
    """Let the timers go off that are due."""
    return sweep("timers", timers.due, _fire, now)


def apply_handovers(now: datetime) -> Outcome:
    """Carry out the handovers whose day has come."""
    return sweep("handovers", handover.due, _hand_over, now)


def give_plans(now: datetime) -> Outcome:
    """Give the plans that wait for an advisor to whoever attends their entity."""
    return sweep("plans", following.due, _give_plan, now)


def tidy(now: datetime) -> Outcome:
    """Forget sessions, failed sign-ins and answers to repeated requests that no longer serve."""
    with transaction() as session:
        sessions.purge(session, now=now)
        throttle.purge(session, now=now)
        idempotency.purge(session, now=now)
    return Outcome()


# Name of each job, what it does, and the seconds between two runs.
JOBS: dict[str, tuple[Callable[[datetime], Outcome], int]] = {
    "operations": (run_operations, 3),
    "services": (run_services, 20),
    "timers": (fire_timers, 30),
    "handovers": (apply_handovers, 60),
    "plans": (give_plans, 60),
    "tidy": (tidy, 3600),
}


def run(name: str, now: datetime) -> Outcome:
    """Run the job `name` as of `now`, and keep what came of it where people can see it.

    A job that fails as a whole is logged and kept as failed; it does not raise.
    """
    with transaction() as session:
        heartbeat.started(session, name, now=clock.now())
    try:
        outcome = JOBS[name][0](now)
    except Exception as error:
        log.exception("job failed", job=name)
        outcome = Outcome(failed=1, error=_in_words(error))
    with transaction() as session:
        heartbeat.finished(session, name, outcome, now=clock.now())
    return outcome


def sweep(
    name: str,
    due: Callable[[Session, datetime], Iterable[int]],
    act: Callable[[int, datetime], None],
    now: datetime,
) -> Outcome:
    """Call `act` with every row that `due` names; what fails is logged, counted and left for the next sweep."""
    with reading() as session:
        rows = list(due(session, now))
    failed, error = 0, ""
    for row in rows:
        try:
            act(row, now)
        except Exception as problem:
            failed, error = failed + 1, _in_words(problem)
            log.exception("row failed", job=name, row=row)
    if rows:
        log.info("sweep", job=name, found=len(rows), failed=failed)
    return Outcome(found=len(rows), done=len(rows) - failed, failed=failed, error=error)


def _carry_on(operation_id: int, now: datetime) -> None:
    try:
        for _ in range(ROUNDS):
            with transaction() as session:
                more = operations.advance(session, operation_id, now=now)
            if not more:
                return
    except Exception as error:
        with transaction() as session:
            operations.failed(session, operation_id, error, now=now)
        raise


def _settle(instance_id: int, now: datetime) -> None:
    if not settle(instance_id):
        raise Unavailable("El paso automático volvió a fallar.")


def _fire(timer_id: int, now: datetime) -> None:
    with transaction() as session:
        instance_id = timers.fire(session, timer_id, now=now)
    if instance_id is not None:
        settle(instance_id)


def _hand_over(handover_id: int, now: datetime) -> None:
    with transaction() as session:
        handover.apply(session, handover_id, by=SYSTEM, now=now)


def _give_plan(plan_id: int, now: datetime) -> None:
    with transaction() as session:
        following.give(session, plan_id, by=SYSTEM, now=now)


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
