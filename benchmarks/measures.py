"""What is measured in process, on the database that is connected."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select

from benchmarks import toy
from db import reading
from db import transaction
from directory.principal import Principal
from engine import inbox
from engine import instances
from engine import tasks
from engine.inbox import InboxFilter
from engine.instances import Links
from engine.models import Instance


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


def median(act: Callable[[], object], times: int) -> float:
    """The median of `times` calls, in milliseconds, after a few that do not count."""
    for _ in range(5):
        act()
    return statistics.median(milliseconds(act) for _ in range(times))


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
    data = toy.answers()
    return [milliseconds(lambda: _complete(instance_id, data, by, now)) for _ in range(toy.STEPS)]


def _complete(instance_id: int, data: dict[str, str], by: Principal, now: datetime) -> None:
    with transaction() as session:
        (task,) = tasks.open_of(session, instance_id)
        tasks.complete(session, task.id, data, by=by, now=now)


def stepping(kind: str, step: Callable[[], None], by: Principal, *, now: datetime) -> list[Measure]:
    """Completing a task, beside the baseline."""
    floor = median(step, 200)
    steps("calentamiento", by, now=now)
    runs = [steps(f"pasos-{number}", by, now=now) for number in range(5)]
    first = statistics.median(time for run in runs for time in run[1:11])
    last = statistics.median(time for run in runs for time in run[-11:-1])
    middle = statistics.median(time for run in runs for time in run)
    return [
        Measure(f"{kind}: baseline", floor, "ms"),
        Measure(f"{kind}: complete a task", middle, "ms"),
        Measure(f"{kind}: complete a task / baseline", middle / floor, "×", 3 if kind == "sqlite" else 2),
        Measure(f"{kind}: hundredth step / first", last / first, "×", 1.2),
        Measure(f"{kind}: largest state", _largest_state(), "bytes", 16 * 1024),
    ]


def _largest_state() -> float:
    with reading() as session:
        return float(session.scalar(select(func.max(func.length(Instance.state)))) or 0)


def many(kind: str, by: Principal, *, now: datetime, inbox_size: int) -> list[Measure]:
    """Starting a product's 1,134 cases, and the inbox when there is much in it."""
    began = milliseconds(lambda: start(1134, by, now=now, prefix="masa"))
    start(max(0, inbox_size - 1134), by, now=now, prefix="bandeja")
    return [
        Measure(f"{kind}: start 1,134 cases", began / 1000, "s", 30),
        Measure(f"{kind}: inbox page at {inbox_size:,} tasks, p95", p95([_page(by, now) for _ in range(60)]), "ms", 20),
    ]


def _page(by: Principal, now: datetime) -> float:
    def read() -> None:
        with reading() as session:
            inbox.inbox(session, by, InboxFilter(), now=now, limit=25)

    return milliseconds(read)


def p95(times: list[float]) -> float:
    """What 95 of 100 stay under."""
    return statistics.quantiles(times, n=20)[-1]
