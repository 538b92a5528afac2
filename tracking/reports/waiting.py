"""Which reports wait for somebody to go on with them, or to review them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from directory.principal import Principal
from engine import completable
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from tracking.models import Report


def tasks_for(session: Session, by: Principal, rows: Sequence[Report]) -> dict[int, int]:
    """Report → its open task that `by` may complete; without those that wait for others, or for nobody."""
    cases = {row.instance_id: row.id for row in rows if row.instance_id is not None}
    open_tasks = (
        select(Task)
        .where(Task.instance_id.in_(sorted(cases)), Task.status == TaskStatus.OPEN)
        .options(joinedload(Task.instance).joinedload(Instance.definition))
        .order_by(Task.id)
    )
    found = session.scalars(open_tasks)
    return {cases[task.instance_id]: task.id for task in found if completable.may_complete(session, task, by)}
