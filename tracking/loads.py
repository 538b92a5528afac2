"""How much work those who accompany entities carry: what whoever shares it out looks at before choosing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory import absences
from directory import coverage_counts
from directory import ways_in
from tracking import trace
from tracking.models import WorkPlan


@dataclass(frozen=True, slots=True)
class Load:
    """What one person carries today: entities, those of them in the place looked at, and running plans."""

    entities: int = 0
    here: int = 0
    plans: int = 0
    away: bool = False
    account: bool = True  # without one nobody can come in to do the work


def of_people(
    session: Session, people: Collection[int], *, department_codes: Collection[str] | None = None, now: datetime
) -> dict[int, Load]:
    """Person → what they carry, for each of `people`; `here` counts their entities in `department_codes`."""
    today = local_date(now)
    everywhere = coverage_counts.people(session, today)
    here = everywhere if department_codes is None else coverage_counts.people(session, today, department_codes)
    running = (
        select(WorkPlan.advisor_id, func.count())
        .where(WorkPlan.status.in_(trace.RUNNING), WorkPlan.advisor_id.is_not(None))
        .group_by(WorkPlan.advisor_id)
    )
    plans = dict(session.execute(running).all())
    away = absences.absent(session, people, today)
    able = ways_in.among(session, people)
    return {
        person: Load(
            everywhere.get(person, 0), here.get(person, 0), plans.get(person, 0), person in away, person in able
        )
        for person in people
    }


def in_words(load: Load) -> str:
    """What somebody carries and what hinders giving them more: «12 entidades, 8 planes abiertos, sin cuenta»."""
    said = [_counted(load.entities, "entidad", "entidades"), _counted(load.plans, "plan abierto", "planes abiertos")]
    said += ["ausente hoy"] if load.away else []
    said += [] if load.account else ["sin cuenta"]
    return ", ".join(said)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
