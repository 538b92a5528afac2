"""What other reviews said of what is on the page of a task: who returned it and why, at its top."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import submissions
from engine import tasks
from engine import under_review
from engine.models import Submission
from engine.models import Task
from forms.difference import own_questions
from web import sheets
from web.question_view import FormView


@dataclass(frozen=True, slots=True)
class Said:
    """A review: its title, what was sent with it, what that was about, and how it is shown."""

    title: str
    submission: Submission
    about: Submission
    view: FormView


def heard(session: Session, task: Task) -> list[Said]:
    """The reviews of what `task` answers or writes again, since it was sent; the newest first."""
    found = under_review.heard(session, task) if task.status == "open" else []
    return [_said(session, task, review, about) for review, about in found]


def consulted(session: Session, task: Task) -> list[Said]:
    """What was answered, after it was sent, about what `task` reviews."""
    about = under_review.reviewed(session, task) if task.status == "open" else None
    if about is None:
        return []
    return [_said(session, task, row, about) for row in under_review.consulted(session, task)]


def _said(session: Session, task: Task, review: Submission, about: Submission) -> Said:
    form = tasks.form_of(session, review)
    answers, repeated = submissions.get(session, review.id).data, submissions.get(session, about.id).data
    view = sheets.readonly(session, own_questions(form, answers, repeated), answers, context=sheets.context_of(task))
    return Said(form.title, review, about, view)
