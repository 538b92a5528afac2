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
from db.errors import AttError
from db.errors import Conflict
from db.errors import NotFound
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory.access import ScopeColumns
from directory.access import Subject
from directory.models import Person
from directory.principal import Principal
from engine.models import Operation
from engine.models import OperationStatus

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
) -> Operation:
    """Put down long work for the worker; returns its row."""
    row = Operation(
        kind=kind,
        title=title,
        params=dict(params),
        refs=dict(refs or {}),
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
    row = session.get(Operation, operation_id)
    if row is None:
        raise NotFound("la operación", operation_id)
    return row


def listed(
    session: Session,
    *,
    by: Principal | None = None,
    status: str = "",
    kind: str = "",
    limit: int = DEFAULT_LIMIT,
    cursor: str = "",
) -> Page[Operation]:
    """Operations, newest first; those that `by` may read when it is given."""
    statement = select(Operation)
    if by is not None:
        columns = ScopeColumns(assignee_id=Operation.started_by)
        statement = access.visible(statement, by, "operation.read", columns)
    if status:
        statement = statement.where(Operation.status == status)
    if kind:
        statement = statement.where(Operation.kind == kind)
    return page(session, statement, [Key(Operation.id, descending=True)], limit=limit, cursor=cursor)


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


def cancel(session: Session, operation_id: int, *, by: Principal, now: datetime) -> Operation:
    """Stop long work after the batch under way; what was done stays."""
    row = _locked(session, operation_id)
    actor = access.demand(by, "operation.cancel", Subject(assignee_id=row.started_by))
    if row.status != OperationStatus.RUNNING:
        raise Conflict("La operación ya había terminado.", code="ended")
    row.status, row.ended_at = OperationStatus.CANCELLED, now
    history.record(session, subject(row.id), "operation.cancelled", by=actor, now=now, summary=f"Detuvo: {row.title}.")
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


def unfinished(session: Session, kind: str, ref: tuple[str, int]) -> Operation | None:
    """The newest operation of a kind about something, if it is not done."""
    statement = select(Operation).where(Operation.kind == kind).order_by(Operation.id.desc())
    about = (row for row in session.scalars(statement) if row.refs.get(ref[0]) == ref[1])
    row = next(about, None)
    return row if row is not None and row.status != OperationStatus.DONE else None


def _locked(session: Session, operation_id: int) -> Operation:
    statement = select(Operation).where(Operation.id == operation_id).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("la operación", operation_id)
    return row


def _author(session: Session, row: Operation) -> Actor:
    name = session.scalar(select(Person.name).where(Person.id == row.started_by)) if row.started_by else None
    return Actor(row.started_by, name or "Sistema", "")
