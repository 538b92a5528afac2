"""What was sent, read back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from db.errors import NotFound
from engine.models import Submission


def get(session: Session, submission_id: int) -> Submission:
    """The submission with its data. Raises NotFound."""
    row = session.get(Submission, submission_id, options=[undefer(Submission.data)])
    if row is None:
        raise NotFound("el envío", submission_id)
    return row


def of_instance(session: Session, instance_id: int) -> list[Submission]:
    """Everything sent in an instance, oldest first, without the data."""
    return list(
        session.scalars(select(Submission).where(Submission.instance_id == instance_id).order_by(Submission.id))
    )


def latest(session: Session, instance_id: int, element: str, *, until: datetime | None = None) -> Submission | None:
    """What was last sent at `element`, or last by the instant `until`, with its data."""
    statement = select(Submission).where(Submission.instance_id == instance_id, Submission.element == element)
    if until is not None:
        statement = statement.where(Submission.at <= until)
    statement = statement.order_by(Submission.id.desc()).limit(1).options(undefer(Submission.data))
    return session.scalars(statement).first()


def previous(session: Session, submission: Submission) -> Submission | None:
    """What was sent at the same element in the round before, with its data."""
    statement = (
        select(Submission)
        .where(
            Submission.instance_id == submission.instance_id,
            Submission.element == submission.element,
            Submission.id < submission.id,
        )
        .order_by(Submission.id.desc())
        .limit(1)
        .options(undefer(Submission.data))
    )
    return session.scalars(statement).first()
