"""Instances: started, read, told messages, cancelled."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import Actor
from db import history
from db.errors import Conflict
from db.errors import DefinitionError
from db.errors import NotFound
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory.access import Subject as Place
from engine import about
from engine import definitions
from engine import registry
from engine import state
from engine.models import Definition
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Task
from engine.spiff import Run

BEGUN_BY = "begun_by_task"
"""In the refs of a case: the task whose sending began it."""


@dataclass(frozen=True, slots=True)
class Links:
    """What an instance is about and who takes part in it."""

    title: str
    unit_id: int | None = None
    entity_id: int | None = None
    region_id: int | None = None
    people: Mapping[str, int] = field(default_factory=dict)
    refs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stepped:
    """What an act on an instance brought about."""

    instance_id: int
    opened: list[Task]
    ended: bool


def subject(instance_id: int) -> history.Subject:
    """The chain of history of an instance."""
    return history.Subject("instance", instance_id)


def place_of(row: Instance) -> Place:
    """The instance as the permission table sees it."""
    return Place(row.unit_id, row.entity_id, row.region_id, people=frozenset(row.people.values()))


def start(
    session: Session,
    key: str,
    business_key: str,
    *,
    links: Links,
    variables: Mapping[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> Instance:
    """Start the newest version of process `key` for `business_key`.

    Raises NotFound for an unknown process, Conflict when that case was started before, and DefinitionError for one of
    the `variables` with which its cases do not begin.
    """
    definition = definitions.latest(session, key)
    _demand_begun_with(key, variables or {})
    if by_key(session, key, business_key) is not None:
        raise Conflict(f"«{links.title}» ya está en curso.", code="already-started")
    return _started(session, definition, business_key, links, variables or {}, by, now)


def _demand_begun_with(key: str, variables: Mapping[str, Any]) -> None:
    """The gate proved that the process comes to its end when nothing else is said at its beginning."""
    foreign = variables.keys() - registry.process(key).begun_with
    if foreign:
        raise DefinitionError(f"Un caso de «{key}» no empieza con «{min(foreign)}».", code="variable")


def start_many(
    session: Session, key: str, cases: Sequence[tuple[str, Links]], *, by: Actor, now: datetime
) -> list[Instance]:
    """Start the newest version of `key` for each case that was not started before; returns those started."""
    definition = definitions.latest(session, key)
    keys = [business_key for business_key, _ in cases]
    known = set(
        session.scalars(
            select(Instance.business_key).join(Definition).where(Definition.key == key, Instance.business_key.in_(keys))
        )
    )
    return [
        _started(session, definition, business_key, links, {}, by, now)
        for business_key, links in cases
        if business_key not in known
    ]


def get(session: Session, instance_id: int) -> Instance:
    """The instance with its definition. Raises NotFound."""
    found = session.get(Instance, instance_id, options=[joinedload(Instance.definition)])
    if found is None:
        raise NotFound("el proceso", instance_id)
    return found


def by_key(session: Session, key: str, business_key: str) -> Instance | None:
    """The instance of process `key` for that case, whatever its version."""
    statement = (
        select(Instance)
        .join(Definition)
        .where(Definition.key == key, Instance.business_key == business_key)
        .options(joinedload(Instance.definition))
    )
    return session.scalars(statement).first()


def listed(
    session: Session,
    *,
    key: str = "",
    status: str = "",
    business_key: str = "",
    ref: tuple[str, int] | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str = "",
) -> Page[Instance]:
    """Instances, newest first."""
    statement = _filtered(select(Instance).options(joinedload(Instance.definition)), key, status, business_key)
    if ref is not None:
        statement = statement.where(about.names(Instance.refs, ref))
    return page(session, statement, [Key(Instance.id, descending=True)], limit=limit, cursor=cursor)


def begun_by(session: Session, task: Task) -> list[Instance]:
    """The cases that sending this task began, of the same entity as its own, in the order in which they began."""
    there = Instance.entity_id == task.entity_id if task.entity_id is not None else Instance.entity_id.is_(None)
    statement = select(Instance).where(
        there, Instance.id > task.instance_id, about.names(Instance.refs, (BEGUN_BY, task.id))
    )
    return list(session.scalars(statement.order_by(Instance.id)))


def retitle(session: Session, ref: tuple[str, int], old: str, new: str) -> None:
    """Give what is about `ref` its present name: titles that end with `old` end with `new` from now on."""
    begins = func.substr(Instance.title, 1, func.length(Instance.title) - len(old))
    changed = update(Instance).where(about.names(Instance.refs, ref), Instance.title.endswith(old, autoescape=True))
    session.execute(changed.values(title=begins.concat(new)), execution_options={"synchronize_session": "fetch"})


def hold(session: Session, instance_id: int) -> None:
    """Lock an instance before the facts that hang on it, as services do. Raises NotFound."""
    state.lock(session, instance_id)


def accepts(session: Session, instance_id: int) -> frozenset[str]:
    """The messages that the instance waits for now."""
    instance = state.lock(session, instance_id)
    if instance.status != InstanceStatus.OPEN:
        return frozenset()
    return state.load(session, instance).run.messages()


def send(
    session: Session,
    instance_id: int,
    message: str,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    variables: Mapping[str, Any] | None = None,
) -> Stepped:
    """Deliver `message`. Raises Conflict when the instance does not wait for it."""
    instance = state.lock(session, instance_id)
    _demand_open(instance)
    if variables:
        instance.variables = {**instance.variables, **variables}
    loaded = state.load(session, instance)
    loaded.run.send(message)
    opened = state.save(session, loaded, now=now)
    history.record(
        session, subject(instance_id), "message.sent", by=by, now=now, element=message, reason=reason,
        summary=_told(session, instance, message),
        details=loaded.run.account(),
    )  # fmt: skip
    return Stepped(instance_id, opened, bool(loaded.run.end))


def cancel(session: Session, instance_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """End an instance by an act, with its reason. Raises Conflict when it ended before."""
    instance = state.lock(session, instance_id)
    _demand_open(instance)
    state.close_tasks(session, instance_id, now=now)
    instance.status, instance.outcome, instance.ended_at = InstanceStatus.CANCELLED, reason, now
    instance.awaits_service = False
    history.record(
        session, subject(instance_id), "instance.cancelled", by=by, now=now, reason=reason,
        summary="Se terminó el proceso antes de su fin.",
    )  # fmt: skip


def _told(session: Session, instance: Instance, message: str) -> str:
    """What happened with a message, as the diagram calls the event that waits for it."""
    name = definitions.bundle(session, instance.definition).event_name(message)
    return f"{name}." if name else "El proceso recibió un aviso."


def _started(
    session: Session,
    definition: Definition,
    business_key: str,
    links: Links,
    variables: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> Instance:
    specs = definitions.specs(session, definition)
    instance = Instance(
        definition_id=definition.id,
        definition=definition,
        business_key=business_key,
        title=links.title,
        status=InstanceStatus.OPEN,
        revision=0,
        variables={**specs.bundle.variables, **variables},
        people=dict(links.people),
        refs=dict(links.refs),
        unit_id=links.unit_id,
        entity_id=links.entity_id,
        region_id=links.region_id,
        awaits_service=False,
        state=b"",
        seal="",
        started_at=now,
        started_by=by.person_id,
    )
    session.add(instance)
    session.flush()
    run = Run.start(specs, instance.variables)
    state.save(session, state.Loaded(instance, run), now=now)
    history.record(
        session, subject(instance.id), "instance.started", by=by, now=now,
        summary=f"Inició «{links.title}».", details={"version": definition.version, **run.account()},
    )  # fmt: skip
    return instance


def _demand_open(instance: Instance) -> None:
    if instance.status != InstanceStatus.OPEN:
        raise Conflict(f"«{instance.title}» ya terminó.", code="ended")


def _filtered(statement: Select[Any], key: str, status: str, business_key: str) -> Select[Any]:
    if key:
        statement = statement.join(Definition).where(Definition.key == key)
    if status:
        statement = statement.where(Instance.status == status)
    if business_key:
        statement = statement.where(Instance.business_key == business_key)
    return statement
