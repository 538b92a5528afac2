"""What was corrected of what was sent, read back: the corrections beside it, and its answers as they stand now."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import Rectification
from engine.models import Submission
from forms import excerpt


def of(session: Session, submission_id: int) -> list[Rectification]:
    """The corrections of a submission, oldest first."""
    statement = select(Rectification).where(Rectification.submission_id == submission_id)
    return list(session.scalars(statement.order_by(Rectification.id)))


def answers(session: Session, submission: Submission) -> dict[str, Any]:
    """The answers of a submission as they stand now: the last correction of each prevails."""
    values = {row.path: row.after for row in of(session, submission.id)}
    return excerpt.replaced(submission.data, values) if values else dict(submission.data)


def authors(session: Session, instance_id: int, elements: Collection[str]) -> set[int | None]:
    """Who corrected what was sent at `elements` of an instance, and for whom."""
    statement = (
        select(Rectification.author_id, Rectification.on_behalf_of)
        .join(Submission, Submission.id == Rectification.submission_id)
        .where(Rectification.instance_id == instance_id, Submission.element.in_(elements))
    )
    return {person for row in session.execute(statement) for person in row}
