"""Why a task is not needed any more, in words: who ended or turned its case, and with which reason."""

from itertools import takewhile

from sqlalchemy.orm import Session

from db import history
from engine.instances import subject
from engine.models import Task
from engine.models import TaskStatus

ELSEWHERE = "El proceso siguió otro camino."
ACTS = ("instance.cancelled", "message.sent")


def of(session: Session, task: Task) -> str:
    """Sentences about a cancelled task: whoever ended or turned its case, when that was done, and the reason."""
    ended = task.ended_at
    if task.status != TaskStatus.CANCELLED or ended is None:
        return ""
    since = takewhile(lambda row: row.at >= ended, history.backwards(session, subject(task.instance_id)))
    found = next((row for row in since if row.at == ended and row.action in ACTS), None)
    if found is None:
        return ELSEWHERE
    reason = f" Motivo: {found.reason.rstrip('.')}." if found.reason else ""
    return f"{found.summary} Lo hizo {found.actor_name}.{reason}"
