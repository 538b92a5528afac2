"""What a form shows before anything is typed, and what is worth knowing while it is filled in."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import definitions
from engine import registry
from engine.context import Context
from engine.models import Task
from engine.registry import Hint
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


def hints(session: Session, task: Task, data: Mapping[str, Any]) -> Sequence[Hint]:
    """What is worth knowing about the answers `data` while they are typed."""
    give = registry.hints(definitions.form(session, task.form_hash).name)
    return give(session, Context(session, task.instance, task.element), data) if give is not None else []


def _source(session: Session, task: Task, word: str, now: datetime) -> Mapping[str, Any]:
    context = Context(session, task.instance, task.element)
    if not word.startswith("@"):
        return context.answers(word)
    prefill = registry.prefill(word[1:])
    return prefill(session, context, now=now) if prefill is not None else {}
