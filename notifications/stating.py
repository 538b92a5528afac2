"""What somebody states that they did, and what is wrong with it: everything at once."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy.orm import Session

from db import files
from db.characters import too_long
from db.clock import local_date
from db.errors import InvalidData
from db.errors import NotFound
from directory import attachments
from directory.principal import Principal
from notifications import chains
from notifications import early
from notifications.calendar import in_words
from notifications.models import Obligation

LONGEST, LONGEST_LINK = 4000, 2000
"""Characters of a text or a remark, and of a link. The numbers are ours."""

STATED = "Presento la constancia"
"""What is confirmed before its time, to be followed by why that is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStatement:
    """What somebody says they did. It needs evidence: a file, or a link.

    `confirmed`: they mean it although its period has not ended (`notifications/early.py`).
    """

    text: str
    happened_on: date | None
    evidence_file: str = ""
    evidence_link: str = ""
    confirmed: bool = False


def check(session: Session, row: Obligation, new: NewStatement, *, by: Principal, now: datetime) -> date:
    """The day on which it was done. Raises InvalidData with everything that is wrong."""
    errors = {**_wrong_evidence(session, new, by)}
    if not new.text.strip():
        errors["text"] = ["Escriba qué se hizo."]
    elif wrong := too_long(new.text, LONGEST, "Qué se hizo"):
        errors["text"] = [wrong]
    if new.happened_on is None:
        errors["happened_on"] = ["Escriba qué día se hizo."]
    elif wrong := _wrong_day(session, row, new.happened_on, now):
        errors["happened_on"] = [wrong]
    if not new.confirmed and (why := early.doubt(session, row, now)):
        errors["confirmed"] = [early.asked(STATED, why)]
    if errors or new.happened_on is None:
        raise InvalidData(errors)
    return new.happened_on


def _wrong_evidence(session: Session, new: NewStatement, by: Principal) -> dict[str, list[str]]:
    errors, link = {}, new.evidence_link.strip()
    if not new.evidence_file and not link:
        errors["evidence_link"] = ["Adjunte un archivo o escriba el enlace de la evidencia."]
    elif link and not link.startswith(("https://", "http://")):
        errors["evidence_link"] = ["Escriba un enlace que empiece por https://."]
    elif wrong := too_long(link, LONGEST_LINK, "Enlace de la evidencia"):
        errors["evidence_link"] = [wrong]
    if new.evidence_file and not _attachable(session, new.evidence_file, by):
        errors["evidence_file"] = ["El archivo ya no está; adjúntelo de nuevo."]
    return errors


def _wrong_day(session: Session, row: Obligation, day: date, now: datetime) -> str:
    """Why the thing cannot have been done on `day`; empty when it can."""
    if day > local_date(now):
        return "La fecha no puede ser futura."
    first = row.period_start - timedelta(days=chains.step_of(session, row).days_ahead)
    if day < first:
        return f"Se puede hacer desde el {in_words(first)}: elija un día desde entonces."
    before = chains.before(session, row)  # the steps of a chain follow one another
    if before is not None and before.met_at is not None and day < (done := local_date(before.met_at)):
        return f"«{before.title}» se hizo el {in_words(done)}: elija ese día o uno posterior."
    return ""


def _attachable(session: Session, token: str, by: Principal) -> bool:
    try:
        files.get(session, token)
    except NotFound:
        return False
    return not attachments.foreign(session, [token], by=by)
