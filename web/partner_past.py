"""What a participation and an advance said before they were corrected, in words, from what their histories kept."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from db.history import HistoryRow
from db.history import Subject
from edge import names
from forms.words import listed
from forms.words import long_date
from web import histories

LABELS = {
    "contribution": "Qué aportaba", "since": "Participaba desde", "until": "Participaba hasta",
    "occurred_on": "Qué día ocurrió", "text": "Qué se hizo", "entities": "Entidades alcanzadas", "files": "Soportes",
}  # fmt: skip
DAYS = frozenset({"since", "until", "occurred_on"})


def values(session: Session, subject: Subject) -> dict[str, Any]:
    """The history of a participation or an advance for its page; beside each correction, what it replaced."""
    past = histories.values(session, subject)
    acts = [act for act in past["acts"] if act.details.keys() & LABELS.keys()]
    entities = names.of_entities(session, _before(acts, "entities"))
    files = names.of_files(session, _before(acts, "files"))
    return past | {"data_changed": {act.id: _told(act.details, entities, files) for act in acts}}


def _before(acts: Sequence[HistoryRow], name: str) -> list[Any]:
    return [one for act in acts for one in act.details.get(name, [[]])[0]]


def _told(details: Mapping[str, Any], entities: Mapping[int, str], files: Mapping[str, str]) -> list[str]:
    """What each datum that was corrected said before."""
    told = []
    for name, label in LABELS.items():
        if name in details:
            told.append(f"{label}: decía {_said(name, details[name][0], entities, files)}")
    return told


def _said(name: str, value: Any, entities: Mapping[int, str], files: Mapping[str, str]) -> str:
    if name in DAYS:
        return f"«{long_date(value)}»" if value else "«sin fecha de fin»"
    if name in ("entities", "files"):
        known: Mapping[Any, str] = entities if name == "entities" else files
        return listed(f"«{known.get(key, 'no se encontró')}»" for key in value) or "«ninguno»"
    return f"«{value}»"
