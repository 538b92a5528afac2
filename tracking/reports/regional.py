"""What a region did in a period: its plans, its advisors and its figures, for the forms of its coordination.

Sources: P010 (ten questions, with a mark for each advisor), P017 (monthly progress) and P018 (quarterly balance).
"""

from collections.abc import Mapping
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

import tracking.sources  # noqa: F401 - registers the advisors
from db.clock import local_date
from notifications import obligations
from notifications import policies
from notifications import sources
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.periods import Period
from notifications.periods import bounds
from notifications.sources import Subject
from tracking import as_of
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import Consent
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import WorkPlan
from tracking.sources.advisors import attended


def compose(session: Session, region_id: int, period: Period, now: datetime, *, but: int | None) -> dict[str, Any]:
    """Everything that the forms of a region show, as rows of their tables; `but` writes them, and marks others only."""
    return {
        "plan_progress": progress(session, region_id, period),
        "figures": [{"figure": label, "value": value} for label, value in figures(session, region_id, period, now)],
        "advisor_scores": advisor_rows(session, region_id, period, local_date(now), but=but),
    }


def progress(session: Session, region_id: int, period: Period) -> list[dict[str, Any]]:
    """The plans of a region by product, with the mean of their progress when the period ended: those that ran in it.
    Those without consent do not count."""
    since, until = bounds(period)
    ran = or_(WorkPlan.closed_at.is_(None), WorkPlan.closed_at >= since)
    found = as_of.by_column(session, WorkPlan.product_id, until, WorkPlan.region_id == region_id, ran)
    products: Any = select(Product).where(Product.id.in_(found)).order_by(Product.code)
    return [
        {
            "product": f"{row.name} ({row.code})", "plans": found[row.id].plans,
            "reported": _mean(found[row.id], found[row.id].reported),
            "verified": _mean(found[row.id], found[row.id].verified),
        }
        for row in session.scalars(products)
    ]  # fmt: skip


def figures(session: Session, region_id: int, period: Period, now: datetime) -> list[tuple[str, str]]:
    """What was done in a region in a period, in numbers."""
    since, until = bounds(period)
    given, entities = _advisories(session, region_id, period)
    decided = _consents(session, region_id, period)
    of_region = select(func.count()).select_from(PlanMilestone).join(WorkPlan, WorkPlan.id == PlanMilestone.plan_id)
    of_region = of_region.where(WorkPlan.region_id == region_id, PlanMilestone.retired_at.is_(None))
    met = of_region.where(
        PlanMilestone.achieved_on.between(period.start, period.end), PlanMilestone.status.in_(("reported", "verified"))
    )
    verified = of_region.where(PlanMilestone.verified_at >= since, PlanMilestone.verified_at < until)
    return [
        ("Asesorías dadas", str(given)),
        ("Entidades asesoradas", str(entities)),
        ("Consentimientos otorgados", str(decided.get("given", 0))),
        ("Consentimientos negados", str(decided.get("refused", 0))),
        ("Consentimientos retirados", str(decided.get("withdrawn", 0))),
        ("Hitos cumplidos", str(session.scalar(met) or 0)),
        ("Hitos verificados", str(session.scalar(verified) or 0)),
        ("Obligaciones vencidas sin cumplir", str(_overdue(session, region_id, period, now))),
    ]


def _overdue(session: Session, region_id: int, period: Period, now: datetime) -> int:
    """What fell due in the period and nobody has met, as the ledger lists it; recommendations are not overdue."""
    statement = select(func.count()).where(
        Obligation.region_id == region_id, Obligation.due_on.between(period.start, period.end),
        obligations.lapsed(now), ~policies.recommended(session),
    )  # fmt: skip
    return session.scalar(statement) or 0


def advisor_rows(
    session: Session, region_id: int, period: Period, today: date, *, but: int | None = None
) -> list[dict[str, Any]]:
    """The advisors of a region `but` one, with what fell due for each in the period and how much came in time."""
    listed = sources.subjects(session, "advisors", today)
    of_region = (one for one in listed if one.region_id == region_id and one.id != but)
    subjects = [one for one in of_region if attended(one, period.start, period.end)]
    given = _given_by(session, period)
    owed = _owed_by(session, period)
    taken: dict[str, int] = {}
    return [
        {
            "advisor": _own_name(one, taken), "on_time": _in_time(owed.get(one.id, {})),
            "advisories": given.get(one.id, 0),
        }
        for one in sorted(subjects, key=lambda one: (one.label, one.id))
    ]  # fmt: skip


def _own_name(one: Subject, taken: dict[str, int]) -> str:
    """The name of an advisor, counted where another one is called the same."""
    taken[one.label] = taken.get(one.label, 0) + 1
    return one.label if taken[one.label] == 1 else f"{one.label} ({taken[one.label]})"


def _in_time(counts: Mapping[str, int]) -> str:
    """«8 de 10 a tiempo»: of what was due or done; what is pending does not count."""
    met = counts.get(ObligationStatus.MET, 0)
    counted = met + counts.get(ObligationStatus.LATE, 0) + counts.get(ObligationStatus.OVERDUE, 0)
    waiting = sum(counts.get(status, 0) for status in OPEN) - counts.get(ObligationStatus.OVERDUE, 0)
    words = f"{met} de {counted} a tiempo" if counted else "Nada por contar"
    return f"{words}; {waiting} por vencer" if waiting else words


def _owed_by(session: Session, period: Period) -> dict[int, dict[str, int]]:
    statement: Any = (
        select(Obligation.debtor_id, Obligation.status, func.count())
        .where(Obligation.debtor_id.is_not(None), Obligation.due_on.between(period.start, period.end))
        .group_by(Obligation.debtor_id, Obligation.status)
    )
    found: dict[int, dict[str, int]] = {}
    for person, status, count in session.execute(statement):
        found.setdefault(person, {})[status] = count
    return found


def _given_by(session: Session, period: Period) -> dict[int, int]:
    statement: Any = (
        select(Advisory.advisor_id, func.count())
        .where(Advisory.occurred_on.between(period.start, period.end), Advisory.status != AdvisoryStatus.ANNULLED)
        .group_by(Advisory.advisor_id)
    )
    return dict(session.execute(statement).all())


def _advisories(session: Session, region_id: int, period: Period) -> tuple[int, int]:
    statement: Any = (
        select(func.count(Advisory.id.distinct()), func.count(AdvisoryEntity.entity_id.distinct()))
        .join(AdvisoryEntity, AdvisoryEntity.advisory_id == Advisory.id)
        .where(
            AdvisoryEntity.region_id == region_id, Advisory.status != AdvisoryStatus.ANNULLED,
            Advisory.occurred_on.between(period.start, period.end),
        )
    )  # fmt: skip
    given, entities = session.execute(statement).one()
    return given, entities


def _consents(session: Session, region_id: int, period: Period) -> dict[str, int]:
    statement: Any = (
        select(Consent.decision, func.count())
        .join(WorkPlan, WorkPlan.id == Consent.plan_id)
        .where(WorkPlan.region_id == region_id, Consent.decided_on.between(period.start, period.end))
        .group_by(Consent.decision)
    )
    return dict(session.execute(statement).all())


def _mean(of: as_of.Standing, total: Decimal) -> str:
    return f"{of.mean(total, Decimal('0.1'))} %".replace(".", ",")
