"""What the database holds, against what the programs were told: nothing lost, nothing twice, nothing by halves."""

from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from att import watching  # noqa: F401 - every invariant is known
from db import clock
from db import history
from db import invariants
from db import seals
from db.history import HistoryRow
from edge.models import IdempotencyKey
from engine.models import Instance
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus
from tests.faults.clients import FIRST
from tests.faults.clients import PROCESS
from tests.faults.clients import ROUND
from tests.faults.clients import Interruption
from tests.faults.clients import Ledger
from tests.faults.clients import key_of
from tests.faults.house import Kill
from tests.faults.points import Fate
from tracking.models import Product


def whole(session: Session, ledger: Ledger) -> None:
    """Every act that was acknowledged is there once, with all that belongs to it; and there is none besides."""
    assert ledger.unwelcome == []
    _steps_are_those_acknowledged(session, ledger)
    _acts_are_told_once(session, ledger)
    _keys_are_kept_once(session, ledger)
    _cases_stand_where_they_should(session)
    made = session.scalars(select(Product.id)).all()
    assert sorted(made) == sorted(product["id"] for product in ledger.products.values())
    sound(session)


def sound(session: Session) -> None:
    """The history is whole, and everything holds that must always hold."""
    now = clock.now()
    assert list(history.verify(session)) == []
    assert list(seals.verify(session)) == []
    found = {key: list(check.look(session, now)) for key, check in invariants.CHECKS.items()}
    assert {key: rows for key, rows in found.items() if rows} == {}


def _steps_are_those_acknowledged(session: Session, ledger: Ledger) -> None:
    sent = session.execute(select(Submission.task_id, Submission.receipt, Submission.id)).all()
    told = [(task, receipt["receipt"], receipt["submission_id"]) for task, receipt in ledger.receipts.items()]
    assert sorted(map(tuple, sent)) == sorted(told)
    done = select(Task.id).where(Task.status == TaskStatus.COMPLETED)
    assert set(session.scalars(done)) == set(ledger.receipts)


def _acts_are_told_once(session: Session, ledger: Ledger) -> None:
    rows = session.scalars(select(HistoryRow.details).where(HistoryRow.action == "task.completed"))
    told = Counter(details["task"] for details in rows)
    assert set(told.values()) <= {1}
    assert set(told) == set(ledger.receipts)


def _keys_are_kept_once(session: Session, ledger: Ledger) -> None:
    keys = Counter(session.scalars(select(IdempotencyKey.key)))
    assert keys == Counter([*map(key_of, ledger.receipts), *ledger.products])


def _cases_stand_where_they_should(session: Session) -> None:
    """Each went through its steps in their order, and waits for the next one, which is open once."""
    passed: defaultdict[int, list[str]] = defaultdict(list)
    ours = select(Task.instance_id, Task.element).where(Task.process_key == PROCESS)
    for instance_id, element in session.execute(ours.order_by(Task.id)):
        passed[instance_id].append(element)
    for instance_id, elements in passed.items():
        assert elements == list(expected(len(elements))), f"case {instance_id}"
    here = (Task.instance_id == Instance.id) & (Task.process_key == PROCESS) & (Task.status == TaskStatus.OPEN)
    waiting = select(Instance.id, func.count(Task.id)).join(Task, here, isouter=True).group_by(Instance.id)
    assert {count for _, count in session.execute(waiting)} == {1}
    assert session.scalar(select(func.count(Instance.id)).where(Instance.awaits_service.is_(True))) == 0


def expected(count: int) -> Iterable[str]:
    """The first steps of a case."""
    for number in range(count):
        yield FIRST[number] if number < len(FIRST) else ROUND[(number - len(FIRST)) % len(ROUND)]


def fates(
    session: Session, kills: Iterable[Kill], interrupted: Iterable[Interruption]
) -> tuple[dict[str, Counter[Fate]], dict[str, Counter[Fate]]]:
    """What came, point by point, of the steps that died there, and of those that others had under way meanwhile.

    A step took place before a death when it was dated before it: one sent again after it is dated later. Where it had
    taken place before it was last sent, it was only to be told again, and says nothing of the point.
    """
    dated = dict(map(tuple, session.execute(select(IdempotencyKey.key, IdempotencyKey.created_at))))
    missed = list(interrupted)
    struck, beside = defaultdict(Counter), defaultdict(Counter)
    deaths = [kill for kill in kills if kill.about and not _was_done(dated, missed, kill.about, kill.at)]
    for kill in deaths:
        struck[kill.point][_fate(dated, kill.about, kill.at)] += 1
    for one in missed:
        died = [kill for kill in deaths if kill.at <= one.at]
        if died and died[-1].about != one.key and not _was_done(dated, missed, one.key, died[-1].at):
            beside[died[-1].point][_fate(dated, one.key, died[-1].at)] += 1
    return struck, beside


def _was_done(dated: dict[str, datetime], missed: Iterable[Interruption], key: str, death: datetime) -> bool:
    """Whether a step had taken place when it was missed before, earlier than this death."""
    return any(one.key == key and dated[key] <= one.at <= death for one in missed)


def _fate(dated: dict[str, datetime], key: str, death: datetime) -> Fate:
    return Fate.DONE if dated[key] <= death else Fate.UNDONE
