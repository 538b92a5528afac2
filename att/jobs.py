"""The automatic jobs: sweeps that ask the database what is due and deal with it row by row.

Each row has a transaction of its own, so one bad row never stops a sweep; running a sweep twice does no harm.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from att import checkpointing
from att import duties
from att import fanout
from att import post
from att import reporting
from att import retaining
from att import running
from att import watching
from db import reading
from db import transaction
from db.errors import Unavailable
from db.jobs import Outcome
from directory import group_grants
from edge import idempotency
from edge.steps import settle
from engine import drafts
from engine import operations
from engine import services
from engine import timers
from notifications import reminders
from notifications.notices import Round
from tracking import following
from tracking import handover
from tracking import role_ends
from tracking.reports import starting

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


def free_tasks(now: datetime) -> Outcome:
    """Give back the tasks of whoever lost the role by which they had them."""
    return sweep("role_ends", role_ends.due, _free_tasks, now)


def begin_reports(now: datetime) -> Outcome:
    """Begin the reports of periods that are over, for whoever owes them."""
    return sweep("reports", starting.due, reporting.begin, now)


def remind(now: datetime) -> Outcome:
    """Write today's digest of everybody whose hour has come and who is to be told something."""
    with reading() as session:
        turn = reminders.begin(session, now=now)
    if turn is None:
        return Outcome()
    return fanout.each("reminders", _people(turn), now, here=lambda ids: _told(turn, ids))


@fanout.batch("reminders")
def tell(ids: Sequence[int], now: datetime) -> Outcome:
    """Write the digests of some people, wherever this runs."""
    with reading() as session:
        turn = reminders.begin(session, now=now)
    return _told(turn, ids) if turn is not None else Outcome()


def send_mail(now: datetime) -> Outcome:
    """Hand over the messages of the outbox."""
    return post.deliver(now)


def checkpoint(now: datetime) -> Outcome:
    """Sign with which acts the histories end, outside the database."""
    return checkpointing.seal_history(now)


def tidy(now: datetime) -> Outcome:
    """Forget answers to repeated requests and drafts that no longer serve."""
    with transaction() as session:
        done = sum(purge(session, now=now) for purge in (idempotency.purge, drafts.purge))
    return Outcome(found=done, done=done)


def forget(now: datetime) -> Outcome:
    """Take away personal data that are older than people want to keep them."""
    return retaining.apply(now)


def lapse_groups(now: datetime) -> Outcome:
    """End the roles that groups gave to who has not come with their institutional account for long."""
    return sweep("group_grants", group_grants.lapsed, _lapse, now)


# Name of each job, what it does, and the seconds between two runs.
JOBS: dict[str, tuple[Callable[[datetime], Outcome], int]] = {
    "operations": (run_operations, 3),
    "services": (run_services, 20),
    "timers": (fire_timers, 30),
    "handovers": (apply_handovers, 60),
    "plans": (give_plans, 60),
    "role_ends": (free_tasks, 300),
    "calendar": (duties.follow_calendar, 300),
    "obligations": (duties.open_obligations, 900),
    "reports": (begin_reports, 900),
    "task_dates": (duties.date_tasks, 900),
    "overdue": (duties.mark_overdue, 60),
    "reminders": (remind, 300),
    "mail": (send_mail, 20),
    "checkpoints": (checkpoint, 3600),
    "tidy": (tidy, 3600),
    "retention": (forget, 21600),
    "invariants": (watching.sweep, 600),
    "group_grants": (lapse_groups, 3600),
}


def run(name: str, now: datetime) -> Outcome:
    """Run the job `name` as of `now`, and keep what came of it where people can see it.

    A job that fails as a whole is logged and kept as failed; it does not raise.
    """
    act, every = JOBS[name]
    return running.kept(name, lambda: act(now), every=every)


def sweep(
    name: str,
    due: Callable[[Session, datetime], Iterable[int]],
    act: Callable[[int, datetime], None],
    now: datetime,
) -> Outcome:
    """Call `act` with every row that `due` names; what fails is logged, counted and left for the next sweep."""
    with reading() as session:
        rows = list(due(session, now))
    return running.each(name, rows, lambda row: act(row, now))


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
        handover.apply(session, handover_id, now=now)


def _give_plan(plan_id: int, now: datetime) -> None:
    with transaction() as session:
        following.give(session, plan_id, now=now)


def _free_tasks(person_id: int, now: datetime) -> None:
    with transaction() as session:
        role_ends.free_due(session, person_id, now=now)


def _people(turn: Round) -> Iterator[list[int]]:
    """The people of a round, some at a time."""
    after = 0
    while True:
        with reading() as session:
            ids = reminders.people(session, turn, after=after)
        if not ids:
            return
        yield ids
        after = ids[-1]


def _told(turn: Round, ids: Sequence[int]) -> Outcome:
    """What came of telling these people: together, and one by one when that fails."""
    try:
        with transaction() as session:
            told = reminders.tell(session, turn, ids)
    except Exception as problem:
        log.exception("row failed", job="reminders", people=len(ids), first=ids[0])
        if len(ids) == 1:
            return Outcome(found=1, failed=1, error=running.in_words(problem))
        return fanout.total(_told(turn, [person]) for person in ids)
    return Outcome(found=told.messages, done=told.messages)


def _lapse(person_id: int, now: datetime) -> None:
    with transaction() as session:
        group_grants.lapse(session, person_id, now=now)
