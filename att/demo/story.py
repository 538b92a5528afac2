"""What is answered in the forms of a product: the examples of the forms, told as the tale of that product."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from att.demo import days
from att.demo import told_in_field
from att.demo import told_in_office
from att.demo.tale import Tale
from directory import entities
from engine import prefill
from engine import tasks
from engine.models import Task
from workflows.forms.examples import example

EXAMPLE_ARRIVAL = (5, 4)
"""Month and day of the year on which the products of the examples arrive in the territory."""


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
        form = tasks.form_of(session, task).name
        given: dict[str, Any] = days.shifted(
            example(form, entities=self.entities, files=self.files, year=self.year),
            self.arrival - date(self.year, *EXAMPLE_ARRIVAL),
        )
        given |= self._told(session, task, form, now)
        given |= self.also.get(form, {})
        return given

    def _told(self, session: Session, task: Task, form: str, now: datetime) -> dict[str, Any]:
        if task.entity_id is not None:
            known = prefill.initial(session, task, now=now) if form in told_in_field.PREFILLED else {}
            return told_in_field.told(form, self.tale, entities.get(session, task.entity_id), known, now=now)
        told = told_in_office.told(form, self.tale, self.arrival)
        if form in told_in_office.WITH_MILESTONES:
            rows = [dict(row) for row in self.milestones]
            told["milestones"] = rows or told_in_office.milestones(self.tale, self.arrival)
        return told
