"""Tables of the engine. No word of any particular process stands here."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import LargeBinary
from sqlalchemy import Text
from sqlalchemy import UniqueConstraint
from sqlalchemy import case
from sqlalchemy import text
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import column_property
from sqlalchemy.orm import deferred
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from db.base import Base
from db.base import BigId
from db.base import Id
from db.privacy import CONTENT
from db.privacy import NAME
from db.types import CompressedJson
from db.types import Json
from db.types import UtcDateTime


class InstanceStatus(StrEnum):
    """Where a whole instance stands."""

    OPEN = "open"  # something is to be done
    COMPLETED = "completed"  # its end event was recorded
    CANCELLED = "cancelled"  # ended by an act, with a reason


class TaskStatus(StrEnum):
    """Where a work item stands."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"  # the process went another way


class ObservationStatus(StrEnum):
    """Where a remark stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class IncidentStatus(StrEnum):
    """Where a failure stands."""

    OPEN = "open"  # will be retried, or waits for a person
    RESOLVED = "resolved"


class ProposalStatus(StrEnum):
    """Where a proposed version stands."""

    WAITING = "waiting"  # for somebody else to look at it
    PUBLISHED = "published"
    REJECTED = "rejected"


class OperationStatus(StrEnum):
    """Where long work stands."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class FormText(Base):
    """A form's declaration, stored once by its hash."""

    __tablename__ = "form_text"

    hash: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    body: Mapped[dict[str, Any]] = mapped_column(CompressedJson)


class Definition(Base):
    """A version of a process: diagrams and forms, identified by the hash of it all."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[Id]
    key: Mapped[str]
    version: Mapped[int]
    hash: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    files: Mapped[dict[str, str]] = deferred(mapped_column(CompressedJson))
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deployed_by: Mapped[int | None] = mapped_column(BigId)


class DefinitionForm(Base):
    """Which declaration a definition means by a form's name."""

    __tablename__ = "definition_form"

    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    form_hash: Mapped[str] = mapped_column(ForeignKey("form_text.hash"))


class Proposal(Base):
    """A version that somebody proposes: it starts nothing until somebody else publishes it as a definition."""

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_hash_status", "hash", "status"),)

    id: Mapped[Id]
    key: Mapped[str]
    title: Mapped[str]
    hash: Mapped[str]  # of what it was checked with: diagrams and forms
    files: Mapped[dict[str, str]] = deferred(mapped_column(CompressedJson, nullable=False))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"), index=True)  # the newest version then
    reason: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_for: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # by delegation
    status: Mapped[str]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_reason: Mapped[str] = mapped_column(default="")
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"), index=True)  # as it was published


class Instance(Base):
    """One running or ended case. `state` is the library's pruned and sealed state, bytes and never jsonb."""

    __tablename__ = "instance"
    __table_args__ = (UniqueConstraint("definition_id", "business_key"),)

    id: Mapped[Id]
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), index=True)
    business_key: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(info=NAME)
    status: Mapped[str] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(default="")  # id of the end event reached, or the reason of a cancellation
    revision: Mapped[int]
    variables: Mapped[dict[str, Any]] = mapped_column(Json)
    people: Mapped[dict[str, int]] = mapped_column(Json)  # participant → person
    refs: Mapped[dict[str, int]] = mapped_column(Json)  # what the instance is about
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    awaits_service: Mapped[bool] = mapped_column(index=True)  # a handler is to run: the worker looks for these
    state: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    seal: Mapped[str] = deferred(mapped_column(Text))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[int | None] = mapped_column(BigId)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    definition: Mapped[Definition] = relationship(lazy="raise")


def _in_order(name: str, rows: str, *columns: str) -> Index:
    """An index that has the `rows` of each value of `columns` by due date."""
    kept = text(rows)
    return Index(f"ix_task_{name}", *columns, "due_sort", "id", sqlite_where=kept, postgresql_where=kept)


class Task(Base):
    """A work item: the row the inbox lists. Its own revision is what If-Match carries."""

    __tablename__ = "task"
    __table_args__ = (
        # The inbox reads what is open along these, one for each way by which a task is in sight (engine/walk.py).
        _in_order("open", "status = 'open'"),
        _in_order("open_unit", "status = 'open' AND unit_id IS NOT NULL", "unit_id"),
        _in_order("open_region", "status = 'open' AND region_id IS NOT NULL", "region_id"),
        _in_order("open_entity", "status = 'open' AND entity_id IS NOT NULL", "entity_id"),
        _in_order("free", "status = 'open' AND assignee_id IS NULL", "role"),
        _in_order("free_unit", "status = 'open' AND assignee_id IS NULL", "role", "unit_id"),
        _in_order("free_region", "status = 'open' AND assignee_id IS NULL", "role", "region_id"),
        _in_order("free_entity", "status = 'open' AND assignee_id IS NULL", "role", "entity_id"),
        _in_order("held", "assignee_id IS NOT NULL", "assignee_id", "status"),
        Index("ix_task_instance_id_element", "instance_id", "element"),
    )

    id: Mapped[Id]
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    work_id: Mapped[str] = mapped_column(unique=True)  # the library's id of the work item
    process_key: Mapped[str]  # the diagram in which the element stands
    element: Mapped[str]
    name: Mapped[str]
    form_hash: Mapped[str] = mapped_column(ForeignKey("form_text.hash"))
    role: Mapped[str]  # candidate role
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str]
    round: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_sort: Mapped[datetime] = mapped_column(UtcDateTime)  # due_at, or the far future: never null, so that lists page
    due_reason: Mapped[str] = mapped_column(default="")
    term: Mapped[str] = mapped_column(default="", server_default="")  # what due_at was computed from
    calendar_version: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    previous_holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    instance: Mapped[Instance] = relationship(lazy="raise")


class Submission(Base):
    """What was sent with a task. Immutable."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_instance_id_element", "instance_id", "element"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), unique=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    element: Mapped[str]
    form_hash: Mapped[str] = mapped_column(ForeignKey("form_text.hash"))
    data: Mapped[dict[str, Any]] = deferred(mapped_column(CompressedJson, info=CONTENT))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    capacity: Mapped[str] = mapped_column(info=NAME)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    round: Mapped[int]
    receipt: Mapped[str] = mapped_column(unique=True)  # readable number given to the author: ADR 23
    warnings: Mapped[dict[str, Any]] = mapped_column(Json)


class Rectification(Base):
    """An answer of a submission that was corrected afterwards: the submission stays as it was. Never updated.

    `before` is what the answer said until then, an earlier correction included; None stands for no answer.
    """

    __tablename__ = "rectification"

    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    path: Mapped[str]  # `meeting_date`, `milestones/2/name`
    label: Mapped[str]  # the path in words, as the form says it
    before: Mapped[Any] = mapped_column(Json, nullable=True, info=CONTENT)
    after: Mapped[Any] = mapped_column(Json, nullable=True, info=CONTENT)
    reason: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    capacity: Mapped[str] = mapped_column(info=NAME)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Draft(Base):
    """What was typed and not yet sent: one per task, whoever of its holders types.

    `data` are the answers to its form; `apart` is what was typed on its last look for the other entities of a batch
    (`drafts.set_apart`). They are stored together, `apart` under a name that no question can have.
    """

    __tablename__ = "draft"

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    stored: Mapped[dict[str, Any]] = mapped_column("data", CompressedJson, info=CONTENT)
    revision: Mapped[int]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    page: Mapped[str] = mapped_column(default="", server_default="")  # of whoever saved it: one opened page

    @property
    def data(self) -> dict[str, Any]:
        return {name: value for name, value in self.stored.items() if name != _APART}

    @data.setter
    def data(self, answers: Mapping[str, Any]) -> None:
        self.stored = _with_apart(answers, self.apart)

    @property
    def apart(self) -> dict[str, Any]:
        return dict((self.stored or {}).get(_APART, {}))  # nothing is stored yet while a draft is made

    @apart.setter
    def apart(self, parts: Mapping[str, Any]) -> None:
        self.stored = _with_apart(self.data, parts)


_APART = "*apart"


def _with_apart(answers: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    return {**answers, _APART: dict(parts)} if parts else dict(answers)


class Observation(Base):
    """A numbered remark on a submission: on a field, a row, a file, or (empty path) the whole."""

    __tablename__ = "observation"
    __table_args__ = (UniqueConstraint("instance_id", "number"),)

    id: Mapped[Id]
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)  # the review in which it was written
    element: Mapped[str]  # the element whose submission it is about
    number: Mapped[int]
    round: Mapped[int]
    path: Mapped[str]
    label: Mapped[str]  # the path in words, as the form said it then
    text: Mapped[str]
    status: Mapped[str]
    published: Mapped[bool]  # the author sees it once the review is sent
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Timer(Base):
    """An instant at which an instance is to be told that a time has come."""

    __tablename__ = "timer"
    __table_args__ = (Index("ix_timer_fired_at_due_at", "fired_at", "due_at"),)

    id: Mapped[Id]
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    work_id: Mapped[str] = mapped_column(unique=True)
    element: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_reason: Mapped[str]
    fired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Incident(Base):
    """A failure after a person's step was safe: what, where, since when, how often tried."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_status_retry_at", "status", "retry_at"),)

    id: Mapped[Id]
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    work_id: Mapped[str] = mapped_column(index=True)
    element: Mapped[str]
    operation: Mapped[str]
    message: Mapped[str] = mapped_column(info=CONTENT)
    error: Mapped[str]  # class of the error, for people who repair
    status: Mapped[str]
    attempts: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(BigId)


class Operation(Base):
    """Long work done in batches by the worker: visible, resumable, cancellable."""

    __tablename__ = "operation"
    __table_args__ = (Index("ix_operation_status_id", "status", "id"),)

    id: Mapped[Id]
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(info=NAME)
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    refs: Mapped[dict[str, int]] = mapped_column(Json)
    cursor: Mapped[int]
    total: Mapped[int]
    done: Mapped[int]
    failed: Mapped[int]
    notes: Mapped[list[dict[str, Any]]] = mapped_column(Json, info=CONTENT)  # rows that people should look at
    status: Mapped[str] = mapped_column()
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[int | None] = mapped_column(BigId)
    advanced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int]
    message: Mapped[str] = mapped_column(default="")
    settled: Mapped[int] = column_property(case((status.in_(("running", "failed")), 0), else_=1))  # 0: to be looked at
