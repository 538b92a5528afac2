"""The words of a diagram that a person may set: the term of a step and the role it is for.

A term may also be a day that an earlier form of the case fixed: `variable:name` of a text variable with that day.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db import settings
from engine.models import Instance
from notifications import calendar
from notifications import days

_VARIABLE, _SETTING = "variable:", "setting:"


@dataclass(frozen=True, slots=True)
class Dated:
    """When a step is due, the term from which that was computed, and the version of the calendar."""

    due: calendar.Due
    term: str
    calendar_version: int


def dated(session: Session, term: str, instance: Instance, now: datetime) -> Dated | None:
    """When a step of `instance` that begins `now` is due by the calendar of its place; None without a term."""
    term = _fixed(setting(session, term), instance)
    if not term:
        return None
    place = days.load(session, entity_id=instance.entity_id, region_id=instance.region_id)
    return Dated(calendar.due(term, now, place), term, place.version)


def variable_of(term: str) -> str:
    """The name of the variable that holds the day of `term`; empty when it is a term of another kind."""
    return term.removeprefix(_VARIABLE) if term.startswith(_VARIABLE) else ""


def _fixed(term: str, instance: Instance) -> str:
    """`term` itself, or the day that its variable holds; empty while it holds none."""
    name = variable_of(term)
    if not name:
        return term
    day = instance.variables.get(name)
    return f"{calendar.FIXED}{day}" if day else ""


def setting(session: Session, word: str) -> str:
    """`word` itself, or the value of the setting that it names (`setting:key=default`)."""
    if not word.startswith(_SETTING):
        return word
    key = word.removeprefix(_SETTING).partition("=")[0]
    return str(settings.get(session, key, default_of(word)))


def default_of(word: str) -> str:
    """What `setting:key=default` stands for until somebody changes the setting; any other word stands for itself."""
    return word.partition("=")[2] if word.startswith(_SETTING) else word
