"""What an advisory said before it was corrected, in words, from what its history kept."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db.history import HistoryRow
from edge import names
from edge import words
from forms.words import listed
from tracking import advisories
from tracking import trace
from tracking.models import Advisory
from web import histories

LABELS = {
    "occurred_on": "fecha", "modality": "modalidad", "place": "lugar", "summary": "lo que se hizo y se acordó",
    "minutes_file": "acta", "attendance_file": "listado de asistencia",
}  # fmt: skip
FILES = ("minutes_file", "attendance_file")


def values(session: Session, row: Advisory) -> dict[str, Any]:
    """The history of an advisory for its page, each correction with what it replaced."""
    past = histories.values(session, trace.subject(row))
    rectified = [act for act in past["acts"] if act.action == "advisory.rectified"]
    tokens = [act.details[name][0] for act in rectified for name in FILES if name in act.details]
    files, entities = names.of_files(session, tokens), names.of_entities(session, _entities(rectified))
    return past | {"decided": {act.id: _before(act.details, files, entities) for act in rectified}}


def annulled(past: Mapping[str, Any]) -> HistoryRow | None:
    """The act by which it was annulled, if it was."""
    return next((act for act in past["acts"] if act.action == "advisory.annulled"), None)


def _entities(acts: Sequence[HistoryRow]) -> list[int]:
    found = [act.details.get("entities") or {} for act in acts]
    return [key for one in found for side in ("gone", "come") for key in one.get(side, ())]


def _before(details: Mapping[str, Any], files: Mapping[str, str], entities: Mapping[int, str]) -> str:
    changed = [(name, label) for name, label in LABELS.items() if name in details]
    told = [f"{label}, decía «{_said(name, details[name][0], files)}»" for name, label in changed]
    places = details.get("entities") or {}
    for side, verb in (("gone", "salió"), ("come", "entró")):
        if places.get(side):
            told.append(f"{verb} {listed(entities.get(key, '') for key in places[side])}")
    if "people" in details:
        before, after = details["people"]
        told.append(f"asistentes, eran {before} y quedaron {after}")
    return "; ".join(told)


def _said(name: str, value: str, files: Mapping[str, str]) -> str:
    if name == "occurred_on":
        return words.long_date(date.fromisoformat(value))
    if name == "modality":
        return advisories.MODALITIES.get(value, value)
    if name in FILES:
        return files.get(value, "ninguno") if value else "ninguno"
    return value or "nada"
