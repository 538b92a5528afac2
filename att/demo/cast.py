"""Who is who in the demonstration: people found again by their e-mail address, and who does which task."""

from dataclasses import dataclass
from dataclasses import field
from datetime import datetime

from sqlalchemy.orm import Session

from db.errors import NotFound
from directory import access
from directory import people
from directory import principal
from directory.principal import Principal
from engine import tasks
from engine.models import Task

HOST = "att.example"

STAFF_BY_ROLE = {
    "technical_lead": "lider",
    "technical_director": "director",
    "der_reviewer": "der",
    "der_monitoring": "monitoreo",
    "communications": "comunicaciones",
    "planning_group": "planeacion",
    "support_liaison": "acompanamiento",
    "subdirectorate": "subdireccion",
}
"""Who does the tasks that wait for a role and not for a person."""


def address(key: str) -> str:
    """The e-mail address of the person called `key` in the demonstration."""
    return f"{key}@{HOST}"


@dataclass(slots=True)
class Cast:
    """Principals of the demonstration, kept once loaded: what they hold does not change while it loads."""

    loaded: datetime
    _by_key: dict[str, Principal] = field(default_factory=dict)
    _by_id: dict[int, Principal] = field(default_factory=dict)

    def of(self, session: Session, key: str) -> Principal:
        """The person called `key` (`lider`, `asesoria07`, `articulacion2`)."""
        if key not in self._by_key:
            person = people.find(session, address(key))
            if person is None:
                raise NotFound("la persona de la demostración", key)
            self._by_key[key] = self.person(session, person.id)
        return self._by_key[key]

    def person(self, session: Session, person_id: int) -> Principal:
        """The person with this id."""
        if person_id not in self._by_id:
            self._by_id[person_id] = principal.load(session, person_id, now=self.loaded)
        return self._by_id[person_id]

    def doer(self, session: Session, task: Task) -> Principal:
        """Whoever is to do `task`."""
        if task.assignee_id is not None:
            return self.person(session, task.assignee_id)
        if task.role in STAFF_BY_ROLE:
            return self.of(session, STAFF_BY_ROLE[task.role])
        return next(
            self.person(session, row.id)
            for row in people.holders(session, task.role, now=self.loaded)
            if access.allowed(self.person(session, row.id), "task.complete", tasks.subject_of(task))
        )
