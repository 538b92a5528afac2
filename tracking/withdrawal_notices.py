"""What is told of a product that was withdrawn: to those who worked on it, once, with the reason and what ended."""

from collections import Counter
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from directory.chunks import chunks
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus
from notifications.models import Reminder
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Part
from notifications.notices import Round
from notifications.notices import notice_source
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import WorkPlan

WITHDRAWN, RUNG = "product.withdrawn", "withdrawn"
TOLD_FOR = timedelta(days=15)
"""Afterwards nobody is told any more: whoever was away reads it on the product's page."""


@dataclass(slots=True)
class Withdrawal:
    """A withdrawn product, who withdrew it, and which plans and tasks of each person ended with it."""

    product: Product
    by: str = ""
    by_id: int | None = None
    plans: Mapping[int, int] = field(default_factory=dict)
    holders: frozenset[int] = frozenset()  # of the tasks that ended with it
    workers: frozenset[int] = frozenset()


@notice_source(WITHDRAWN)
class Withdrawals:
    """The source of notices of withdrawn products."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """What `holders` worked on and was withdrawn lately, by somebody else."""
        if WITHDRAWN not in turn.memo:
            turn.memo[WITHDRAWN] = _by_person(_withdrawn(session, turn.now - TOLD_FOR))
        told: dict[int, list[int]] = turn.memo[WITHDRAWN]
        for person in sorted(holders):
            for product_id in told.get(person, ()):
                yield Notice(WITHDRAWN, product_id, 0, person, (RUNG,))

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """Reminder id → its line."""
        found = {row.product.id: row for row in _withdrawn(session, now - 2 * TOLD_FOR)}
        return {one.id: _item(found[one.source_id], one.recipient_id) for one in reminders if one.source_id in found}


def _withdrawn(session: Session, since: datetime) -> list[Withdrawal]:
    lately = select(Product).where(Product.status == ProductStatus.WITHDRAWN, Product.closed_at >= since)
    return [_whole(session, row) for row in session.scalars(lately.order_by(Product.id))]


def _whole(session: Session, product: Product) -> Withdrawal:
    ended = select(WorkPlan.advisor_id, WorkPlan.instance_id).where(
        WorkPlan.product_id == product.id, WorkPlan.status == PlanStatus.CANCELLED,
        WorkPlan.closed_at >= product.closed_at,
    )  # fmt: skip
    closed = session.execute(ended).all()
    plans = Counter(row.advisor_id for row in closed if row.advisor_id is not None)
    holders = _holders(session, product, [row.instance_id for row in closed])
    sent = select(Submission.author_id).where(Submission.instance_id == product.instance_id).distinct()
    author = next((row for row in history.backwards(session, history.Subject("product", product.id))
                   if row.action == WITHDRAWN), None)  # fmt: skip
    workers = frozenset({product.lead_id, *plans, *session.scalars(sent)})
    if author is None:
        return Withdrawal(product, plans=plans, holders=holders, workers=workers)
    return Withdrawal(product, author.actor_name, author.actor_id, plans, holders, workers - {author.actor_id or 0})


def _holders(session: Session, product: Product, plan_cases: Iterable[int | None]) -> frozenset[int]:
    """Who had a task that was open until the product was withdrawn, of its own case or of one of these."""
    cases = sorted({case for case in (product.instance_id, *plan_cases) if case is not None})
    found: set[int] = set()
    for some in chunks(cases):
        held = select(Task.assignee_id).where(
            Task.instance_id.in_(some), Task.status == TaskStatus.CANCELLED, Task.ended_at >= product.closed_at,
            Task.assignee_id.is_not(None),
        )  # fmt: skip
        found |= {person for person in session.scalars(held) if person is not None}
    return frozenset(found)


def _by_person(rows: Iterable[Withdrawal]) -> dict[int, list[int]]:
    told: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        for person in row.workers:
            told[person].append(row.product.id)
    return told


def _item(row: Withdrawal, reader: int | None) -> Item:
    count = row.plans.get(reader or 0, 0)
    ended = f" Se {'cerró 1 plan suyo' if count == 1 else f'cerraron {count} planes suyos'}." if count else ""
    by = f"{row.by} lo retiró" if row.by else "Se retiró"
    spared = "Sus tareas ya no hacen falta; lo hecho se conserva." if reader in row.holders else "Lo hecho se conserva."
    return Item(
        title=f"Producto retirado: {row.product.name}",
        about=f"Motivo: {row.product.withdrawal_reason.rstrip('.')}.{ended}",
        link=f"/productos/{row.product.code}",
        why=f"{by}, y usted trabajó en él. {spared}",
        part=Part.NEWS,
        kind="Productos retirados",
        listing="/productos?estado=withdrawn",
    )
