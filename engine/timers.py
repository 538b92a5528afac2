"""Timers: due instants are our rows; the instance is told that a time has come inside the locked transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from engine import state
from engine.instances import subject
from engine.models import InstanceStatus
from engine.models import Timer


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the timers whose time has come."""
    statement = select(Timer.id).where(Timer.fired_at.is_(None), Timer.due_at <= now).order_by(Timer.due_at).limit(1000)
    return list(session.scalars(statement))


def fire(session: Session, timer_id: int, *, now: datetime) -> int | None:
    """Tell the instance that the timer's time has come. Returns it, or None when it no longer waits."""
    instance_id = session.scalar(select(Timer.instance_id).where(Timer.id == timer_id))
    if instance_id is None:
        return None
    instance = state.lock(session, instance_id)
    timer = session.get_one(Timer, timer_id, populate_existing=True)
    if timer.fired_at is not None or timer.due_at > now or instance.status != InstanceStatus.OPEN:
        return None
    loaded = state.load(session, instance)
    timer.fired_at = now
    loaded.run.fire(timer.work_id)
    state.save(session, loaded, now=now)
    history.record(
        session, subject(instance_id), "timer.fired", by=SYSTEM, now=now, element=timer.element,
        summary=f"Se cumplió el plazo: {timer.due_reason}.", details=loaded.run.account(),
    )  # fmt: skip
    return instance_id
