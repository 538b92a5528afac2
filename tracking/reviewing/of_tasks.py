"""Steps of processes at which somebody reviews: reports, corrective actions, and every other form."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from directory.principal import Principal
from engine import reviewing
from engine.models import Task
from tracking.models import CorrectiveAction
from tracking.models import Report
from tracking.reviewing.rows import Kind
from tracking.reviewing.rows import Place
from tracking.reviewing.rows import Waiting

REPORTS, ACTIONS, FORMS = "reports", "actions", "forms"

_OLDEST_FIRST = (paging.Key(Task.created_at), paging.Key(Task.id))
_OF = {
    REPORTS: exists().where(Report.instance_id == Task.instance_id),
    ACTIONS: exists().where(CorrectiveAction.instance_id == Task.instance_id),
}


def _narrowed(kind: str, session: Session, by: Principal, text: str) -> Select[Any]:
    statement = reviewing.waiting(session, by, text)
    if kind in _OF:
        return statement.where(_OF[kind])
    return statement.where(*(~of for of in _OF.values()))


def _rows(
    kind: str, session: Session, by: Principal, text: str, *, after: Place, limit: int, now: datetime
) -> Sequence[Waiting]:
    cursor = paging.encoded(list(after))
    found = paging.page(session, _narrowed(kind, session, by, text), _OLDEST_FIRST, limit=limit, cursor=cursor)
    return [
        Waiting(kind, task.id, task.name, task.instance.title, f"/tareas/{task.id}", task.created_at)
        for task in found.items
    ]


def count_all(session: Session, by: Principal, most: int) -> int:
    """How many of all kinds together, counted up to `most`."""
    return _counted(session, reviewing.waiting(session, by), most)


def _count(kind: str, session: Session, by: Principal, most: int, now: datetime) -> int:
    return _counted(session, _narrowed(kind, session, by, ""), most)


def _counted(session: Session, statement: Select[Any], most: int) -> int:
    some = statement.with_only_columns(Task.id).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


KINDS = tuple(
    Kind(key, label, partial(_rows, key), partial(_count, key))
    for key, label in (
        (REPORTS, "Informes"),
        (ACTIONS, "Acciones por cerrar"),
        (FORMS, "Fichas, protocolos y modificaciones"),
    )
)
