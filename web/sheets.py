"""A form as a page handles it: reading what was typed, files and pasted entities included, and showing it again."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import files
from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from directory import coverage
from directory.pasted import recognise
from directory.principal import Principal
from edge import names
from edge import personal_reads
from engine import observations
from engine import rectified
from engine import remarked
from engine import submissions
from engine import tasks
from engine.models import Observation
from engine.models import Submission
from engine.models import Task
from forms import display
from forms import posted
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from tracking import products
from web import entity_finder
from web import rectified as corrections
from web.filters import moment
from web.forms_view import form_view
from web.question_view import FormView
from web.remark import Remark

FILE_URL = "/archivos/{token}"
UPLOADS = "__files"
ENTITY_KINDS = (Kind.ENTITY, Kind.ENTITIES)


@dataclass(slots=True)
class Typed:
    """What somebody typed: raw answers, and what could not be kept (a refused file, an entity nobody knows)."""

    answers: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)


def typed(session: Session, form: Form, *, by: Actor, now: datetime, prefix: str = "") -> Typed:
    """The answers in this request, of inputs whose name begins with `prefix`.

    Files are stored at once, so that a page with errors does not lose them.
    """
    sent = _without(prefix, request.form.to_dict(flat=False))
    found = Typed(posted.raw(form, sent, keep_empty_rows=True))
    _attach(session, form, found, _without(prefix, request.files.to_dict(flat=False)), by, now)
    for path, lines in posted.lines(form, sent).items():
        _choose(session, form, found, path, lines)
    for name, lines in entity_finder.department_lines(posted.action(sent)).items():
        if path := posted.path_of(form, name):
            _choose(session, form, found, path, lines)
    return found


def context_of(task: Task) -> dict[str, Any]:
    """What catalogues and rules are told about a task."""
    today = local_date(clock.now())
    return {"instance_id": task.instance_id, "task_id": task.id, "today": today, **task.instance.refs}


def editable(
    session: Session,
    task: Task,
    form: Form,
    data: Mapping[str, Any],
    *,
    by: Principal,
    now: datetime,
    errors: Mapping[str, list[str]] | None = None,
    warnings: Mapping[str, list[str]] | None = None,
    observations: Iterable[Observation] = (),
) -> FormView:
    """The form of a task with its inputs, offering the entities that the task may be about."""
    looked = display.lookups(session, form, data, context=context_of(task))
    about = {item.kind for item in _every(form)} & set(ENTITY_KINDS)
    offered = _offered(session, task, by, now) if about else set()
    offered -= looked.entities.keys()
    known = {**looked.entities, **display.entity_names(session, offered)}
    return form_view(
        form, data, errors, warnings, remarks(session, observations, form, data), looked.files, known,
        looked.catalogues, people=looked.people, file_url=FILE_URL,
        finder=entity_finder.finder(session) if Kind.ENTITIES in about else None,
    )  # fmt: skip


def readonly(
    session: Session,
    form: Form,
    data: Mapping[str, Any],
    *,
    context: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
    warnings: Mapping[str, list[str]] | None = None,
    observations: Iterable[Observation] = (),
    notes: Mapping[str, list[str]] | None = None,
) -> FormView:
    """What was sent, or is about to be; with what changed since `before`."""
    looked = display.lookups(session, form, data, before or {}, context=context)
    return form_view(
        form, data, None, warnings, remarks(session, observations, form, data), looked.files, looked.entities,
        looked.catalogues, readonly=True, people=looked.people, before=before, file_url=FILE_URL, notes=notes,
    )  # fmt: skip


def sent(session: Session, row: Submission, **beside: Any) -> FormView:
    """What was sent as it stands now, each corrected answer with what it said before; `beside` as for `readonly`."""
    form, full = tasks.form_of(session, row), submissions.get(session, row.id)
    personal_reads.answers(form, full)
    notes = corrections.notes(session, form, full)
    return readonly(session, form, rectified.answers(session, full), notes=notes, **beside)


def remarks(
    session: Session, observations: Iterable[Observation], form: Form, data: Mapping[str, Any]
) -> dict[str, list[Remark]]:
    """Observations by where they stand in `data`, as the form shows them."""
    rows = list(observations)
    places = remarked.places(session, rows, form, data)
    people = names.of_people(session, [key for row in rows for key in (row.author_id, row.answered_by)])
    found: dict[str, list[Remark]] = {}
    for row in rows:
        remark = Remark(
            number=row.number, text=row.text, author=people.get(row.author_id, ""), when=moment(row.at),
            answer=row.answer, answered_by=people.get(row.answered_by or 0, ""), status=row.status,
        )  # fmt: skip
        found.setdefault(places[row.id], []).append(remark)
    return found


def places(form: Form, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where a remark may stand, as path and words: the whole, each question, each row."""
    found = [("", "Todo el documento")]
    for item in form.fields():
        if item.kind is Kind.DOCUMENT:
            continue
        found.append((item.name, item.label))
        if item.kind is Kind.TABLE:
            paths = [f"{item.name}/{index}" for index in range(len(data.get(item.name) or []))]
            found += [(path, observations.label(form, path, data)) for path in paths]
    return found


def _without(prefix: str, posted_under: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {name[len(prefix) :]: values for name, values in posted_under.items() if name.startswith(prefix)}


def _attach(
    session: Session, form: Form, found: Typed, uploads: Mapping[str, list[Any]], by: Actor, now: datetime
) -> None:
    for name in uploads:
        slot = _slot(form, found.answers, name.removesuffix(UPLOADS)) if name.endswith(UPLOADS) else None
        if slot is None:
            continue
        holder, key, path = slot
        for upload in uploads[name]:
            if not upload.filename:
                continue
            try:
                row = files.save(session, upload.filename, upload.read(), by=by, now=now, path=path)
            except InvalidData as error:
                _merge(found.errors, error.errors)
            else:
                holder[key] = [*(holder.get(key) or []), row.token]


def _choose(session: Session, form: Form, found: Typed, path: str, lines: list[str]) -> None:
    """Put the entities that `lines` name among the answers. Lines that name none for sure stay among them as typed.

    So a draft keeps them, the page shows them again in their box, and nothing is sent before they are corrected.
    """
    slot = _slot(form, found.answers, path.replace("/", "-"))
    if slot is None:
        return
    holder, key, _ = slot
    named = recognise(session, lines)
    told = list(named.refused.values())
    if _field(form, path).kind is Kind.ENTITIES:
        chosen = holder.get(key)
        before = chosen if isinstance(chosen, list) else []
        holder[key] = list(dict.fromkeys([*before, *named.ids, *named.refused]))
    elif len(named.ids) == 1:
        holder[key] = named.ids[0]
    else:
        holder[key] = lines[0]
        told = told or ["Escriba una sola entidad."]
    if told:
        found.errors.setdefault(path, []).extend(told)


def _slot(form: Form, answers: dict[str, Any], name: str) -> tuple[dict[str, Any], str, str] | None:
    """Where the answer of an input stands: the mapping that holds it, its key there, and its path."""
    if any(item.name == name for item in form.fields()):
        return answers, name, name
    table, _, cell = name.partition("-")
    index, _, column = cell.partition("-")
    rows = answers.get(table)
    if not index.isdecimal() or not isinstance(rows, list) or int(index) >= len(rows):
        return None
    return rows[int(index)], column, f"{table}/{index}/{column}"


def _field(form: Form, path: str) -> Field:
    table, _, cell = path.partition("/")
    item = form.field(table)
    column = cell.rpartition("/")[2]
    return next((inner for inner in item.columns if inner.name == column), item)


def _every(form: Form) -> Iterable[Field]:
    for item in form.fields():
        yield item
        yield from item.columns


def _offered(session: Session, task: Task, by: Principal, now: datetime) -> set[int]:
    """Entities worth offering: the task's own, those the person covers, those of the product."""
    own = {task.entity_id} if task.entity_id else set()
    covered = coverage.entities_of(session, by.person_id, local_date(now))
    product_id = task.instance.refs.get("product_id")
    return {*own, *covered, *(products.entities_of(session, product_id) if product_id else ())}


def _merge(into: dict[str, list[str]], more: Mapping[str, list[str]]) -> None:
    for path, messages in more.items():
        into.setdefault(path, []).extend(messages)
