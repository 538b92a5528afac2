"""What the page of a task shows beside its form: where things stand, earlier rounds, remarks, whom to ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.errors import NotAllowed
from directory import access
from directory import roles
from directory.principal import Principal
from engine import batch
from engine import drafts
from engine import observations
from engine import prefill
from engine import status
from engine import submissions
from engine import tasks
from engine.models import Observation
from engine.models import Submission
from engine.models import Task
from engine.status import Step
from web import batches
from web import changes
from web import names
from web import sheets
from web.frame import HOME

PARTICIPANTS = {"lead": "Lidera", "advisor": "Acompaña en territorio"}


def values(
    session: Session,
    task: Task,
    *,
    by: Principal,
    now: datetime,
    typed: sheets.Typed | None = None,
    conflict: str = "",
) -> dict[str, Any]:
    """Everything that templates/task.html needs."""
    draft = drafts.find(session, task.id)
    standing = observations.standing(session, task, by=by)
    reviewed = tasks.reviewed(session, task)
    sent = [row for row in submissions.of_instance(session, task.instance_id) if row.task_id == task.id]
    errors = typed.errors if typed else {}
    data = typed.answers if typed else draft.data if draft else _start(session, task, now)
    return {
        "crumbs": [HOME],
        "task": task,
        "instructions": tasks.instructions(session, task),
        "view": None if sent else _view(session, task, data, typed, standing, by, now),
        "submission": sent[0] if sent else None,
        "sent_view": _sent(session, sent[0], by) if sent else None,
        "draft": draft,
        "conflict": conflict,
        "editable": _may_complete(session, task, by),
        "claimable": task.assignee_id is None and access.allowed(by, "task.claim", tasks.subject_of(task)) is not None,
        "releasable": task.claimed_at is not None and task.assignee_id == by.person_id,
        "hints": [] if sent else prefill.hints(session, task, data),
        "can_assign": task.status == "open" and access.allowed(by, "task.assign", tasks.subject_of(task)) is not None,
        "mark": changes.task_mark(session, task, by.person_id),
        "peers": batch.peers(session, task, by=by) if task.status == "open" else [],
        "ticked": batches.ticked(),
        "review": _review(session, task, reviewed, by),
        "to_answer": [row for row in standing if row.element == task.element or reviewed is None],
        **_context(session, task, standing),
        "remark_problems": {key: messages for key, messages in errors.items() if key.startswith("remark")},
        "now": now,
    }


def _start(session: Session, task: Task, now: datetime) -> dict[str, Any]:
    return prefill.initial(session, task, now=now) if task.status == "open" else {}


def _may_complete(session: Session, task: Task, by: Principal) -> bool:
    grant = access.allowed(by, "task.complete", tasks.subject_of(task))
    if task.status != "open" or grant is None:
        return False
    try:
        tasks.demand_separate(session, task, by, by.actor(grant))
    except NotAllowed:
        return False
    return True


def _view(
    session: Session, task: Task, data: dict[str, Any], typed: sheets.Typed | None, standing: Sequence[Observation],
    by: Principal, now: datetime,
) -> Any:  # fmt: skip
    mine = [row for row in standing if row.element == task.element]
    form = tasks.form_of(session, task)
    errors = typed.errors if typed else None
    return sheets.editable(session, task, form, data, by=by, now=now, errors=errors, observations=mine)


def _sent(session: Session, row: Submission, by: Principal) -> Any:
    full = submissions.get(session, row.id)
    remarks = observations.of_submission(session, row.id, by=by)
    return sheets.readonly(session, tasks.form_of(session, full), full.data, observations=remarks)


def _review(session: Session, task: Task, reviewed: Submission | None, by: Principal) -> dict[str, Any] | None:
    """The submission under review, with what changed since the round before, and its remarks."""
    if reviewed is None:
        return None
    form, before = tasks.form_of(session, reviewed), submissions.previous(session, reviewed)
    remarks = observations.of_submission(session, reviewed.id, by=by)
    earlier = observations.of_submission(session, before.id, by=by) if before else []
    view = sheets.readonly(session, form, reviewed.data, before=before.data if before else None, observations=remarks)
    return {
        "submission": reviewed,
        "view": view,
        "places": sheets.places(form, reviewed.data),
        "mine": [row for row in remarks if row.task_id == task.id and not row.published],
        "earlier": earlier,
        "before": before,
    }


def _context(session: Session, task: Task, standing: Sequence[Observation]) -> dict[str, Any]:
    earlier = [row for row in submissions.of_instance(session, task.instance_id) if row.task_id != task.id]
    steps = [step for step in status.steps(session, task.instance) if step.kind == "user"]
    read = tasks.consulted(session, task)
    ids = [task.assignee_id, task.previous_holder_id, task.ended_by, *task.instance.people.values()]
    ids += [row.author_id for row in earlier] + [key for row in standing for key in (row.author_id, row.answered_by)]
    known = names.of_people(session, ids)
    titles = {step.element: step.name for step in steps}
    return {
        "steps": _by_time(steps),
        "earlier": earlier,
        "titles": titles,
        "people": known,
        "consulted": [(row, tasks.form_of(session, row).title) for row in read],
        "asked": [(PARTICIPANTS.get(part, part), known.get(key, "")) for part, key in task.instance.people.items()],
        "role": roles.label(task.role) if task.role else "",
        "place": names.of_entities(session, [task.entity_id]).get(task.entity_id or 0, ""),
    }


def _by_time(steps: list[Step]) -> list[Step]:
    """Steps that are done in the order in which they were, then the rest in reading order."""
    done = [step for step in steps if step.state == "done"]
    done.sort(key=lambda step: (step.at is not None, step.at))
    return done + [step for step in steps if step.state != "done"]
