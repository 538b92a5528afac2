"""What is measured in process, on the database that is connected."""

import re
import statistics
import time
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy import cast
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import text

from benchmarks import toy
from db import database_kind
from db import reading
from db import transaction
from db.session import current_engine
from directory import people
from directory.principal import Principal
from engine import inbox
from engine import instances
from engine import tasks
from engine.inbox import InboxFilter
from engine.instances import Links
from engine.models import Instance
from engine.models import Task

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure beside its budget; over it, the run fails. Without a budget it only informs."""

    name: str
    value: float
    unit: str
    budget: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the figure is within its budget."""
        return self.budget is None or self.value <= self.budget


def milliseconds(act: Callable[[], object]) -> float:
    """How long `act` takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def quietest(times: Iterable[Sequence[float]]) -> float:
    """The least of the medians of several runs: what it costs when nothing else wants the machine."""
    return min(statistics.median(run) for run in times)


def floor_of(step: Callable[[], None], times: int = 100) -> list[float]:
    """The time of each of `times` steps of the baseline."""
    return [milliseconds(step) for _ in range(times)]


def start(count: int, by: Principal, *, now: datetime, prefix: str) -> list[int]:
    """Start `count` cases in batches of a hundred, as the worker would."""
    ids: list[int] = []
    for first in range(0, count, 100):
        cases = [
            (f"{prefix}-{number}", Links(f"Caso {number}", unit_id=by.unit_id, people={"lead": by.person_id}))
            for number in range(first, min(first + 100, count))
        ]
        with transaction() as session:
            ids += [row.id for row in instances.start_many(session, toy.KEY, cases, by=by.actor(), now=now)]
    return ids


def steps(name: str, by: Principal, *, now: datetime) -> list[float]:
    """The time of every step of the case `name`, from the first to the hundredth."""
    (instance_id,) = start(1, by, now=now, prefix=name)
    with reading() as session:
        task_id = tasks.open_of(session, instance_id)[0].id
    data, times = toy.answers(), []
    while task_id:
        begun = time.perf_counter()
        with transaction() as session:
            done = tasks.complete(session, task_id, data, by=by, now=now)
        times.append((time.perf_counter() - begun) * 1000)
        task_id = done.opened[0].id if done.opened else 0
    return times


def stepping(kind: str, step: Callable[[], None], by: Principal, *, now: datetime) -> list[Measure]:
    """Completing a task, beside the baseline: the two by turns, so that both see the same machine."""
    floor_of(step), steps("calentamiento", by, now=now)
    floors, runs = [], []
    for number in range(ROUNDS):
        floors.append(floor_of(step))
        runs.append(steps(f"pasos-{number}", by, now=now))
    floor, step_time = quietest(floors), quietest(runs)
    first, last = quietest(run[1:11] for run in runs), quietest(run[-11:-1] for run in runs)
    return [
        Measure(f"{kind}: baseline", floor, "ms"),
        Measure(f"{kind}: complete a task", step_time, "ms"),
        Measure(f"{kind}: complete a task / baseline", step_time / floor, "×", 3 if kind == "sqlite" else 2),
        Measure(f"{kind}: hundredth step / first", last / first, "×", 1.2),
        Measure(f"{kind}: largest state", _largest_state(), "bytes", 16 * 1024),
    ]


def _largest_state() -> float:
    with reading() as session:
        return float(session.scalar(select(func.max(func.length(Instance.state)))) or 0)


def many(kind: str, by: Principal, *, now: datetime, inbox_size: int) -> list[Measure]:
    """Starting a product's 1,134 cases, and the inbox when there is much in it."""
    began = milliseconds(lambda: start(1134, by, now=now, prefix="masa"))
    copy_tasks(inbox_size // 1134 - 1, by, now=now)
    _refresh_statistics()
    page = min(p95([_page(by, now) for _ in range(60)]) for _ in range(ROUNDS))
    return [
        Measure(f"{kind}: start 1,134 cases", began / 1000, "s", 30),
        Measure(f"{kind}: inbox page at {inbox_size:,} tasks, p95", page, "ms", 20),
        Measure(f"{kind}: steps of its plan that sort or read everything", costly_steps(inbox_plan(by, now)), "", 0),
    ]


def copy_tasks(times: int, by: Principal, *, now: datetime) -> None:
    """Give a colleague `times` copies of every open task, made in the database: starting so many would take hours."""
    columns = [column for column in Task.__table__.c if column.name not in ("id", "work_id", "assignee_id")]
    series = select(literal(1).label("n")).cte("series", recursive=True)
    series = series.union_all(select(series.c.n + 1).where(series.c.n < times))
    work_id = Task.__table__.c.work_id + "-" + cast(series.c.n, String)
    with transaction() as session:
        colleague = people.add(session, "Rosa Díaz", unit_id=by.unit_id, by=by.actor(), now=now)
        rows = select(*columns, work_id, literal(colleague.id)).join_from(Task, series, series.c.n <= times)
        names = [*(column.name for column in columns), "work_id", "assignee_id"]
        session.execute(insert(Task).from_select(names, rows.where(Task.status == "open")))


def costly_steps(plan: Sequence[str]) -> float:
    """How many steps of a plan take the longer the more tasks there are."""
    return float(sum(bool(re.search("TEMP B-TREE|SCAN task$|Sort|Seq Scan|Bitmap", step)) for step in plan))


def inbox_plan(by: Principal, now: datetime) -> list[str]:
    """How the database says it reads the first page of the inbox."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        asked.append((statement, given))

    event.listen(current_engine(), "before_cursor_execute", note)
    _page(by, now)
    event.remove(current_engine(), "before_cursor_execute", note)
    statement, given = next(one for one in asked if "FROM task" in one[0])
    explain = "EXPLAIN QUERY PLAN " if database_kind() == "sqlite" else "EXPLAIN "
    with reading() as session:
        rows = session.connection().exec_driver_sql(explain + statement, given)
        return [str(row[-1]) for row in rows]


def _refresh_statistics() -> None:
    with transaction() as session:
        session.execute(text("ANALYZE"))


def _page(by: Principal, now: datetime) -> float:
    def read() -> None:
        with reading() as session:
            inbox.inbox(session, by, InboxFilter(), now=now, limit=25)

    return milliseconds(read)


def p95(times: list[float]) -> float:
    """What 95 of 100 stay under."""
    return statistics.quantiles(times, n=20)[-1]
