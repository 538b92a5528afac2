"""What is told of a request for an expert that was withdrawn: to whoever had it, once, with who withdrew it and why."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from textwrap import shorten

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from directory import entities
from directory import people
from engine.models import Task
from engine.models import TaskStatus
from notifications.models import Reminder
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Part
from notifications.notices import Round
from notifications.notices import notice_source
from tracking import products
from tracking import support_acts
from tracking.models import SupportRequest
from tracking.models import SupportStatus
from tracking.models import WorkPlan
from tracking.support_experts import ROLE

WITHDRAWN, RUNG = "support.withdrawn", "withdrawn"
TOLD_FOR = timedelta(days=15)
"""Afterwards nobody is told any more: whoever was away reads it in the list of requests."""


@notice_source(WITHDRAWN)
class WithdrawnSupports:
    """The source of notices of requests that an expert had to attend no more."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """The requests that `holders` had when they were withdrawn lately."""
        if WITHDRAWN not in turn.memo:
            turn.memo[WITHDRAWN] = session.execute(_lately(turn.now - TOLD_FOR)).all()
        for request_id, person_id in turn.memo[WITHDRAWN]:
            if person_id in holders:
                yield Notice(WITHDRAWN, request_id, 0, person_id, (RUNG,), ROLE)

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """Reminder id → its line."""
        wanted = select(SupportRequest).where(SupportRequest.id.in_({one.source_id for one in reminders}))
        lines = _lines(session, list(session.scalars(wanted)))
        return {one.id: lines[one.source_id] for one in reminders if one.source_id in lines}


def _lately(since: datetime) -> Select[int, int | None]:
    """Requests withdrawn since then, each with who had its last task: the one of the expert, which ended with it."""
    mine = aliased(Task)
    last = select(func.max(mine.id)).where(mine.instance_id == SupportRequest.instance_id).scalar_subquery()
    return (
        select(SupportRequest.id, Task.assignee_id)
        .join(Task, Task.id == last)
        .where(
            SupportRequest.status == SupportStatus.WITHDRAWN, SupportRequest.closed_at >= since,
            Task.status == TaskStatus.CANCELLED, Task.role == ROLE, Task.assignee_id.is_not(None),
        )
        .order_by(SupportRequest.id)
    )  # fmt: skip


def _lines(session: Session, rows: Sequence[SupportRequest]) -> dict[int, Item]:
    acts = support_acts.of(session, rows)
    plans = {row.id: session.get_one(WorkPlan, row.plan_id) for row in rows}
    places = entities.many(session, {plan.entity_id for plan in plans.values()})
    return {
        row.id: _item(session, row, acts[row.id], plans[row.id], places[plans[row.id].entity_id].name) for row in rows
    }


def _item(session: Session, row: SupportRequest, acts: support_acts.Acts, plan: WorkPlan, entity: str) -> Item:
    who = acts.withdrawn.person_id if acts.withdrawn else None
    by = f"{people.get(session, who).name} la retiró" if who is not None else "Se retiró"
    return Item(
        title=f"Solicitud de apoyo retirada: {shorten(row.need, 120, placeholder='…')}",
        about=f"{products.get(session, plan.product_id).name} · {entity}",
        link=f"/planes/{plan.id}?parte=apoyos",
        why=f"{by}: {row.closing_reason.rstrip('.')}. Ya no está en su bandeja.",
        part=Part.NEWS,
        kind="Solicitudes de apoyo retiradas",
        listing="/apoyos-expertos?estado=withdrawn",
        entity_id=plan.entity_id,
    )
