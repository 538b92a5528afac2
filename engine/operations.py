"""Long work: done in batches by the worker, visible, resumable, cancellable."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import Actor
from db import history
from db import rows
from db.errors import AttError
from db.errors import Conflict
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory import reasons
from directory.access import ScopeColumns
from directory.access import Subject
from directory.models import Person
from directory.principal import Principal
from engine import about
from engine.models import Operation
from engine.models import OperationStatus

TASK = "task_id"  # in the refs: the task whose sending began it
CANCELLED = "operation.cancelled"
MAX_ATTEMPTS = 5
PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did. `cursor` is where the next one begins; `over` says that nothing is left."""

    cursor: int
    done: int
    failed: int = 0
    notes: list[dict[str, Any]] = field(default_factory=list)
    over: bool = False


class Step(Protocol):
    """Does the next batch of an operation. It may be repeated after a crash and must not do anything twice."""

    def __call__(self, session: Session, operation: Operation, *, by: Actor, now: datetime) -> Batch: ...


_steps: dict[str, Step] = {}


def operation(kind: str) -> Callable[[Step], Step]:
    """Register what does the batches of operations of this kind."""

    def registered(step: Step) -> Step:
        _steps[kind] = step
        return step

    return registered


def subject(operation_id: int) -> history.Subject:
    """The chain of history of an operation."""
    return history.Subject("operation", operation_id)


def begin(
    session: Session,
    kind: str,
    title: str,
    params: Mapping[str, Any],
    total: int,
    *,
    by: Actor,
    now: datetime,
    refs: Mapping[str, int] | None = None,
    cause: int | None = None,
) -> Operation:
    """Put down long work for the worker; returns its row.

    `refs` names what it is about, and `cause` the task whose sending brought it about, if one did.
    """
    row = Operation(
        kind=kind,
        title=title,
        params=dict(params),
        refs={**(refs or {}), **({TASK: cause} if cause is not None else {})},
        cursor=0,
        total=total,
        done=0,
        failed=0,
        notes=[],
        status=OperationStatus.RUNNING,
        started_at=now,
        started_by=by.person_id,
        advanced_at=now,
        attempts=0,
    )
    session.add(row)
    session.flush()
    history.record(session, subject(row.id), "operation.begun", by=by, now=now, summary=f"Inició: {title}.")
    return row


def get(session: Session, operation_id: int) -> Operation:
    """The operation. Raises NotFound."""
    return rows.get(session, Operation, operation_id, "la operación")


def listed(
    session: Session,
    *,
    by: Principal | None = None,
    status: str = "",
    kind: str = "",
    limit: int = DEFAULT_LIMIT,
    cursor: str = "",
) -> Page[Operation]:
    """Operations, those that run or failed first, then the newest; those that `by` may read when it is given."""
    statement = select(Operation)
    if by is not None:
        columns = ScopeColumns(assignee_id=Operation.started_by)
        statement = access.visible(statement, by, "operation.read", columns)
    if status:
        statement = statement.where(Operation.status == status)
    if kind:
        statement = statement.where(Operation.kind == kind)
    keys = [Key(Operation.settled), Key(Operation.id, descending=True)]
    return page(session, statement, keys, limit=limit, cursor=cursor)


def due(session: Session, now: datetime) -> list[int]:
    """Operations with a batch to do; those that failed wait a little."""
    statement = select(Operation.id).where(
        Operation.status == OperationStatus.RUNNING,
        (Operation.attempts == 0) | (Operation.advanced_at <= now - PAUSE),
    )
    return list(session.scalars(statement.order_by(Operation.id)))


def advance(session: Session, operation_id: int, *, now: datetime) -> bool:
    """Do one batch. Returns whether more remains. What the batch raises passes through; then call `failed`."""
    row = _locked(session, operation_id)
    if row.status != OperationStatus.RUNNING:
        return False
    batch = _steps[row.kind](session, row, by=_author(session, row), now=now)
    row.cursor, row.done, row.failed = batch.cursor, row.done + batch.done, row.failed + batch.failed
    row.notes = [*row.notes, *batch.notes]
    row.advanced_at, row.attempts, row.message = now, 0, ""
    if batch.over:
        row.status, row.ended_at = OperationStatus.DONE, now
        by = _author(session, row)
        history.record(session, subject(row.id), "operation.done", by=by, now=now, summary=f"Terminó: {row.title}.")
    session.flush()
    return not batch.over


def failed(session: Session, operation_id: int, error: Exception, *, now: datetime) -> None:
    """Write down that a batch failed; after MAX_ATTEMPTS in a row the operation stops."""
    row = _locked(session, operation_id)
    row.attempts += 1
    row.advanced_at = now
    row.message = error.message if isinstance(error, AttError) else f"Error inesperado ({type(error).__name__})."
    if row.attempts >= MAX_ATTEMPTS:
        row.status, row.ended_at = OperationStatus.FAILED, now


def cancel(session: Session, operation_id: int, reason: str, *, by: Principal, now: datetime) -> Operation:
    """Stop long work after the batch under way; what was done stays.

    Raises NotFound, NotAllowed, InvalidData (`reason`, missing) and Conflict when it ended already.
    """
    row = _locked(session, operation_id)
    actor = access.demand(by, "operation.cancel", Subject(assignee_id=row.started_by))
    if row.status != OperationStatus.RUNNING:
        raise Conflict("La operación ya había terminado.", code="ended")
    reason = reasons.demand(reason, "Escriba por qué la detiene.")
    row.status, row.ended_at = OperationStatus.CANCELLED, now
    summary = f"Detuvo: {row.title}. Se habían hecho {row.done} de {row.total}."
    history.record(session, subject(row.id), CANCELLED, by=actor, now=now, summary=summary, reason=reason)
    return row


def resume(session: Session, operation_id: int, *, by: Principal, now: datetime) -> Operation:
    """Go on with long work that failed or was stopped, where it stopped. Raises Conflict when it runs or is done."""
    row = _locked(session, operation_id)
    actor = access.demand(by, "operation.cancel", Subject(assignee_id=row.started_by))
    if row.status not in (OperationStatus.FAILED, OperationStatus.CANCELLED):
        raise Conflict("La operación no está detenida.", code="not-stopped")
    row.status, row.ended_at, row.attempts, row.message = OperationStatus.RUNNING, None, 0, ""
    history.record(session, subject(row.id), "operation.resumed", by=actor, now=now, summary=f"Reanudó: {row.title}.")
    return row


def stopped_by(session: Session, row: Operation) -> history.HistoryRow | None:
    """The act that stopped this long work, with who did it and why; None when nobody did, or it was resumed."""
    if row.status != OperationStatus.CANCELLED:
        return None
    acts = history.of(session, subject(row.id))
    return next((act for act in reversed(acts) if act.action == CANCELLED), None)


def unfinished(session: Session, kind: str, ref: tuple[str, int]) -> Operation | None:
    """The newest operation of a kind about something, if it is not done."""
    statement = select(Operation).where(Operation.kind == kind, about.names(Operation.refs, ref))
    row = session.scalars(statement.order_by(Operation.id.desc()).limit(1)).first()
    return row if row is not None and row.status != OperationStatus.DONE else None


def begun_by(session: Session, task_id: int) -> list[Operation]:
    """The long work that sending this task began, in the order in which it began."""
    statement = select(Operation).where(about.names(Operation.refs, (TASK, task_id)))
    return list(session.scalars(statement.order_by(Operation.id)))


def readable(row: Operation, by: Principal) -> bool:
    """Whether `by` may see how this long work goes."""
    return access.allowed(by, "operation.read", Subject(assignee_id=row.started_by)) is not None


def under_way(session: Session, ref: tuple[str, int]) -> list[Operation]:
    """The long work about `ref` that runs, or stopped or was stopped before its end, the oldest first."""
    waiting = Operation.status != OperationStatus.DONE
    statement = select(Operation).where(waiting, about.names(Operation.refs, ref))
    return list(session.scalars(statement.order_by(Operation.id)))


def _locked(session: Session, operation_id: int) -> Operation:
    return rows.held(session, Operation, operation_id, "la operación")


def _author(session: Session, row: Operation) -> Actor:
    name = session.scalar(select(Person.name).where(Person.id == row.started_by)) if row.started_by else None
    return Actor(row.started_by, name or "Sistema", "")
