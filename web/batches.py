"""The same step for several entities: which ones, sending it for each, and what came of it."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session

from db import reading
from db import transaction
from db.errors import AttError
from directory.principal import Principal
from edge import steps
from engine import batch
from engine import drafts
from engine import submissions
from engine import tasks
from engine.models import Task
from forms import spelling
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from web import differing
from web import sheets

MOST = 200
REFUSED = "Lo propio de esta entidad no se pudo recibir."


def others(session: Session, ids: Iterable[int], by: Principal) -> list[Task]:
    """The other tasks of the batch."""
    return [tasks.get(session, task_id, by=by) for task_id in list(dict.fromkeys(ids))[:MOST]]


def ticked() -> list[int]:
    """The ids of the other tasks that this request carries: ticked on a page, or named in the address."""
    keys = request.form.getlist("peer", type=int) + request.args.getlist("con", type=int)
    return list(dict.fromkeys(keys))[:MOST]


def carried() -> str:
    """What an address ends in so that the ticked tasks are not lost: «?con=12&con=13», or nothing."""
    pairs = [("con", key) for key in ticked()]
    return f"?{urlencode(pairs)}" if pairs else ""


def copy_of(task_id: int) -> str:
    """The name under which a device keeps what was typed on the last look of a batch (`once.got_through`)."""
    return f"entidades-{task_id}"


def copied(form: Form, data: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Labels of the tables of which every entity of a batch gets what was written for the first one."""
    tables = [item for item in form.fields() if item.kind is Kind.TABLE]
    return [item.label for item in tables if _written(item, data.get(item.name), given.get(item.name))]


def _written(table: Field, value: Any, given: Any) -> bool:
    return any(row not in spelling.answer(table, given) for row in spelling.answer(table, value))


def complete(
    task_ids: Sequence[int], data: dict[str, Any], typed: dict[int, sheets.Typed], *, by: Principal, now: datetime,
    key: str = "", left_out: Mapping[int, str] | None = None, replaced: Mapping[int, int] | None = None,
    confirmed: bool = False,
) -> list[steps.Outcome]:  # fmt: skip
    """Complete them all; what could not be registered for an entity stays as the draft of its own task.

    `key` is that of the page, so that sending it again does nothing twice; `left_out` why others do not go along;
    `replaced` the drafts that give way to the common answers, by task; `confirmed` that what was doubted is meant.
    """
    with reading() as session:
        first = batch.given(session, task_ids[0], now=now)
    refused = {task_id: one.errors for task_id, one in typed.items() if one.errors}
    overrides = {task_id: differing.said(one) for task_id, one in typed.items()}
    sound = [task_id for task_id in task_ids if task_id not in refused]
    outcomes = steps.complete_batch(
        sound, data, overrides, by=by, key=key, left_out=left_out, replaced=replaced, confirmed=confirmed
    )
    outcomes += [steps.Outcome(task_id, message=REFUSED, errors=errors) for task_id, errors in refused.items()]
    for outcome in outcomes:
        if outcome.errors:
            task_id, instead = outcome.task_id, (replaced or {}).get(outcome.task_id)
            own = batch.Together(first, overrides.get(task_id, {}), instead, leading=task_id == task_ids[0])
            _keep(task_id, data, own, by, now)
    return outcomes


def reasons(task_ids: Iterable[int]) -> dict[int, str]:
    """Why some of `task_ids`, which could have gone along, were left out, where the page says it."""
    typed = {task_id: request.form.get(f"fuera-{task_id}", "").strip() for task_id in task_ids}
    return {task_id: reason for task_id, reason in typed.items() if reason}


def already(session: Session, rows: Sequence[Task], by: Principal) -> list[steps.Outcome]:
    """What came of a batch that was sent before: a second click is told the same and does nothing."""
    return [_found(session, row, by) for row in rows]


def _found(session: Session, task: Task, by: Principal) -> steps.Outcome:
    sent = next((row for row in submissions.of_instance(session, task.instance_id) if row.task_id == task.id), None)
    if sent is None or sent.author_id != by.person_id:
        return steps.Outcome(task.id, message="No se registró con este envío.")
    return steps.Outcome(task.id, receipt={"receipt": sent.receipt, "task_id": task.id})


def _keep(task_id: int, data: dict[str, Any], together: batch.Together, by: Principal, now: datetime) -> None:
    try:
        with transaction() as session:
            drafts.save(session, task_id, batch.own(session, task_id, data, together, now=now), by=by, now=now)
    except AttError:
        return  # what stands there stays
