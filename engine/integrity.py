"""Whether the history is whole, and what was sent still what its acts sealed: looked through as long work."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import Actor
from db import history
from db import seals
from db.errors import Conflict
from db.history import Break
from directory import access
from directory.principal import Principal
from engine import operations
from engine.models import Operation
from engine.models import OperationStatus
from engine.operations import Batch

KIND = "integrity"
CHAINS = 200
"""How many chains a batch looks through."""

PROBLEMS = {
    "missing": "falta el acto anterior",
    "unchained": "no sigue al anterior",
    "altered": "fue alterado",
    "cut": "falta, y con él terminaba la historia",
    "replaced": "no es el acto con el que terminaba la historia",
    "loose": "está después del acto con el que terminaba la historia",
    "content": "lo que se envió con él fue alterado",
    "gone": "ya no está lo que se envió con él",
    "decision": "la constancia no está como la dejó este acto",
}
"""What is wrong at an act, in words."""

_NOUNS = {
    "instance": "el trámite", "obligation": "el plazo", "person": "la persona", "entity": "la entidad",
    "product": "el producto", "work_plan": "el plan de trabajo", "message": "el mensaje", "operation": "la operación",
    "advisory": "la asesoría", "strategy": "la estrategia", "handover": "el empalme",
}  # fmt: skip


def begin(session: Session, *, by: Principal, now: datetime) -> Operation:
    """Put down a look through the whole history. Raises NotAllowed, Conflict while another one is under way."""
    actor = access.demand(by, "history.verify")
    running = select(Operation.id).where(Operation.kind == KIND, Operation.status == OperationStatus.RUNNING)
    if session.scalars(running.limit(1)).first() is not None:
        raise Conflict("Ya se está revisando la historia.", code="running")
    total = history.count_chains(session)
    return operations.begin(session, KIND, "Revisar la integridad de la historia", {}, total, by=actor, now=now)


def in_words(found: Break) -> str:
    """A break as people read it: «La historia de el plazo 7, acto 3: fue alterado»."""
    noun = _NOUNS.get(found.subject.kind, found.subject.kind)
    return f"Historia de {noun} {found.subject.id}, acto {found.sequence}: {PROBLEMS[found.problem]}.".replace(
        " de el ", " del "
    )


@operations.operation(KIND)
def _look(session: Session, operation: Operation, *, by: Actor, now: datetime) -> Batch:
    """Look through some chains, in the order in which they began; at the last ones, whether all have their end."""
    ends = history.heads(session, after=operation.cursor, limit=CHAINS)
    rows = history.chains_of(session, ends)
    found = [*history.broken(rows), *seals.check(session, rows)]
    over = len(ends) < CHAINS
    if over:
        found += history.cut_short(session)
    notes: list[dict[str, Any]] = [{"text": in_words(one)} for one in found]
    cursor = ends[-1].id if ends else operation.cursor
    done = min(len(ends), operation.total - operation.done)  # chains that began meanwhile are looked through too
    return Batch(cursor, done=max(done, 0), failed=len(found), notes=notes, over=over)
