"""Running cases taken to a later version of their process, one or many, after a rehearsal that says which can.

What people see stays: each task keeps its row, and with it its due instant, draft, remarks and whoever it is assigned
to. Only what the diagram says of it is that of the later version from then on.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import undefer

from db import Actor
from db import history
from db.errors import AttError
from db.errors import InvalidData
from db.errors import NotNow
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory import reasons
from directory.principal import Principal
from directory.searching import holding
from engine import definitions
from engine import operations
from engine import registry
from engine import standing
from engine import state
from engine.bundle import Bundle
from engine.bundle import Element
from engine.gate import onward
from engine.instances import subject
from engine.models import Definition
from engine.models import Draft
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Operation
from engine.models import Task
from engine.models import TaskStatus
from engine.operations import Batch
from engine.spiff import Run
from engine.standing import Item
from engine.standing import Standing
from forms import shape

KIND = "migrate_instances"
BATCH = 25
MOST_NOTES = 1000
_SAME = {
    "form": "pide otro formulario", "scope": "tiene otro ámbito", "reviews": "revisa otra cosa",
    "answers": "responde otra cosa", "separate_from": "separa a otras personas",
}  # fmt: skip
"""Properties that a step which waits must have alike in both versions, and what is said when it has not."""

_WHOLE = (undefer(Instance.state), undefer(Instance.seal), joinedload(Instance.definition))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Whether a case can be taken to a version: why not, in phrases, and what changes for whoever works on it."""

    instance_id: int
    title: str
    version: int
    obstacles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def can(self) -> bool:
        return not self.obstacles


class Target:
    """A version to which cases are to be taken; what was worked out for one of them serves for the next."""

    def __init__(self, session: Session, definition: Definition) -> None:
        self.definition = definition
        self.specs = definitions.specs(session, definition)
        self.bundle: Bundle = self.specs.bundle
        self.onward = onward.Onward(self.bundle, registry.process(definition.key))

    def foresee(self, session: Session, instance: Instance) -> Foreseen:
        """Whether this case, whose definition and state are loaded, can be taken here. Changes nothing."""
        obstacles, notes = list(self._plain_obstacles(instance)), list[str]()
        if not obstacles:
            before = definitions.bundle(session, instance.definition)
            obstacles = list(self._obstacles(session, instance, before))
            notes = list(self._notes(session, instance, before))
        told = tuple(dict.fromkeys(obstacles))
        return Foreseen(instance.id, instance.title, instance.definition.version, told, () if told else tuple(notes))

    def take(self, session: Session, instance: Instance, *, reason: str, by: Actor, now: datetime) -> None:
        """Take a locked case here, of which nothing stands in the way."""
        before = instance.definition
        state.demand_sealed(instance)
        instance.variables = {**self.bundle.variables, **instance.variables}
        moved = Standing(instance.state).bridged(self.specs).dumped()
        old = Run.load(definitions.specs(session, before), instance.state, instance.variables)
        run = Run.load(self.specs, moved, instance.variables)
        if _waits(old) != _waits(run):
            raise NotNow(f"«{instance.title}» no esperaría lo mismo en la versión nueva.", code="not-the-same")
        instance.definition_id, instance.definition = self.definition.id, self.definition
        state.keep(instance, run, awaits_service=bool(run.services()))
        self._rename_tasks(session, instance, run, now)
        history.record(
            session, subject(instance.id), "instance.migrated", by=by, now=now, reason=reason,
            summary=f"Pasó de la versión {before.version} a la {self.definition.version} de su proceso.",
            details={"before": before.id, "after": self.definition.id},
        )  # fmt: skip
        session.flush()

    def _plain_obstacles(self, instance: Instance) -> Iterator[str]:
        if instance.definition.key != self.definition.key:
            yield "es de otro proceso"
        elif instance.status != InstanceStatus.OPEN:
            yield "ya terminó"
        elif instance.definition.version >= self.definition.version:
            yield f"está en la versión {instance.definition.version}"

    def _obstacles(self, session: Session, instance: Instance, before: Bundle) -> Iterator[str]:
        state.demand_sealed(instance)
        found = Standing(instance.state).bridged(self.specs)
        lost = list(standing.missing(found, before, self.specs))
        for item, was in lost:
            yield _lost(item, was)
        yield from self._variables(instance)
        if not lost:
            items = list(found.items())
            for item in items:
                yield from self._of_waiting(item, before)
            yield from self._listening(items)
            yield from self._drafts(session, instance)
            yield from self._ways(session, instance, items, before)

    def _variables(self, instance: Instance) -> Iterator[str]:
        for name, first in self.bundle.variables.items():
            if name in instance.variables and type(instance.variables[name]) is not type(first):
                yield f"el dato «{name}» es de otra clase en la versión nueva"

    def _of_waiting(self, item: Item, before: Bundle) -> Iterator[str]:
        """What is other of a step that waits, and may not be."""
        was, now = (one.element(item.scope, item.element) for one in (before, self.bundle))
        if not item.live or was is None or now is None:
            return
        if (was.operation, was.called, was.event_name) != (now.operation, now.called, now.event_name):
            yield f"«{_name(was)}», donde está, hace otra cosa en la versión nueva"
        for name, told in _SAME.items():
            if was.properties.get(name, "") != now.properties.get(name, ""):
                yield f"«{_name(was)}», donde está, {told} en la versión nueva"

    def _listening(self, items: Sequence[Item]) -> Iterator[str]:
        """What could interrupt the case in this version, and would not: it is armed when a step begins."""
        armed = {(item.scope, item.element) for item in items if item.live}
        for item in items:
            host = self.bundle.element(item.scope, item.element)
            if item.live and host is not None and host.kind in ("user", "call", "sub_process"):
                for one in self.bundle.elements[host.process_key]:
                    if one.attached_to == host.id and (item.scope, one.id) not in armed:
                        yield f"no atendería «{_name(one)}», que la versión nueva agrega a «{_name(host)}»"

    def _drafts(self, session: Session, instance: Instance) -> Iterator[str]:
        for task in _open_tasks(session, instance):
            form_hash = self._form_hash(task)
            draft = session.get(Draft, task.id) if form_hash != task.form_hash else None
            if draft is not None and shape.problems(definitions.form(session, form_hash), draft.data):
                yield f"el borrador de «{task.name}» no cabe en el formulario nuevo: envíelo o descártelo antes"

    def _ways(self, session: Session, instance: Instance, items: Sequence[Item], before: Bundle) -> Iterator[str]:
        places = self._places(items)
        if places is None:
            yield "llegó a una unión por un camino que la versión nueva no tiene"
            return
        acts = [
            (process, element)
            for row in history.of(session, subject(instance.id))
            for process, element in row.details.get("passed", ())
        ]
        variables = {**self.bundle.variables, **instance.variables}
        yield from self.onward.obstacles(onward.Case(places, acts, variables), before)

    def _places(self, items: Sequence[Item]) -> dict[str, frozenset[str]] | None:
        """Process → where the case stands in it; None when an arrow by which it came is not there."""
        found: dict[str, set[str]] = {}
        for item in items:
            one = self.bundle.element(item.scope, item.name) if item.live else None
            if one is None or one.kind == "boundary":
                continue
            where = onward.place(self.onward.net(one.process_key), one.id, standing.of_element(item.after))
            if where is None:
                return None
            found.setdefault(one.process_key, set()).add(where)
        return {key: frozenset(places) for key, places in found.items()}

    def _notes(self, session: Session, instance: Instance, before: Bundle) -> Iterator[str]:
        for task in _open_tasks(session, instance):
            was, now = (one.find(task.process_key, task.element) for one in (before, self.bundle))
            if was is None or now is None:
                continue
            if self._form_hash(task) != task.form_hash:
                yield f"«{task.name}» pasa al formulario de la versión nueva; lo escrito se conserva"
            if was.properties.get("role") != now.properties.get("role"):
                yield f"«{task.name}» pasa a otro rol"
            if was.properties.get("term") != now.properties.get("term") and task.due_at is not None:
                yield f"«{task.name}» conserva su vencimiento"
        for name in sorted(self.bundle.variables.keys() - instance.variables.keys()):
            yield f"el dato «{name}» empieza con su valor inicial"

    def _form_hash(self, task: Task) -> str:
        element = self.bundle.find(task.process_key, task.element)
        return self.bundle.forms[element.properties["form"]] if element is not None else task.form_hash

    def _rename_tasks(self, session: Session, instance: Instance, run: Run, now: datetime) -> None:
        """Give the open tasks the names, forms and roles of this version; all else of them stays."""
        waiting = {work.id: work for work in run.tasks()}
        for task in _open_tasks(session, instance):
            work = waiting.get(task.work_id)
            if work is None:
                raise NotNow(f"El trámite ya no espera su tarea «{task.name}»: hay que repararlo antes.", code="loose")
            task.name = work.element.name
            task.form_hash = self._form_hash(task)
            task.role = state.role_of(session, instance, work, now)
            task.revision += 1


def foresee(session: Session, instance_id: int, number: int) -> Foreseen:
    """Whether a case can be taken to the version `number` of its process. Raises NotFound."""
    instance = state.look(session, instance_id)
    definition = definitions.version(session, instance.definition.key, number)
    return _foreseen(session, Target(session, definition), instance)


def candidates(
    session: Session, definition: Definition, *, text: str = "", limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[Foreseen]:
    """The running cases of earlier versions than `definition`, a page of them, each with whether it can be taken.

    `text` are words of what they are called.
    """
    statement = select(Instance).where(Instance.id.in_(_of_earlier(definition)), *holding(text, Instance.title))
    statement = statement.options(*_WHOLE)
    found = page(session, statement, [Key(Instance.id)], limit=limit, cursor=cursor)
    target = Target(session, definition)
    return Page([_foreseen(session, target, row) for row in found.items], found.next_cursor)


def waiting(session: Session, definition: Definition) -> int:
    """How many running cases are of an earlier version than `definition`."""
    earlier = _of_earlier(definition).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(earlier)) or 0


def migrate(session: Session, instance_id: int, number: int, *, reason: str, by: Principal, now: datetime) -> Instance:
    """Take a case to the version `number` of its process.

    Raises NotFound, NotAllowed, InvalidData (`reason`), and NotNow, which says what stands in the way.
    """
    actor = access.demand(by, "instance.migrate")
    reason = reasons.demand(reason, "Escriba por qué pasa de versión.")
    instance = state.lock(session, instance_id)
    target = Target(session, definitions.version(session, instance.definition.key, number))
    found = target.foresee(session, instance)
    if not found.can:
        raise NotNow(f"«{found.title}» no puede pasar a la versión {number}: {'; '.join(found.obstacles)}.",
                     code="not-migrated")  # fmt: skip
    target.take(session, instance, reason=reason, by=actor, now=now)
    return instance


def begin(
    session: Session,
    definition: Definition,
    *,
    instance_ids: Sequence[int] | None = None,
    rehearsal: bool,
    reason: str,
    by: Principal,
    now: datetime,
) -> Operation:
    """Put down that cases are to be taken to `definition`, as long work: those named, or all of earlier versions.

    A rehearsal goes the same way and changes nothing. Raises NotAllowed, InvalidData (`reason`, `instances`).
    """
    actor = access.demand(by, "instance.migrate")
    reason = reason.strip() if rehearsal else reasons.demand(reason, "Escriba por qué pasan de versión.")
    known = set(session.scalars(_of_earlier(definition)))
    chosen = sorted(known if instance_ids is None else set(instance_ids))
    if strangers := [key for key in chosen if key not in known]:
        raise InvalidData({"instances": [f"El caso {strangers[0]} no es de una versión anterior, o ya terminó."]})
    if not chosen:
        raise InvalidData({"instances": ["Ningún caso en curso es de una versión anterior."]})
    head = "Ensayar el paso" if rehearsal else "Pasar casos"
    title = f"{head} de «{definition.title}» a la versión {definition.version}"
    params = {"definition_id": definition.id, "instance_ids": chosen, "rehearsal": rehearsal, "reason": reason}
    refs = {"definition_id": definition.id}
    return operations.begin(session, KIND, title, params, len(chosen), by=actor, now=now, refs=refs)


@operations.operation(KIND)
def take_next(session: Session, operation: Operation, *, by: Actor, now: datetime) -> Batch:
    """Take the next cases, in the order of their ids; what was taken before is passed over."""
    params = operation.params
    chosen = params["instance_ids"][operation.cursor : operation.cursor + BATCH]
    target = Target(session, definitions.get(session, int(params["definition_id"])))
    found = [_one(session, target, key, params, by, now) for key in chosen]
    failed = [one for one in found if one is not None and not one.can]
    room = max(0, MOST_NOTES - len(operation.notes))
    notes = [{"kind": "migration", "instance_id": one.instance_id, "text": _told(one)} for one in failed[:room]]
    cursor = operation.cursor + len(chosen)
    return Batch(cursor, done=len(chosen), failed=len(failed), notes=notes, over=cursor >= operation.total)


def _one(
    session: Session, target: Target, instance_id: int, params: Mapping[str, object], by: Actor, now: datetime
) -> Foreseen | None:
    """What came of one case; None when it was there already."""
    instance = state.lock(session, instance_id)
    if instance.definition_id == target.definition.id:
        return None
    found = _foreseen(session, target, instance)
    if not found.can or params["rehearsal"]:
        return found
    try:
        with session.begin_nested():  # what stops one case leaves nothing of it, and stops no other
            target.take(session, instance, reason=str(params["reason"]), by=by, now=now)
    except AttError as error:
        return replace(found, obstacles=(_said(error),))
    return found


def _foreseen(session: Session, target: Target, instance: Instance) -> Foreseen:
    """What `Target.foresee` says; a case that cannot even be read is one that cannot be taken."""
    try:
        return target.foresee(session, instance)
    except AttError as error:
        return Foreseen(instance.id, instance.title, instance.definition.version, (_said(error),))


def _said(error: AttError) -> str:
    said = error.message.partition(" (")[0].rstrip(".")  # without the place in a file, which nobody edits here
    return f"{said[:1].lower()}{said[1:]}"


def _told(found: Foreseen) -> str:
    return f"{found.title} (versión {found.version}): {'; '.join(found.obstacles)}."


def _of_earlier(definition: Definition) -> Select[int]:
    """The ids of the running cases of earlier versions, oldest first."""
    return (
        select(Instance.id)
        .join(Definition)
        .where(
            Definition.key == definition.key,
            Definition.version < definition.version,
            Instance.status == InstanceStatus.OPEN,
        )
        .order_by(Instance.id)
    )


def _open_tasks(session: Session, instance: Instance) -> list[Task]:
    statement = select(Task).where(Task.instance_id == instance.id, Task.status == TaskStatus.OPEN)
    return list(session.scalars(statement.order_by(Task.id)))


def _waits(run: Run) -> tuple[object, ...]:
    """All that a case waits for, by its work items."""
    ids = [sorted(work.id for work in works) for works in (run.tasks(), run.services(), run.timers())]
    return (*ids, run.messages())


def _lost(item: Item, was: Element | None) -> str:
    name = _name(was) if was is not None else item.element
    where = "donde está" if item.live else "por donde pasó"
    return f"«{name}», {where}, no está en la versión nueva o es otra cosa"


def _name(element: Element) -> str:
    return element.name or element.id
