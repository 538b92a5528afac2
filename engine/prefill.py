"""What a form shows before anything is typed, and what is worth knowing while it is filled in."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.errors import InvalidData
from engine import definitions
from engine import rectified
from engine import registry
from engine import submissions
from engine.context import Context
from engine.models import Submission
from engine.models import Task
from engine.registry import Consequence
from engine.registry import Hint
from forms.declaration import Form
from forms.load import load
from forms.load import merge


def initial(session: Session, task: Task, *, now: datetime) -> dict[str, Any]:
    """First answers for the form of `task`, from what its diagram names in `prefill`; later names prevail.

    An element that names itself starts each round from what was sent before; a review starts empty.
    """
    element = definitions.bundle(session, task.instance.definition).find(task.process_key, task.element)
    assert element is not None
    sources = [_source(session, task, word, now) for word in element.words("prefill")]
    merged: dict[str, Any] = merge(definitions.form(session, task.form_hash), *sources)
    return merged


def baseline(session: Session, task: Task, sent: Submission, *, now: datetime) -> Mapping[str, Any] | None:
    """What `sent`, which `task` reviews, is compared with: what its diagram names in `against`, or the round before.

    None when there is neither.
    """
    element = definitions.bundle(session, task.instance.definition).find(task.process_key, task.element)
    assert element is not None
    if word := element.properties.get("against", ""):
        return _source(session, task, word, now)
    before = submissions.previous(session, sent)
    return rectified.answers(session, before) if before is not None else None


def hints(session: Session, task: Task, data: Mapping[str, Any]) -> Sequence[Hint]:
    """What is worth knowing about the answers `data` while they are typed."""
    give = registry.hints(definitions.form(session, task.form_hash).name)
    return give(session, Context(session, task.instance, task.element), data) if give is not None else []


def doubts(session: Session, task: Task, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """What whoever sends the answers `data` with `task` is to confirm first, in sentences without their full stop."""
    ask = registry.doubts(definitions.form(session, task.form_hash).name)
    return ask(session, Context(session, task.instance, task.element), data, now=now) if ask is not None else []


def consequences(session: Session, task: Task, data: Mapping[str, Any], *, now: datetime) -> Sequence[Consequence]:
    """What sending the answers `data`, or a draft, with `task` would bring about, told before it is done."""
    form = definitions.form(session, task.form_hash)
    foresee = registry.consequences(form.name)
    if foresee is None:
        return []
    return foresee(session, Context(session, task.instance, task.element), _read(session, form, data), now=now)


def _read(session: Session, form: Form, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answers as they would be stored; what somebody typed stays as it is while something in it cannot be read."""
    try:
        return load(session, form, data, partial=True).data
    except InvalidData:
        return data


def _source(session: Session, task: Task, word: str, now: datetime) -> Mapping[str, Any]:
    context = Context(session, task.instance, task.element)
    if not word.startswith("@"):
        return context.answers(word)
    prefill = registry.prefill(word[1:])
    return prefill(session, context, now=now) if prefill is not None else {}
