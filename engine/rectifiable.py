"""Which answers of what was sent may be corrected beside it, and why the others may not.

What is corrected changes no path that was taken: not what somebody decided on, nor what turned the process, nor what
was recorded elsewhere when it was sent, which has acts of its own.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import definitions
from engine import expressions
from engine import rectified
from engine import registry
from engine import submissions
from engine import tasks
from engine.bundle import Bundle
from engine.bundle import Element
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus
from engine.registry import Elsewhere
from forms import excerpt
from forms.declaration import Field
from forms.declaration import Form

ENDED = Elsewhere("El proceso terminó: lo que se envió en él ya no se rectifica.")
BUSY = Elsewhere("El sistema todavía registra lo que se envió. Intente de nuevo en un momento.")
DECISION = Elsewhere("Lo que se decide en una revisión no se rectifica: otra persona ya obró según ello.")
GIVEN = Elsewhere("Lo trae el caso; no lo escribe quien diligencia el formulario.")
TURNED = Elsewhere("Con esta respuesta el proceso tomó su camino: cambiarla no lo devuelve.")
UNDER = "«{step}» está revisando estas respuestas. Pida que se las devuelva: así las corrige y las envía de nuevo."
PAST = "Con estas respuestas ya se decidió («{step}»)."


@dataclass(frozen=True, slots=True)
class Spot:
    """An answer that was sent, as it stands now, and why it may not be corrected (None: it may)."""

    path: str
    field: Field
    label: str
    value: Any
    refusal: Elsewhere | None


def whole(session: Session, submission: Submission, task: Task) -> Elsewhere | None:
    """Why nothing of what was sent with `task` may be corrected now; None when something may."""
    instance = task.instance
    if instance.status != InstanceStatus.OPEN:
        return ENDED
    bundle = definitions.bundle(session, instance.definition)
    element = bundle.find(task.process_key, task.element)
    if element is not None and (element.properties.get("reviews") or element.properties.get("gate")):
        known = registry.elsewhere(tasks.form_of(session, task).name, registry.EVERY)
        return _at(known, instance) if known is not None else DECISION
    last = submissions.newest(session, instance.id, [submission.element])[submission.element]
    if last.place != submission.id:
        return Elsewhere(f"Este paso se envió después otra vez (ronda {last.round}): rectifique ese envío.")
    again = _open_at(session, instance.id, [submission.element])
    if again is not None:
        return Elsewhere("Este paso está abierto otra vez: corrija la respuesta en su formulario.", f"/tareas/{again}")
    refusal = _decided(session, submission, task, bundle)
    return refusal or (BUSY if instance.awaits_service else None)


def spots(session: Session, submission: Submission, task: Task) -> list[Spot]:
    """Every answer of what was sent with `task`, in the order of its form, as it stands now."""
    form, data = tasks.form_of(session, submission), rectified.answers(session, submission)
    turning = _turning(session, task)
    return [
        Spot(path, place.field, excerpt.heading(form, path, data), place.value,
             _refusal(form, path, place.field, turning, task.instance))
        for path, place in excerpt.places(form, data).items()
    ]  # fmt: skip


def _refusal(form: Form, path: str, field: Field, turning: set[str], instance: Instance) -> Elsewhere | None:
    name = path.partition("/")[0]
    known = registry.elsewhere(form.name, name)
    if known is not None:
        return _at(known, instance)
    if field.fixed:
        return GIVEN
    return TURNED if path in turning else None


def _turning(session: Session, task: Task) -> set[str]:
    """The questions of `task` whose answers a condition or a term of the process reads."""
    bundle = definitions.bundle(session, task.instance.definition)
    read = {name for flows in bundle.flows.values() for flow in flows if flow.condition
            for name in expressions.names(flow.condition)}  # fmt: skip
    for element in _elements(bundle):
        kind, _, name = element.properties.get("term", "").partition(":")
        read |= {name} if kind == "variable" else set()
    pairs = [word.partition("=") for word in tasks.element_of(session, task).words("outputs")]
    return {question for variable, _, question in pairs if variable in read}


def _decided(session: Session, submission: Submission, task: Task, bundle: Bundle) -> Elsewhere | None:
    """Who decides on these answers now, or did since they were sent."""
    deciding = {one.id: one.name for one in _elements(bundle) if _rests_on(one, submission.element)}
    if not deciding:
        return None
    under = select(Task.name).where(
        Task.instance_id == submission.instance_id, Task.element.in_(deciding), Task.status == TaskStatus.OPEN
    )
    name = session.scalars(under.order_by(Task.id)).first()
    form = tasks.form_of(session, submission).name
    if name is not None:
        return _at(registry.deciding(form) or Elsewhere(UNDER.format(step=name)), task.instance)
    since = select(Submission.element).where(
        Submission.instance_id == submission.instance_id,
        Submission.element.in_(deciding),
        Submission.id > submission.id,
    )
    element = session.scalars(since.order_by(Submission.id.desc())).first()
    if element is None:
        return None
    then = _at(registry.decided(form) or Elsewhere(""), task.instance)
    return Elsewhere(f"{PAST.format(step=deciding[element])} {then.text}".strip(), then.url)


def _at(known: Elsewhere, instance: Instance) -> Elsewhere:
    """`known` with the address that it has in this case."""
    return Elsewhere(known.text, known.url.format_map(instance.refs))


def _rests_on(one: Element, element: str) -> bool:
    """Whether somebody else decides at `one` on what is sent at `element`."""
    return one.id != element and (one.properties.get("reviews") == element or element in one.words("separate_from"))


def _elements(bundle: Bundle) -> list[Element]:
    return [one for elements in bundle.elements.values() for one in elements]


def _open_at(session: Session, instance_id: int, elements: list[str]) -> int | None:
    statement = select(Task.id).where(
        Task.instance_id == instance_id, Task.element.in_(elements), Task.status == TaskStatus.OPEN
    )
    return session.scalars(statement.order_by(Task.id)).first()
