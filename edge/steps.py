"""Doing a person's step and then what the process does by itself.

The step is safe in its own transaction before anything automatic runs; each service task that
follows has one of its own, and its failure becomes an incident that people see and retry.
"""

import hashlib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import AttError
from db.errors import Conflict
from db.errors import InvalidData
from directory.principal import Principal
from edge import idempotency
from edge import latecomers
from edge import metrics
from edge.idempotency import Answer
from engine import batch
from engine import instances
from engine import operations
from engine import services
from engine import tasks
from engine.instances import Stepped
from engine.models import InstanceStatus

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
            ran = _run_next(instance_id)
        except Exception as error:  # whatever a handler raises is an incident, never the answer to a person
            well = False
            if not _record(instance_id, error):
                return False
            continue
        if not ran:
            return well
    log.error("services_do_not_end", instance_id=instance_id, ran=MOST_SERVICES)
    return False


def settled(stepped: Stepped) -> Stepped:
    """Settle the instance of an act on it, and say what came of the act once nothing runs by itself any more."""
    settle(stepped.instance_id)
    with reading() as session:
        ended = instances.get(session, stepped.instance_id).status != InstanceStatus.OPEN
        return replace(stepped, opened=tasks.open_of(session, stepped.instance_id), ended=ended)


def _run_next(instance_id: int) -> bool:
    """Run the next service, in a transaction of its own. Returns whether there was one."""
    with metrics.service() as timed, transaction() as session:
        ran = services.run_next(session, instance_id, now=clock.now())
        timed.outcome = "done" if ran else None
    return ran


def complete_task(
    task_id: int, data: Mapping[str, Any], *, by: Principal, revision: int | None = None, key: str = "",
    together: batch.Together | None = None, confirmed: bool = False,
) -> Answer:  # fmt: skip
    """Complete a task and settle its instance; returns the receipt.

    `key` is an Idempotency-Key: the same one with the same data gets the first receipt. When `together` is given the
    answers are those for several tasks, and this one gets its own of them. `confirmed` says that what the process
    doubts is meant. Raises what `engine.tasks.complete` raises; a Conflict with somebody faster says who and how long
    ago.
    """
    now = clock.now()
    written = data if together is None else {**data, **together.override}
    request = idempotency.keyed(key, by.person_id, f"tasks/{task_id}/complete", {"data": written, "revision": revision})

    done: list[tasks.Completed] = []

    def act(session: Session) -> dict[str, Any]:
        sent = dict(data) if together is None else batch.own(session, task_id, data, together, now=now)
        done.append(tasks.complete(session, task_id, sent, by=by, now=now, revision=revision, confirmed=confirmed))
        return _receipt(done[-1])

    with metrics.step() as timed:
        try:
            answer = idempotency.once(request, act, now=now)
        except Conflict as error:
            timed.outcome = "refused"
            raise latecomers.explained(error, task_id, now=now) from error
        except AttError:
            timed.outcome = "refused"
            raise
        timed.process, timed.outcome = (done[-1].task.process_key, "done") if done else ("", None)
    serves = answer.repeated or done[-1].awaits_service  # long work is begun by services alone
    if serves and not answer.repeated:
        settle(answer.body["instance_id"])
    return replace(answer, body={**answer.body, "operations": _begun(task_id) if serves else []})


def _begun(task_id: int) -> list[int]:
    """The long work that sending a task began, as it is known once the services after it ran."""
    with reading() as session:
        return [row.id for row in operations.begun_by(session, task_id)]


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
    task_ids: Sequence[int],
    data: Mapping[str, Any],
    overrides: Mapping[int, Mapping[str, Any]],
    *,
    by: Principal,
    key: str = "",
    left_out: Mapping[int, str] | None = None,
    replaced: Mapping[int, int] | None = None,
    confirmed: bool = False,
) -> list[Outcome]:
    """Complete the same step of several instances, each on its own: one that fails does not stop the rest.

    `data` was written for the first of them: what its case gave to the form goes to no other. `overrides` holds what
    differs for a task, by its id; `left_out` why a task that could have gone along does not. A draft of its own that a
    task has prevails over `data`, unless `replaced` names it with the revision that somebody saw. `confirmed` says
    that what the process doubts is meant for all of them.

    `key` is an Idempotency-Key: the same batch repeated with it gets the first receipts, and only what failed is tried
    again. Raises InvalidData when the key was used for something else, or for a task that cannot be left out.
    """
    wanted = list(dict.fromkeys(task_ids))
    apart = {task_id: reason for task_id, reason in (left_out or {}).items() if task_id not in wanted}
    first = _begin_batch(wanted, data, overrides, apart, by, key, replaced or {})
    ways = {
        task_id: batch.Together(
            first, overrides.get(task_id, {}), (replaced or {}).get(task_id), leading=task_id == wanted[0]
        )
        for task_id in wanted
    }
    return [_outcome(task_id, data, by, _own_key(key, task_id), ways[task_id], confirmed) for task_id in wanted]


def _begin_batch(
    wanted: Sequence[int], data: Mapping[str, Any], overrides: Mapping[int, Mapping[str, Any]],
    apart: Mapping[int, str], by: Principal, key: str, replaced: Mapping[int, int],
) -> dict[str, Any]:  # fmt: skip
    """Keep the key of a batch, and why tasks were left out, which is written once.

    Returns what the case of the first task gave to its form, as it was when the batch came first.
    """
    now = clock.now()
    payload = {
        "task_ids": wanted, "data": data, "overrides": {str(task_id): what for task_id, what in overrides.items()},
        "left_out": {str(task_id): reason for task_id, reason in apart.items()},
        "replaced": {str(task_id): revision for task_id, revision in replaced.items()},
    }  # fmt: skip
    request = idempotency.keyed(key, by.person_id, "tasks/complete-batch", payload)

    def act(session: Session) -> dict[str, Any]:
        for task_id in sorted(apart):
            batch.leave_out(session, task_id, apart[task_id], by=by, now=now)
        return {"left_out": sorted(apart), "given": batch.given(session, wanted[0], now=now) if wanted else {}}

    return dict(idempotency.once(request, act, now=now).body["given"])


def _own_key(key: str, task_id: int) -> str:
    """The key of one task of a batch, short however long that of the batch is."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.{task_id}" if key else ""


def _outcome(
    task_id: int, data: Mapping[str, Any], by: Principal, key: str, together: batch.Together, confirmed: bool
) -> Outcome:
    try:
        done = complete_task(task_id, data, by=by, key=key, together=together, confirmed=confirmed)
        return Outcome(task_id, done.body)
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
