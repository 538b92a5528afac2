"""The receipt of a task: what was sent, and what follows."""

from typing import Any

from flask import Blueprint
from flask import Response
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.errors import NotFound
from directory import roles
from directory.principal import Principal
from edge import identity
from edge import names
from edge.permission import permission
from engine import completable
from engine import instances
from engine import observations
from engine import operations
from engine import status
from engine import submissions
from engine import tasks
from engine import undecided
from engine import under_review
from engine.models import Submission
from engine.models import Task
from tracking.models import Product
from web import rectified as corrections
from web import sheets
from web.frame import HOME
from web.frame import page

blueprint = Blueprint("web_receipts", __name__)


@blueprint.get("/tareas/<id:task_id>/recibo")
@permission("task.read")
def receipt(task_id: int) -> Response:
    """What was sent, what happens next, until when, and the next task when it is one's own."""
    by, now = identity.current(), clock.now()
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        sent = next((row for row in submissions.of_instance(session, task.instance_id) if row.task_id == task.id), None)
        if sent is None:
            raise NotFound("el recibo de la tarea", task_id)
        waiting = tasks.open_of(session, task.instance_id)
        for case in instances.begun_by(session, task):
            waiting += tasks.open_of(session, case.id)
        # What this very step opened comes first, then what goes on in the same process.
        waiting.sort(key=lambda row: (*_apart(row, task, sent), row.due_sort, row.id))
        mine = [row for row in waiting if completable.may_complete(session, row, by)]
        # What waited before in a track of its own is no continuation of this step: it stays in the inbox.
        mine = [row for row in mine if not all(_apart(row, task, sent))]
        people = names.of_people(session, [sent.author_id, *(row.assignee_id for row in waiting)])
        position = status.position(session, task.instance)
        decided = _decided(session, task, sent, by) | {"public": _public(session, task, sent)}
        full = submissions.get(session, sent.id)
        corrected = corrections.lines(session, tasks.form_of(session, full), full)
        undecidable = undecided.nobody_may(session, waiting, now=now)
        begun = [row for row in operations.begun_by(session, task_id) if operations.readable(row, by)]
    return page(
        "task_receipt.html", "Recibo", crumbs=[HOME], task=task, sent=sent, waiting=waiting, mine=mine, people=people,
        position=position, now=now, role_of=roles.label, begun=begun, corrected=corrected,
        undecidable=undecidable, **decided,
    )  # fmt: skip


def _apart(row: Task, task: Task, sent: Submission) -> tuple[bool, bool]:
    """Whether an open step waited before `task` was `sent`, and whether it is of another process."""
    return row.created_at < sent.at, row.process_key != task.process_key


def _public(session: Session, task: Task, sent: Submission) -> str:
    """Where the public reads what was sent, when it put a product in the portfolio: its code there."""
    if not submissions.get(session, sent.id).data.get("published"):
        return ""
    product = session.get(Product, task.instance.refs.get("product_id") or 0)
    return product.code if product is not None and product.published_at is not None else ""


def _decided(session: Session, task: Task, sent: Submission, by: Principal) -> dict[str, Any]:
    """For a review: the verdict and what was said with it, and the remarks that went with it."""
    if under_review.reviewed(session, task) is None:
        return {"view": None, "remarks": [], "left_open": []}
    view = sheets.sent(session, sent, context=sheets.context_of(task))
    given = observations.of_instance(session, task.instance_id, by=by)
    return {
        "view": view,
        "remarks": [one for one in given if one.task_id == task.id],
        "left_open": observations.left_open(session, sent),
    }
