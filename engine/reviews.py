"""What was reviewed and by whom: the reviews that were made of a submission."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from engine import definitions
from engine.models import Instance
from engine.models import Submission


def of_submission(session: Session, submission: Submission) -> list[Submission]:
    """The answers to the reviews of a submission, with their data, oldest first.

    They were sent after it and before its next round; a review that was made twice of it stands twice.
    """
    instance = session.get_one(Instance, submission.instance_id)
    reviewing = definitions.bundle(session, instance.definition).reviewing(submission.element)
    statement = (
        select(Submission)
        .where(Submission.instance_id == submission.instance_id, Submission.id > submission.id)
        .order_by(Submission.id)
        .options(undefer(Submission.data))
    )
    next_round = session.scalars(statement.where(Submission.element == submission.element).limit(1)).first()
    if next_round is not None:
        statement = statement.where(Submission.id < next_round.id)
    return list(session.scalars(statement.where(Submission.element.in_(reviewing))))
