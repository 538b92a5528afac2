"""What is answered in the forms of a product: the examples of the forms, told as the tale of that product."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from att.demo import days
from att.demo import told_in_field
from att.demo import told_in_office
from att.demo.tale import Tale
from db.clock import local_date
from directory import entities
from engine import prefill
from engine import tasks
from engine.models import Task
from workflows.forms.examples import example
from workflows.forms.examples import until

EXAMPLE_ARRIVAL = (5, 4)
"""Month and day of the year on which the products of the examples arrive in the territory."""
SCHEDULE = "parrilla_de_contenidos"


@dataclass(frozen=True, slots=True)
class Story:
    """A tale in its surroundings: focalised entities, stored papers, the year of its plans, and its arrival there."""

    tale: Tale
    arrival: date
    entities: Sequence[int] = ()
    files: Sequence[str] = ()
    milestones: Sequence[Mapping[str, Any]] = ()
    also: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """The year of the work plans."""
        return self.arrival.year

    def answers(self, session: Session, task: Task, *, now: datetime) -> dict[str, Any]:
        """Complete answers to the form of `task`, with what the form would show already filled in."""
        asked = tasks.form_of(session, task)
        form = asked.name
        given: dict[str, Any] = days.shifted(
            example(form, entities=self.entities, files=self.files, year=self.year),
            self.arrival - date(self.year, *EXAMPLE_ARRIVAL),
        )
        if form == SCHEDULE:
            given |= _of_one_week(given)
        given |= self._told(session, task, form, now)
        given |= self.also.get(form, {})
        return until(asked, given, local_date(now))

    def _told(self, session: Session, task: Task, form: str, now: datetime) -> dict[str, Any]:
        if task.entity_id is not None:
            known = prefill.initial(session, task, now=now) if form in told_in_field.PREFILLED else {}
            return told_in_field.told(form, self.tale, entities.get(session, task.entity_id), known, now=now)
        told = told_in_office.told(form, self.tale, self.arrival)
        if form in told_in_office.WITH_MILESTONES:
            rows = [dict(row) for row in self.milestones]
            told["milestones"] = rows or told_in_office.milestones(self.tale, self.arrival)
        for name in told_in_office.MEASURED.get(form, ()):
            told[name] = prefill.initial(session, task, now=now)[name]
        return told


def _of_one_week(given: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule whose days were shifted, on the Monday of its week and the day after."""
    day = date.fromisoformat(given["week_start"])
    monday = day - timedelta(days=day.weekday())
    rows = [{**row, "date": (monday + timedelta(days=1)).isoformat()} for row in given["grid"]]
    return {"week_start": monday.isoformat(), "grid": rows}
