"""Whether the history is whole, and what was sent still what its acts sealed: looked through as long work."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import Actor
from db import history
from db import installation
from db import seals
from db.checkpoints import checking
from db.checkpoints.coverage import Coverage
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
    "vanished": "falta, y un punto de control firmado dice que estaba",
    "rewritten": "no es el que firmó un punto de control: fue reescrito",
    "backdated": "dice ser de antes de un punto de control firmado que no lo tenía",
    "log_altered": "fue alterado, o falta el anterior",
    "log_key": "no lo firmó la llave de esta instalación",
    "log_cut": "falta, y con él terminaba el registro de puntos de control",
}
"""What is wrong at an act, in words."""

_NOUNS = {
    "instance": "el trámite", "obligation": "el plazo", "person": "la persona", "entity": "la entidad",
    "product": "el producto", "work_plan": "el plan de trabajo", "message": "el mensaje", "operation": "la operación",
    "advisory": "la asesoría", "strategy": "la estrategia", "handover": "el empalme",
    installation.KIND: "la instalación",
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
    """A break as people read it: «Historia del plazo 7, acto 3: fue alterado»."""
    if found.subject.kind == checking.KIND:
        return f"Punto de control {found.subject.id}: {PROBLEMS[found.problem]}."
    noun = _NOUNS.get(found.subject.kind, found.subject.kind)
    return f"Historia de {noun} {found.subject.id}, acto {found.sequence}: {PROBLEMS[found.problem]}.".replace(
        " de el ", " del "
    )


def on_a_line(found: Break) -> str:
    """A break as the command line tells it."""
    if found.subject.kind == checking.KIND:
        return in_words(found)
    noun = _NOUNS.get(found.subject.kind, found.subject.kind).split(" ", 1)[-1]
    return f"{noun} {found.subject.id}, acto {found.sequence}: {PROBLEMS[found.problem]}"


def verify(session: Session, told: Coverage) -> Iterator[Break]:
    """The whole history at once, for the command line; `told` is what the checkpoints said before it was read."""
    yield from history.verify(session)
    yield from seals.verify(session)
    yield from checking.verify(session, told)


@operations.operation(KIND)
def _look(session: Session, operation: Operation, *, by: Actor, now: datetime) -> Batch:
    """Look through some chains, in the order in which they began; at the last ones, whether all have their end."""
    told = checking.coverage()
    ends = history.heads(session, after=operation.cursor, limit=CHAINS)
    rows = history.chains_of(session, ends)
    found = [*history.broken(rows), *seals.check(session, rows), *told.breaks(rows)]
    over = len(ends) < CHAINS
    if over:
        found += [*history.cut_short(session), *checking.finish(session, told)]
    notes: list[dict[str, Any]] = [
        {"text": in_words(one), "kind": one.subject.kind, "subject_id": one.subject.id} for one in found
    ]
    cursor = ends[-1].id if ends else operation.cursor
    done = min(len(ends), operation.total - operation.done)  # chains that began meanwhile are looked through too
    return Batch(cursor, done=max(done, 0), failed=len(found), notes=notes, over=over)
