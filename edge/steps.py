"""Doing a person's step and then what the process does by itself.

The step is safe in its own transaction before anything automatic runs; each service task that
follows has one of its own, and its failure becomes an incident that people see and retry.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

import structlog
from sqlalchemy.orm import Session

from db import clock
from db import transaction
from db.errors import AttError
from db.errors import Conflict
from db.errors import InvalidData
from directory.principal import Principal
from edge import idempotency
from edge import latecomers
from edge.idempotency import Answer
from engine import services
from engine import tasks

log = structlog.get_logger("att.edge")

BROKEN = "Ocurrió un error inesperado y este paso no se hizo. Intente de nuevo; si persiste, repórtelo."
MOST_SERVICES = 100  # far more than any diagram has in a row: it ends a loop without a person in it


def settle(instance_id: int) -> bool:
    """Run the service tasks that `instance_id` waits for, each in a transaction of its own.

    One that fails becomes an incident and stops no other. Never raises: the step before it is safe.
    Returns whether every one that was due ran.
    """
    well = True
    for _ in range(MOST_SERVICES):
        try:
            with transaction() as session:
                ran = services.run_next(session, instance_id, now=clock.now())
        except Exception as error:  # whatever a handler raises is an incident, never the answer to a person
            well = False
            if not _record(instance_id, error):
                return False
            continue
        if not ran:
            return well
    log.error("services_do_not_end", instance_id=instance_id, ran=MOST_SERVICES)
    return False


def complete_task(
    task_id: int, data: Mapping[str, Any], *, by: Principal, revision: int | None = None, key: str = ""
) -> Answer:
    """Complete a task and settle its instance; returns the receipt.

    `key` is an Idempotency-Key: the same one with the same data gets the first receipt. Raises what
    `engine.tasks.complete` raises; a Conflict with somebody faster says who and how long ago.
    """
    now = clock.now()
    request = idempotency.keyed(key, by.person_id, f"tasks/{task_id}/complete", {"data": data, "revision": revision})

    done: list[tasks.Completed] = []

    def act(session: Session) -> dict[str, Any]:
        done.append(tasks.complete(session, task_id, dict(data), by=by, now=now, revision=revision))
        return _receipt(done[-1])

    try:
        answer = idempotency.once(request, act, now=now)
    except Conflict as error:
        raise latecomers.explained(error, task_id, now=now) from error
    if not answer.repeated and done[-1].awaits_service:
        settle(answer.body["instance_id"])
    return answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one task of a batch: its receipt, or why it was not done."""

    task_id: int
    receipt: dict[str, Any] | None = None
    message: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether this task was completed."""
        return self.receipt is not None


def complete_batch(
    task_ids: Sequence[int], data: Mapping[str, Any], overrides: Mapping[int, Mapping[str, Any]], *, by: Principal
) -> list[Outcome]:
    """Complete the same step of several instances, each on its own: one that fails does not stop the rest.

    `overrides` holds what differs for a task, by its id.
    """
    return [_outcome(task_id, {**data, **overrides.get(task_id, {})}, by) for task_id in dict.fromkeys(task_ids)]


def _outcome(task_id: int, data: Mapping[str, Any], by: Principal) -> Outcome:
    try:
        return Outcome(task_id, complete_task(task_id, data, by=by).body)
    except InvalidData as error:
        return Outcome(task_id, message=error.message, errors=error.errors)
    except AttError as error:
        return Outcome(task_id, message=error.message)
    except Exception as error:  # the rest of the batch has nothing to do with what broke here
        log.error("batch_item_failed", task_id=task_id, exc_info=error)
        return Outcome(task_id, message=BROKEN)


def _receipt(done: tasks.Completed) -> dict[str, Any]:
    return {
        "receipt": done.receipt,
        "task_id": done.task.id,
        "instance_id": done.instance_id,
        "submission_id": done.submission.id,
        "at": done.submission.at.isoformat(),
        "round": done.submission.round,
        "warnings": dict(done.warnings),
        "ended": done.ended,
    }


def _record(instance_id: int, error: Exception) -> bool:
    """Write the failure down as an incident; returns whether that worked."""
    log.warning("service_failed", instance_id=instance_id, exc_info=error)
    try:
        with transaction() as session:
            services.fail(session, instance_id, error, now=clock.now())
    except Exception as worse:  # the database itself may be gone; the worker finds the instance again
        log.error("incident_not_recorded", instance_id=instance_id, exc_info=worse)
        return False
    return True
