"""What differs for some entities of a step that is done for several: the boxes where it is written, read and drawn.

What is typed there is kept with the draft of the task on whose page it is typed (`drafts.set_apart`): `questions` that
differ, `answers` of each entity, `reasons` of those left out, and whether a draft of their own is `replaced`.
"""

import re
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from directory.principal import Principal
from engine.models import Task
from forms import display
from forms import posted
from forms import shape
from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section
from web import sheets
from web.forms_view import form_view
from web.question_view import QuestionView

# Kinds of which an empty cell can mean «like the others»; a list of choices or a table can be meant empty.
SIMPLE = frozenset({
    Kind.TEXT, Kind.LONG_TEXT, Kind.TEXTS, Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT, Kind.DATE, Kind.MONTH,
    Kind.BOOLEAN, Kind.CHOICE, Kind.URL, Kind.EMAIL, Kind.FILES,
})  # fmt: skip

Parts = Mapping[str, Any]  # what is kept with the draft; tasks are named by their id, as a text


@dataclass(frozen=True, slots=True)
class Boxes:
    """An entity of the batch with the questions that it may answer otherwise."""

    task: Task
    questions: list[QuestionView]


def may_differ(form: Form) -> list[Field]:
    """The questions of `form` that can be answered otherwise for one entity."""
    return [item for item in form.fields() if item.kind in SIMPLE and not item.catalogue]


def chosen(form: Form, kept: Parts) -> list[str]:
    """Names of the questions that differ for some entity: those in the address, or those that were kept."""
    wanted = request.args.getlist("distinto") or kept.get("questions", ())
    return [item.name for item in may_differ(form) if item.name in wanted]


def boxes(
    session: Session, form: Form, rows: Sequence[Task], kept: Parts, errors: Mapping[int, sheets.Typed] | None = None
) -> list[Boxes]:
    """The inputs of the chosen questions, a set for each of `rows`, with what was `kept` and its `errors` by task."""
    part = _part(form, chosen(form, kept))
    if not any(part.fields()):
        return []
    return [Boxes(row, _named(session, part, row, kept, (errors or {}).get(row.id))) for row in rows]


def read(
    session: Session, form: Form, rows: Sequence[Task], *, by: Principal, now: datetime
) -> dict[int, sheets.Typed]:
    """What stands in the boxes of each of `rows` in this request, by task; an empty one is as for the others."""
    part = _part(form, [item.name for item in may_differ(form)])
    found = {row.id: sheets.typed(session, part, by=by.actor(), now=now, prefix=_prefix(row)) for row in rows}
    pressed = posted.action(request.form.to_dict(flat=False))
    for row in rows:
        found[row.id].answers = posted.act(part, found[row.id].answers, pressed.replace(_prefix(row), "", 1))
    return found


def said(typed: sheets.Typed) -> dict[str, Any]:
    """The answers that are not as for the other entities."""
    return {name: value for name, value in typed.answers.items() if not is_empty(value)}


def parts(typed: Mapping[int, sheets.Typed]) -> dict[str, Any]:
    """What this request says apart from the answers of all, to be kept with the draft."""
    return {
        "questions": request.form.getlist("distinto"),
        "answers": {str(task_id): one.answers for task_id, one in typed.items()},
        "reasons": _of_tasks("fuera"),
        "replaced": _of_tasks("borrador"),
    }


def problems(typed: Mapping[int, sheets.Typed]) -> dict[str, list[str]]:
    """What could not be kept, by the element to which its message leads."""
    return {
        f"p-otra{task_id}-{name}": messages for task_id, one in typed.items() for name, messages in one.errors.items()
    }


def _of_tasks(word: str) -> dict[str, str]:
    """What was typed in the inputs called `word-<id>`, by the id of their task."""
    named = {re.fullmatch(rf"{word}-([0-9]{{1,18}})", name): value for name, value in request.form.items()}
    return {match[1]: value for match, value in named.items() if match}


def _part(form: Form, names: Sequence[str]) -> Form:
    fields = tuple(
        replace(item, required=False, show_if=None, help="", example="")
        for item in may_differ(form)
        if item.name in names
    )
    return replace(form, sections=(Section("exceptions", "", fields),), rules=())


def _named(session: Session, part: Form, row: Task, kept: Parts, typed: sheets.Typed | None) -> list[QuestionView]:
    answers = shape.sound(part, kept.get("answers", {}).get(str(row.id), {}))
    files = display.lookups(session, part, answers).files
    view = form_view(part, answers, typed.errors if typed else None, files=files, file_url=sheets.FILE_URL)
    questions = [question for section in view.sections for question in section.questions]
    for question in questions:
        question.path = f"{_prefix(row)}{question.path}"
        question.label = f"{question.field.label}, {row.instance.title}"
    return questions


def _prefix(row: Task) -> str:
    return f"otra{row.id}-"
