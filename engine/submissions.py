"""What was sent, read back."""

import re
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from db import seals
from db.clock import local_date
from db.errors import NotFound
from db.history import HistoryRow
from engine import calls
from engine.models import Submission

_DASH = r"[-\u2010-\u2015\s]"  # with those that a word processor makes of a hyphen
_SPELLINGS = [  # of a day, and before of a year (ADR 23), and the number of a task
    re.compile(rf"R{_DASH}*([0-9]{{{digits}}})(?:{_DASH}*([0-9]{{6,12}})|{_DASH}+([0-9]{{1,12}}))") for digits in (8, 4)
]


def receipt(task_id: int, at: datetime) -> str:
    """The number given to what is sent with a task: the day of filing in Colombia, and the number of the task."""
    return f"R-{local_date(at):%Y%m%d}-{task_id:06d}"


def seal(row: Submission) -> str:
    """The seal of what was sent: who, when, in which capacity, and every answer."""
    return seals.seal(*_content(row))


def _content(row: Submission) -> tuple[Any, ...]:
    return (
        row.receipt, row.element, row.round, row.form_hash, row.author_id, row.on_behalf_of, row.capacity, row.at,
        row.data,
    )  # fmt: skip


@seals.sealed("task.completed")
def _sealed(session: Session, acts: Sequence[HistoryRow]) -> dict[int, str]:
    told = {str(act.details.get("receipt")): act.id for act in acts}
    statement = select(Submission).where(Submission.receipt.in_(list(told))).options(undefer(Submission.data))
    return {told[row.receipt]: seals.text(*_content(row)) for row in session.scalars(statement)}


def get(session: Session, submission_id: int) -> Submission:
    """The submission with its data. Raises NotFound."""
    row = session.get(Submission, submission_id, options=[undefer(Submission.data)])
    if row is None:
        raise NotFound("el envío", submission_id)
    return row


def with_receipt(session: Session, text: str) -> Submission | None:
    """The submission whose number somebody wrote, with capitals, dashes and zeros or without; None when it is none.

    Without dashes a number may be one of a day and one of a year with a very long task: that of the day comes first.
    """
    meant = list(_meant(text.strip().upper()))
    if not meant:
        return None
    found = {row.receipt: row for row in session.scalars(select(Submission).where(Submission.receipt.in_(meant)))}
    return next((found[one] for one in meant if one in found), None)


def _meant(text: str) -> Iterator[str]:
    for spelling in _SPELLINGS:
        if written := spelling.fullmatch(text):
            when, *numbers = written.groups()
            yield f"R-{when}-{int(next(filter(None, numbers))):06d}"


def of_instance(session: Session, instance_id: int) -> list[Submission]:
    """Everything sent in an instance, oldest first, without the data."""
    return list(
        session.scalars(select(Submission).where(Submission.instance_id == instance_id).order_by(Submission.id))
    )


def latest(
    session: Session, instance_id: int, element: str, *, until: datetime | None = None, since: int = 0
) -> Submission | None:
    """What was last sent at `element`, or last by the instant `until`, with its data.

    With `since` only what was sent with that task or a later one (`engine.calls.begun`).
    """
    statement = select(Submission).where(Submission.instance_id == instance_id, Submission.element == element)
    if until is not None:
        statement = statement.where(Submission.at <= until)
    if since:
        statement = statement.where(Submission.task_id >= since)
    statement = statement.order_by(Submission.id.desc()).limit(1).options(undefer(Submission.data))
    return session.scalars(statement).first()


@dataclass(frozen=True, slots=True)
class Newest:
    """What was last sent at an element: its place in the order of all, and its round."""

    place: float
    round: int


def newest(session: Session, instance_id: int, elements: Collection[str]) -> dict[str, Newest]:
    """What was last sent at each of `elements`, what is about to be stored included."""
    last = (
        select(func.max(Submission.id))
        .where(Submission.instance_id == instance_id, Submission.element.in_(elements))
        .group_by(Submission.element)
    )
    statement = select(Submission.element, Submission.id, Submission.round).where(Submission.id.in_(last))
    found = {element: Newest(place, round_) for element, place, round_ in session.execute(statement)}
    for row in session.new:
        if isinstance(row, Submission) and row.instance_id == instance_id and row.element in elements:
            found[row.element] = Newest(inf, row.round)
    return found


def previous(session: Session, submission: Submission) -> Submission | None:
    """What was sent at the same element in the round before, with its data; None in the first round of a call."""
    statement = (
        select(Submission)
        .where(
            Submission.instance_id == submission.instance_id,
            Submission.element == submission.element,
            Submission.id < submission.id,
            Submission.task_id >= calls.of_task(session, submission.task_id),
        )
        .order_by(Submission.id.desc())
        .limit(1)
        .options(undefer(Submission.data))
    )
    return session.scalars(statement).first()
