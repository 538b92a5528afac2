"""Servers and workers are killed at named points while programs push cases on: nothing acknowledged is lost or doubled.

`make soak` kills each point many times amid 20,000 steps and writes what came of it (docs/faults.md); `make test` has
the same at a small scale.
"""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

import pytest
from sqlalchemy import func
from sqlalchemy import select

from db import clock
from db import reading
from db import transaction
from directory import principal
from engine import integrity
from engine.models import Instance
from engine.models import Operation
from engine.models import OperationStatus
from notifications import outbox
from notifications.models import Message
from notifications.models import MessageStatus
from tests import databases
from tests.api.office import Office
from tests.faults import audit
from tests.faults import clients
from tests.faults import points
from tests.faults.clients import Ledger
from tests.faults.house import GUNICORN
from tests.faults.house import SERVE
from tests.faults.house import WORK
from tests.faults.house import House
from tests.faults.house import Kept
from tests.faults.house import Kill
from tests.faults.house import wait_until
from tests.faults.points import Fate
from tests.faults.points import Point
from tests.faults.reaper import Reaper
from tests.notifications import mailbox
from tests.notifications.mailbox import Mailbox
from tests.run import ROOT

RESULTS = ROOT / "test-results"  # where the figures of a run are left (docs/faults.md)
CLIENTS = 8
ADDRESS = "somebody@example.org"
LETTERS = 3  # messages put in the outbox before each kill of a worker
TWICE = ("sent, not recorded", "recorded, not committed")  # where a message had left, and nobody knew
SOME_OF_SERVER = [point for point in points.SERVER if point.key in (
    "under the lock", "written, not told", "after the commit", "before the service")]  # fmt: skip
SOME_OF_WORKER = [point for point in points.WORKER if point.key in ("claimed, not sent", "sent, not recorded")]


@dataclass
class Post:
    """What the worker has to do besides: letters to send, and long work to carry on."""

    office: Office
    workers: list[Kept]
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def provide(self, point: Point) -> None:
        """Give it something of both; where somebody is to be elected, let go who is."""
        if point is points.ELECTED:
            for worker in self.workers:
                worker.process.terminate()
        now, somebody = clock.now(), self.office.id_of("lider")
        with transaction() as session:
            for _ in range(LETTERS):
                key = f"carta-{next(self.numbers)}"
                outbox.enqueue(session, key, "test", "email", somebody, {}, stale_at=None, now=now, address=ADDRESS)
            running = select(Operation.id).where(Operation.status == OperationStatus.RUNNING)
            if session.scalars(running.limit(1)).first() is None:
                by = principal.load(session, self.office.id_of("control"), now=now)
                integrity.begin(session, by=by, now=now)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox.serving(Mailbox()) as box:
        yield box


def settled() -> bool:
    """Whether nothing automatic waits any more."""
    with reading() as session:
        return not any(
            session.scalar(select(func.count()).select_from(model).where(condition))
            for model, condition in (
                (Instance, Instance.awaits_service.is_(True)),
                (Message, Message.status != MessageStatus.SENT),
                (Operation, Operation.status == OperationStatus.RUNNING),
            )
        )


@pytest.mark.parametrize(
    ("steps", "server", "worker", "rounds"),
    [
        (100, SOME_OF_SERVER, SOME_OF_WORKER, (1, 1)),
        pytest.param(19_000, points.SERVER, points.WORKER, (11, 5), marks=pytest.mark.soak),
    ],
    ids=["some", "many"],
)
def test_processes_of_gunicorn_and_workers_die(
    office: Office, house_of: House, box: Mailbox, steps: int, server: list[Point], worker: list[Point],
    rounds: tuple[int, int],
) -> None:  # fmt: skip
    house, ledger = house_of, Ledger()
    office.enrol("control", "internal_control", "national")
    house.keep(GUNICORN)
    post = Post(office, [house.keep(WORK, ATT_SMTP_URL=f"smtp://127.0.0.1:{box.port}") for _ in range(2)])
    servers = Reaper(house, server, rounds[0], lambda killed: ledger.steps >= steps * killed // servers.wanted)
    workers = Reaper(
        house, worker, rounds[1], lambda killed: ledger.steps >= steps * killed // workers.wanted, provide=post.provide
    )
    servers.needed = lambda: not workers.done
    push(office, house, ledger, [servers, workers], steps)
    wait_until(settled, "the workers do what is left")
    check(house, ledger)
    assert_letters(box, next(post.numbers), Counter(kill.point for kill in house.kills()))


@pytest.mark.soak
@pytest.mark.parametrize(("steps", "rounds"), [(1_000, 2)])
def test_whole_servers_with_the_worker_beside_them_die(
    office: Office, house_of: House, steps: int, rounds: int
) -> None:
    house, ledger = house_of, Ledger()
    house.keep(SERVE)
    reaper = Reaper(house, points.SERVER, rounds, lambda killed: ledger.steps >= steps * killed // reaper.wanted)
    push(office, house, ledger, [reaper], steps)
    wait_until(settled, "the worker does what is left")
    check(house, ledger)


def push(office: Office, house: House, ledger: Ledger, reapers: list[Reaper], steps: int) -> None:
    """Programs push cases on until so many steps are acknowledged and every kill was done."""

    def over() -> bool:
        failed = ledger.unwelcome or any(reaper.error for reaper in reapers)
        return failed or (ledger.steps >= steps and not any(reaper.thread.is_alive() for reaper in reapers))

    for reaper in reapers:
        reaper.thread.start()
    hands = clients.hands(CLIENTS, office, house.port, ledger, over)
    for thread in hands:
        thread.join()
    assert ledger.unwelcome == []
    assert [reaper.error for reaper in reapers] == [None] * len(reapers), house.said()[-5000:]


def check(house: House, ledger: Ledger) -> None:
    """Nothing is lost, doubled or half done, and each point has the outcomes that it can have."""
    kills = house.kills()
    with reading() as session:
        audit.whole(session, ledger)
        struck, beside = audit.fates(session, kills, ledger.interrupted)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"faults-{databases.kind()}-{len(kills)}.txt").write_text(table(kills, struck, beside, ledger))
    for point in points.SERVER:
        seen = set(struck[point.key])
        assert seen <= ({point.fate} if point.fate is not Fate.EITHER else set(Fate)), point.key


def table(kills: list[Kill], struck: dict[str, Counter[Fate]], beside: dict[str, Counter[Fate]], ledger: Ledger) -> str:
    """What was seen at each point: kills, what came of the step that died there, and of those beside it."""
    count = Counter(kill.point for kill in kills)
    lines = [f"{ledger.steps} steps, {len(ledger.interrupted)} without an answer at first, {len(kills)} kills"]
    for key, times in count.items():
        told = [f"{counter[key][fate]:>4}" for counter in (struck, beside) for fate in (Fate.DONE, Fate.UNDONE)]
        lines.append(f"{key:<40}{times:>4}  {' '.join(told)}")
    return "\n".join(lines) + "\n"


def assert_letters(box: Mailbox, written: int, kills: Counter[str]) -> None:
    """Every letter arrived, and again only where its sender died before that was written down: one for each death.

    Whoever dies in the midst of something else may be sending a letter at that moment too.
    """
    times = Counter(content for _, content in box.received)
    assert len(times) == written
    again, workers = sum(times.values()) - written, {point.key for point in points.WORKER}
    assert sum(kills[key] for key in TWICE) <= again <= sum(kills[key] for key in workers)
