"""Tasks that meet something owed: which they are, and what they meet."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import registry
from engine.models import FormText
from engine.models import Instance
from engine.models import Task
from notifications.owing import Owed


def of_step(session: Session, form: str, instance: Instance, now: datetime) -> Owed | None:
    """What completing a step with `form` in `instance` meets; None when it meets nothing, or nothing is owed."""
    found = registry.owed(form)
    return found(session, [instance], now=now).get(instance.id) if found is not None else None


def of_tasks(session: Session, tasks: Iterable[Task], *, now: datetime) -> dict[int, Owed]:
    """Task → what completing it meets, of those that meet something."""
    given = list(tasks)
    forms = _forms(session, {task.form_hash for task in given})
    by_form: dict[str, list[Task]] = defaultdict(list)
    for task in given:
        if task.form_hash in forms:
            by_form[forms[task.form_hash]].append(task)
    found: dict[int, Owed] = {}
    for form, some in by_form.items():
        ask = registry.owed(form)
        assert ask is not None, "only forms that meet something are looked at"
        owed = ask(session, [task.instance for task in some], now=now)
        found |= {task.id: owed[task.instance_id] for task in some if task.instance_id in owed}
    return found


def meeting() -> ColumnElement[bool]:
    """Which tasks have a form with which something owed may be met, as a condition on Task."""
    return Task.form_hash.in_(select(FormText.hash).where(FormText.name.in_(sorted(registry.owed_forms()))))


def dated_by_the_ledger() -> ColumnElement[bool]:
    """Which tasks have the date of what they meet, as a condition on Task: they have no term of their own."""
    return (Task.term == "") & Task.due_at.is_not(None) & meeting()


def _forms(session: Session, hashes: Collection[str]) -> dict[str, str]:
    names = sorted(registry.owed_forms())
    statement = select(FormText.hash, FormText.name).where(FormText.hash.in_(hashes), FormText.name.in_(names))
    return {key: name for key, name in session.execute(statement)}  # noqa: C416 - rows
