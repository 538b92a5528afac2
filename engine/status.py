"""Where an instance stands: every step of its diagrams with its state, and one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from engine import definitions
from engine.bundle import Bundle
from engine.bundle import Element
from engine.instances import subject
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Task
from engine.models import TaskStatus

DONE, NOW, NEXT = "done", "now", "next"
STOPPED, UNDONE = "stopped", "undone"
"""Of a case that is over: what was under way when it was cancelled, and what nobody came to."""
_SHOWN = frozenset({"user", "service", "call", "sub_process"})

States = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a diagram. `depth` says how deep its diagram is called.

    `state` is DONE, NOW or NEXT, and STOPPED or UNDONE in place of the last two once the case is over.
    """

    process_key: str
    element: str
    name: str
    kind: str
    state: str
    depth: int
    who: str = ""
    at: datetime | None = None
    round: int = 0
    task_id: int | None = None


def steps(session: Session, instance: Instance) -> list[Step]:
    """Every step of the tree of called diagrams, in reading order."""
    bundle = definitions.bundle(session, instance.definition)
    states = element_states(session, instance)
    tasks = _last_tasks(session, instance.id)
    done = _done_rows(session, instance.id)
    if instance.status != InstanceStatus.OPEN:
        _mark_over(bundle, states, tasks)
    return list(_steps(bundle, bundle.key, states, tasks, done, 0))


def element_states(session: Session, instance: Instance) -> States:
    """The state of every element that was reached: process key → element → `done` or `now`."""
    bundle = definitions.bundle(session, instance.definition)
    states: States = {key: {} for key in bundle.elements}
    for row in history.of(session, subject(instance.id)):
        for process_key, element in row.details.get("passed", ()):
            states.setdefault(process_key, {})[element] = DONE
    open_tasks = select(Task.process_key, Task.element).where(
        Task.instance_id == instance.id, Task.status == TaskStatus.OPEN
    )
    for process_key, element in session.execute(open_tasks):
        _mark(bundle, states, process_key, element)
    if instance.status == InstanceStatus.OPEN:
        for element in session.scalars(_failing(instance.id)):
            for key in bundle.elements:
                if bundle.find(key, element) is not None:
                    _mark(bundle, states, key, element)
    return states


def position(session: Session, instance: Instance) -> str:
    """One sentence: what the instance waits for."""
    if instance.status == InstanceStatus.COMPLETED:
        return "Terminó."
    if instance.status == InstanceStatus.CANCELLED:
        return f"Se terminó antes de su fin: {instance.outcome}"
    if session.scalars(_failing(instance.id)).first():
        return "Un paso automático falló y se intentará de nuevo."
    statement = select(Task.name).where(Task.instance_id == instance.id, Task.status == TaskStatus.OPEN)
    names = list(session.scalars(statement.order_by(Task.id)))
    if not names:
        return "Avanza por sí solo; no espera a nadie."
    return "Espera: " + "; ".join(f"«{name}»" for name in names) + "."


def _failing(instance_id: int):  # type: ignore[no-untyped-def]
    return select(Incident.element).where(Incident.instance_id == instance_id, Incident.status == IncidentStatus.OPEN)


def _mark_over(bundle: Bundle, states: States, tasks: dict[tuple[str, str], Task]) -> None:
    """Mark where a case that is over was stopped, and the rest of what was never come to."""
    for (process_key, element), task in tasks.items():
        if task.status == TaskStatus.CANCELLED:
            _mark(bundle, states, process_key, element, STOPPED)
    for key, elements in bundle.elements.items():
        states[key] = {element.id: UNDONE for element in elements} | states[key]


def _mark(bundle: Bundle, states: States, process_key: str, element_id: str, state: str = NOW) -> None:
    """Mark an element, the sub-processes that hold it and the activities that call its process."""
    states[process_key][element_id] = state
    element = bundle.find(process_key, element_id)
    if element is not None and element.scope != process_key:
        _mark(bundle, states, process_key, element.scope, state)
    for key, elements in bundle.elements.items():
        for caller in elements:
            if caller.called == process_key and states[key].get(caller.id) != state:
                _mark(bundle, states, key, caller.id, state)


def _steps(
    bundle: Bundle,
    key: str,
    states: States,
    tasks: dict[tuple[str, str], Task],
    done: dict[tuple[str, str], tuple[str, datetime]],
    depth: int,
) -> Iterator[Step]:
    for element in bundle.elements.get(key, ()):
        if element.kind not in _SHOWN:
            continue
        yield _step(element, states[key].get(element.id, NEXT), tasks.get((key, element.id)), done, depth)
        if element.called:
            yield from _steps(bundle, element.called, states, tasks, done, depth + 1)


def _step(
    element: Element,
    state: str,
    task: Task | None,
    done: dict[tuple[str, str], tuple[str, datetime]],
    depth: int,
) -> Step:
    who, at = done.get((element.process_key, element.id), ("", None))
    return Step(
        element.process_key, element.id, element.name, element.kind, state, depth,
        who=who, at=at, round=task.round if task else 0, task_id=task.id if task else None,
    )  # fmt: skip


def _last_tasks(session: Session, instance_id: int) -> dict[tuple[str, str], Task]:
    statement = select(Task).where(Task.instance_id == instance_id).order_by(Task.id)
    return {(task.process_key, task.element): task for task in session.scalars(statement)}


def _done_rows(session: Session, instance_id: int) -> dict[tuple[str, str], tuple[str, datetime]]:
    return {
        (row.details["process"], row.element): (row.actor_name, row.at)
        for row in history.of(session, subject(instance_id))
        if row.action in ("task.completed", "service.completed")
    }
