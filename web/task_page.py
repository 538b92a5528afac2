"""What the page of a task shows beside its form: where things stand, earlier rounds, remarks, whom to ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.errors import Conflict
from db.errors import NotAllowed
from directory import access
from directory import acting
from directory import roles
from directory.principal import Principal
from edge import latecomers
from edge import names
from engine import batch
from engine import completable
from engine import drafts
from engine import endings
from engine import observations
from engine import prefill
from engine import rectifications
from engine import rectified
from engine import separation
from engine import status
from engine import submissions
from engine import tasks
from engine import under_review
from engine.models import Draft
from engine.models import Observation
from engine.models import Submission
from engine.models import Task
from engine.status import Step
from forms import fixed
from forms import posted
from forms import shape
from web import apart
from web import batches
from web import changes
from web import hearing
from web import sheets
from web.frame import HOME
from web.frame import page

PARTICIPANTS = {
    "lead": "Lidera", "advisor": "Acompaña en territorio", "author": "Presenta", "asker": "Pide el apoyo",
    "expert": "Da el apoyo",
}  # fmt: skip


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
    draft = drafts.seen(session, task, by=by)
    standing = observations.standing(session, task, by=by)
    reviewed = under_review.reviewed(session, task)
    sent = [row for row in submissions.of_instance(session, task.instance_id) if row.task_id == task.id]
    errors = typed.errors if typed else {}
    given = _start(session, task, now)
    data = typed.answers if typed else kept(session, task, draft) if draft else given
    peers = batch.peers(session, task, by=by) if task.status == "open" else []
    if task.status == "open":
        data = fixed.in_place(tasks.form_of(session, task), data, given)
    return {
        "crumbs": [HOME],
        "task": task,
        "instructions": tasks.instructions(session, task),
        "view": None if sent else _view(session, task, data, typed, standing, by, now),
        **_done(session, task, sent[0] if sent else None, by),
        "ending": endings.of(session, task),
        **_draft(session, draft, by),
        "conflict": conflict,
        "editable": completable.may_complete(session, task, by),
        "claimable": _may_claim(session, task, by),
        "unattended": task.assignee_id is not None
        and bool(acting.unable(session, [task.assignee_id], clock.local_date(now))),
        "releasable": task.status == "open" and task.claimed_at is not None and task.assignee_id == by.person_id,
        "hints": [] if sent else prefill.hints(session, task, data),
        "consequences": prefill.consequences(session, task, data, now=now) if task.status == "open" else [],
        "can_assign": _may_assign(session, task, by),
        "mark": changes.task_mark(session, task, by.person_id),
        "peers": peers,
        "peer_drafts": drafts.saved(session, [row.id for row in peers]),
        "ticked": batches.ticked() or (drafts.together_of(draft) if draft else []),
        "heard": hearing.heard(session, task),
        "consulted": hearing.consulted(session, task),
        "review": _review(session, task, reviewed, by, now),
        "recalled": _recalled(session, task) if reviewed is None and not sent else [],
        "to_answer": [row for row in standing if row.element == task.element or reviewed is None],
        "answerable": [row.id for row in standing if observations.is_current(session, row)],
        **_context(session, task, standing),
        "remark_problems": {key: messages for key, messages in errors.items() if _of_remark(key)},
        "now": now,
    }


def again(task_id: int, found: sheets.Typed, code: int, *, by: Principal, conflict: str = "") -> Response:
    """The page once more with what was typed, as when something in it is wrong."""
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        shown = values(session, task, by=by, now=clock.now(), typed=found, conflict=conflict)
        shown["differs"] = _from_saved(session, task, found.answers, by) if conflict else []
    return page("task.html", task.name, code=code, problems=found.errors, **shown)


def overtaken(task_id: int, answers: dict[str, Any], error: Conflict, *, by: Principal) -> Response:
    """Somebody was faster: say who, and keep what was typed in sight."""
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        view = sheets.readonly(session, tasks.form_of(session, task), answers, context=sheets.context_of(task))
        who = names.of_people(session, [task.ended_by]).get(task.ended_by or 0, "")
    if task.status == "open":
        return again(task_id, sheets.Typed(answers), 409, by=by, conflict=error.message)
    return page(
        "task_too_late.html", task.name, code=409, task=task, view=view, message=error.message, who=who, readable=True
    )


def taken(task_id: int, answers: dict[str, Any], error: NotAllowed, *, by: Principal) -> Response:
    """Somebody else has the task now: say who, and show what was typed, to be copied. Raises `error` otherwise."""
    message = latecomers.taken(task_id, by, now=clock.now())
    if not message:
        raise error
    with reading() as session:
        task = _of_before(session, task_id, error, by)
        form, readable = tasks.form_of(session, task), tasks.may_read(task, by)
        typed = answers or posted.raw(form, request.form.to_dict(flat=False)) or _own_draft(session, task, by)
        view = sheets.readonly(session, form, typed, context=sheets.context_of(task))
    remark = request.form.get("remark_text", "").strip()
    return page(
        "task_too_late.html", task.name, code=409, task=task, view=view, message=message, remark=remark,
        readable=readable,
    )  # fmt: skip


def _of_before(session: Session, task_id: int, error: NotAllowed, by: Principal) -> Task:
    """The task that `by` may read, or that was theirs until it passed to somebody else. Raises `error` otherwise."""
    task = tasks.given_on(session, task_id, by=by)
    try:
        return task or tasks.get(session, task_id, by=by)
    except NotAllowed:
        raise error from None


def _own_draft(session: Session, task: Task, by: Principal) -> dict[str, Any]:
    draft = drafts.find(session, task.id)
    return kept(session, task, draft) if draft is not None and draft.saved_by == by.person_id else {}


def kept(session: Session, task: Task, draft: Draft) -> dict[str, Any]:
    """A draft without what no page could show, which some program may have left in it."""
    return shape.sound(tasks.form_of(session, task), draft.data)


def _from_saved(session: Session, task: Task, typed: dict[str, Any], by: Principal) -> list[apart.Difference]:
    """Where what was typed and the draft that somebody saved meanwhile part."""
    draft = drafts.seen(session, task, by=by)
    saved = kept(session, task, draft) if draft is not None else {}
    return apart.differences(session, tasks.form_of(session, task), typed, saved, task)


def _draft(session: Session, draft: Draft | None, by: Principal) -> dict[str, Any]:
    """The draft, and who wrote it when it was somebody else."""
    foreign = draft is not None and draft.saved_by != by.person_id
    who = names.of_people(session, [draft.saved_by]).get(draft.saved_by, "otra persona") if draft and foreign else ""
    return {"draft": draft, "drafted_by": who}


def _start(session: Session, task: Task, now: datetime) -> dict[str, Any]:
    return prefill.initial(session, task, now=now) if task.status == "open" else {}


def _may_assign(session: Session, task: Task, by: Principal) -> bool:
    grant = access.allowed(by, "task.assign", tasks.subject_of(task)) if task.status == "open" else None
    return grant is not None and not separation.wrote(session, task, {by.person_id, grant.on_behalf_of} - {None})


def _may_claim(session: Session, task: Task, by: Principal) -> bool:
    free = task.status == "open" and task.assignee_id is None
    grant = access.allowed(by, "task.claim", tasks.subject_of(task)) if free else None
    return grant is not None and not separation.wrote(session, task, {by.person_id, grant.on_behalf_of} - {None})


def _view(
    session: Session, task: Task, data: dict[str, Any], typed: sheets.Typed | None, standing: Sequence[Observation],
    by: Principal, now: datetime,
) -> Any:  # fmt: skip
    mine = [row for row in standing if row.element == task.element]
    form = tasks.form_of(session, task)
    errors = {path: said for path, said in typed.errors.items() if not _of_remark(path)} if typed else None
    return sheets.editable(session, task, form, data, by=by, now=now, errors=errors, observations=mine)


def _of_remark(path: str) -> bool:
    """Whether an error is about a remark that is written beside the form; a question may well be called `remarks`."""
    return path == "remark_text" or path.startswith("remark-")


def _done(session: Session, task: Task, row: Submission | None, by: Principal) -> dict[str, Any]:
    """What was sent with the task, with the remarks on it and those that went with it; nothing while it is open."""
    if row is None:
        return {"submission": None, "sent_view": None, "sent_remarks": [], "sent_left": [], "correctable": None}
    return {
        "submission": row,
        "sent_view": sheets.sent(session, row, observations=observations.of_submission(session, row.id, by=by)),
        "sent_remarks": observations.sent_with(session, task.id),
        "sent_left": observations.left_open(session, row),
        "correctable": rectifications.offered(session, row, task, by),
    }


def _review(
    session: Session, task: Task, reviewed: Submission | None, by: Principal, now: datetime
) -> dict[str, Any] | None:
    """The submission under review, with what differs from what it is compared with, and its remarks."""
    if reviewed is None:
        return None
    form, before = tasks.form_of(session, reviewed), submissions.previous(session, reviewed)
    against = "against" in tasks.element_of(session, task).properties
    remarks = observations.of_submission(session, reviewed.id, by=by, review=task)
    earlier = observations.before(session, reviewed)
    baseline = prefill.baseline(session, task, reviewed, now=now)
    view = sheets.sent(session, reviewed, before=baseline, observations=[*earlier, *remarks])
    return {
        "submission": reviewed,
        "view": view,
        "places": sheets.places(form, reviewed.data),
        "mine": [row for row in remarks if row.task_id == task.id and not row.published],
        "earlier": earlier,
        "before": before,
        "recalled": _recalled(session, task),
        "against": against,
        "changed": view.changed if view.compared else None,
        "again": _since(session, reviewed, before) if against and before is not None else None,
    }


def _since(session: Session, reviewed: Submission, before: Submission) -> list[str]:
    """The questions that changed since the round before, where what is marked is compared with something else."""
    return sheets.sent(session, reviewed, before=rectified.answers(session, before)).changed


def _recalled(session: Session, task: Task) -> list[tuple[str, Submission, Any]]:
    """What stands beside the submission under review: title, submission and how it is shown."""
    return [
        (tasks.form_of(session, row).title, row, sheets.sent(session, row))
        for row in under_review.recalled(session, task)
    ]


def _context(session: Session, task: Task, standing: Sequence[Observation]) -> dict[str, Any]:
    earlier = [row for row in submissions.of_instance(session, task.instance_id) if row.task_id != task.id]
    steps = [step for step in status.steps(session, task.instance) if step.kind == "user"]
    ids = [task.assignee_id, task.previous_holder_id, task.ended_by, *task.instance.people.values()]
    ids += [row.author_id for row in earlier] + [key for row in standing for key in (row.author_id, row.answered_by)]
    known = names.of_people(session, ids)
    titles = {step.element: step.name for step in steps}
    return {
        "steps": _by_time(steps),
        "earlier": earlier,
        "titles": titles,
        "people": known,
        "asked": [(PARTICIPANTS.get(part, part), known.get(key, "")) for part, key in task.instance.people.items()],
        "role": roles.label(task.role) if task.role else "",
        "place": names.of_entities(session, [task.entity_id]).get(task.entity_id or 0, ""),
    }


def _by_time(steps: list[Step]) -> list[Step]:
    """Steps that are done in the order in which they were, then the rest in reading order."""
    done = [step for step in steps if step.state == "done"]
    done.sort(key=lambda step: (step.at is not None, step.at))
    return done + [step for step in steps if step.state != "done"]
