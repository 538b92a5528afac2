"""Checkpoints as this installation takes them: added to the file, remembered in the database, sent outside."""

from datetime import datetime

from db import installation
from db import reading
from db import transaction
from db.actor import Actor
from db.checkpoints import checking
from db.checkpoints import restored
from db.checkpoints import taking
from db.checkpoints.log import Checkpoint
from db.jobs import Outcome
from notifications import checkpoint_copies


def seal_history(now: datetime, *, as_of: str = "") -> Outcome:
    """Take a checkpoint of what was recorded since the last one, and put its copies in the outbox.

    `as_of` says in words why these acts say an earlier instant than that at which they were written, if they do.
    """
    log = checking.in_use()
    with reading() as session:
        lines = taking.take(session, log, now=now, as_of=as_of)
    last = lines[-1] if lines else log.last()
    if last is None:
        return Outcome()
    with transaction() as session:
        if lines:
            checking.remember(session, last, now=now)
        checkpoint_copies.send(session, last, now=now)
    acts = sum(end[2] - end[1] + 1 for line in lines for ends in line.ends.values() for end in ends)
    return Outcome(found=acts, done=acts)


def declare_restored(told: str, *, by: Actor, now: datetime) -> Checkpoint:
    """Say, signed and in the history, that an earlier database is in use from now on."""
    with reading() as session:
        line = restored.declare(session, checking.in_use(), f"{by.name}: {told}", now=now)
    with transaction() as session:
        summary = f"Se puso en uso una copia anterior de la base de datos. {lost(line)}"
        installation.record(session, installation.RESTORED, summary, reason=told, by=by, now=now)
        checking.remember(session, line, now=now)
    return line


def lost(line: Checkpoint) -> str:
    """How much of what the checkpoints had is not there after a back-up was put back."""
    count = sum(len(cuts) for cuts in line.cuts.values())
    if not count:
        return "Ningún acto de los que cubrían los puntos de control se perdió."
    chains = "historia termina" if count == 1 else "historias terminan"
    return f"{count} {chains} antes de lo que decían los puntos de control."
