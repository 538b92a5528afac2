"""What a task is to be seen beside: what is reviewed at it, what is read with that, what reviews said before."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from engine import calls
from engine import definitions
from engine import submissions
from engine.models import Instance
from engine.models import Submission
from engine.models import Task
from engine.tasks import element_of


def reviewed(session: Session, task: Task) -> Submission | None:
    """The submission that a reviewing task is about; None for other tasks."""
    element = element_of(session, task).properties.get("reviews", "")
    return submissions.latest(session, task.instance_id, element) if element else None


def heard(session: Session, task: Task) -> list[tuple[Submission, Submission]]:
    """The last answers of each review of what `task` answers or writes again, with what they are about; newest first.

    Those to which something was sent with this step since are left out, and those of an earlier call of the process.
    """
    since = calls.begun(session, task.instance_id, task.process_key, task.id)
    about = {task.element, *element_of(session, task).words("answers")}
    elements = definitions.bundle(session, task.instance.definition).elements[task.process_key]
    found = []
    for one in elements:
        reviewed_element = one.properties.get("reviews", "")
        if reviewed_element in about and one.id != task.element:
            review = submissions.latest(session, task.instance_id, one.id, since=since)
            sent = submissions.latest(session, task.instance_id, reviewed_element, since=since)
            if review is not None and sent is not None:
                found.append((review, sent))
    own = submissions.latest(session, task.instance_id, task.element, since=since)
    fresh = [pair for pair in found if own is None or own.id < pair[0].id]
    return sorted(fresh, key=lambda pair: pair[0].id, reverse=True)


def sent_back(session: Session, rows: Iterable[Task]) -> set[int]:
    """The ids of those of `rows` that a review gave back."""
    again = [row.id for row in rows if row.round > 1]
    whole = joinedload(Task.instance).joinedload(Instance.definition)
    statement = select(Task).where(Task.id.in_(again)).options(whole).execution_options(populate_existing=True)
    return {row.id for row in session.scalars(statement) if heard(session, row)} if again else set()


def consulted(session: Session, task: Task) -> list[Submission]:
    """What was sent since the submission under review at the elements that the diagram has the reviewer read."""
    since = reviewed(session, task)
    sent = [submissions.latest(session, task.instance_id, one) for one in element_of(session, task).words("reads")]
    return [row for row in sent if row is not None and since is not None and row.id > since.id]


def recalled(session: Session, task: Task) -> list[Submission]:
    """The last answers at the elements that the diagram shows beside what is under review, whenever they were sent."""
    sent = [submissions.latest(session, task.instance_id, one) for one in element_of(session, task).words("recalls")]
    return [row for row in sent if row is not None]
