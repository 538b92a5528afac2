"""What a step for several entities sends for each of them that differs from the answers on the page."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from directory.principal import Principal
from edge import names
from engine import batch
from engine import observations
from engine import tasks
from engine.batch import Together
from engine.models import Draft
from engine.models import Task
from forms import display
from forms import spelling
from forms.declaration import Form
from forms.difference import MOVED
from forms.difference import difference
from web import sheets


@dataclass(frozen=True, slots=True)
class Difference:
    """A question with two answers in words."""

    label: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Apart:
    """An entity of the batch: what is sent for it that the page does not say, and the draft that it has of its own."""

    task: Task
    answers: dict[str, Any]
    differs: list[Difference]  # here: on the page; there: for this entity
    draft: Draft | None = None
    saved_by: str = ""
    drafted: Sequence[Difference] = ()  # here: on the page; there: in its draft


def found(
    session: Session, task: Task, data: Mapping[str, Any], rows: Iterable[Task], *, by: Principal, now: datetime
) -> list[Apart]:
    """For each of `rows`, what differs for it of the answers `data` that were written on the page of `task`."""
    form, first = tasks.form_of(session, task), batch.given(session, task.id, now=now)
    return [_apart(session, form, first, data, row, by, now) for row in rows]


def replaced(task_ids: Iterable[int]) -> dict[int, int]:
    """The drafts that the page says to replace: the revision that was seen, by task."""
    chosen = {task_id: request.form.get(f"borrador-{task_id}", type=int) for task_id in task_ids}
    return {task_id: revision for task_id, revision in chosen.items() if revision is not None}


def differences(
    session: Session, form: Form, here: Mapping[str, Any], there: Mapping[str, Any], row: Task
) -> list[Difference]:
    """Where two versions of the answers to the form of a task part, question by question, in words."""
    both = spelling.answers(form, here), spelling.answers(form, there)
    looked = display.lookups(session, form, *both, context=sheets.context_of(row))
    changes = [change for change in difference(form, *both) if change.kind != MOVED]
    return [
        Difference(observations.label(form, change.path, both[change.kind != "removed"]), *change.words(looked))
        for change in changes
    ]


def _apart(
    session: Session, form: Form, first: Mapping[str, Any], data: Mapping[str, Any], row: Task, by: Principal,
    now: datetime,
) -> Apart:  # fmt: skip
    draft = batch.drafted(session, row, by=by, now=now)
    if draft is None:
        own = batch.own(session, row.id, data, Together(first), now=now)
        return Apart(row, own, differences(session, form, data, own, row))
    common = batch.own(session, row.id, data, Together(first, replaced=draft.revision), now=now)
    kept = batch.own(session, row.id, data, Together(first), now=now)
    who = names.of_people(session, [draft.saved_by])[draft.saved_by]
    in_draft = differences(session, form, common, kept, row)
    return Apart(row, kept, differences(session, form, data, common, row), draft, who, in_draft)
