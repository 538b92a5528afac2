"""Who may give the support of a thematic expert in a plan."""

from datetime import date
from datetime import datetime

from sqlalchemy.orm import Session

from directory import absences
from directory import access
from directory import delegations
from directory import principal
from directory.models import Absence
from directory.models import Person
from tracking.models import WorkPlan

ROLE = "thematic_expert"


def unattended(session: Session, person_id: int, since: date, until: date, *, but: int) -> Absence | None:
    """The first absence of an expert between two days in which nobody other than `but` acts for them; None if none."""
    for row in absences.during(session, person_id, since, until):
        lent = delegations.covering(session, person_id, max(row.since, since), min(row.until or until, until))
        if not any(one.to_id != but and one.role in (None, ROLE) for one in lent):
            return row
    return None


def refusal(session: Session, plan: WorkPlan, person_id: int, *, not_for: int | None, now: datetime) -> str:
    """Why somebody cannot give the support that `not_for` asked for in a plan; empty when they can."""
    person = session.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        return "Elija una persona activa del directorio."
    if person_id == not_for:
        return "Elija a otra persona: nadie se da apoyo a sí mismo."
    place = access.Subject(unit_id=plan.unit_id, entity_id=plan.entity_id, region_id=plan.region_id, role=ROLE)
    if access.allowed(principal.load(session, person_id, now=now), "task.complete", place) is None:
        return f"{person.name} no tiene hoy el rol de experticia temática para esta región."
    return ""
