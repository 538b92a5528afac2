"""Writing the history to a file for an auditor."""

import os
from datetime import datetime
from pathlib import Path

from db import exporting
from db import installation
from db import reading
from db import transaction
from db.actor import Actor
from db.checkpoints import checking
from db.checkpoints.log import Checkpoint
from db.errors import InvalidData
from directory import readings
from directory import reasons
from directory.readings import Read

COMMAND = "att history export --content"
REASON = "Diga con --reason para quién se saca y para qué: lo que se envió tiene datos personales (Ley 1581 de 2012)."


def export(target: Path, *, content: bool, reason: str, by: Actor, now: datetime) -> Checkpoint | None:
    """Write the whole history to `target`, which appears whole or not at all, and record that it was exported.

    Returns the newest checkpoint that it can be held to. Raises InvalidData (`archivo`) when `target` is there or
    cannot be written, and (`--reason`) when personal data would leave without saying what for.
    """
    if content and not reasons.told(reason):
        raise InvalidData({"--reason": [reasons.wanting(reason, REASON)]})
    if target.exists():
        raise InvalidData({"archivo": [f"{target} ya existe: elija otro nombre."]})
    with transaction() as session:
        summary = f"Exportó la historia {'con' if content else 'sin'} lo que se envió."
        installation.record(session, installation.EXPORTED, summary, reason=reason, by=by, now=now)
        if content:
            read = Read(readings.HISTORY, count=1, asked="Toda la historia", purpose=reason.strip())
            readings.keep(session, [read], reader_id=by.person_id, reader_name=by.name, route=COMMAND, now=now)
    last = checking.in_use().last()
    part = target.with_name(f".{target.name}.part")
    try:
        with reading(still=True) as session, os.fdopen(_opened(part), "wb") as file:
            file.writelines(exporting.lines(session, last, content=content, now=now))
        os.replace(part, target)
    except OSError as error:
        raise InvalidData({"archivo": [f"No se puede escribir {target}: {error.strerror or error}."]}) from error
    finally:
        part.unlink(missing_ok=True)
    return last


def _opened(part: Path) -> int:
    """It holds names and, at times, answers: only its owner reads it."""
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
