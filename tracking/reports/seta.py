"""The monthly SETA report: one per person and month, with a row per plan, and «sin novedad» for those that stood still.

Source: Recomendaciones 2023-2024 (P014) and Gobierno al Plan (2020, P004). That each plan says something or says
«sin novedad» is ours: a plan about which nothing is said cannot be told from one that was forgotten.
"""

from collections.abc import Collection
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory.models import Entity
from directory.principal import Principal
from notifications.periods import Period
from notifications.periods import bounds
from tracking import as_of
from tracking import lineage
from tracking.milestone_acts import stands
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import PlanMilestone
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import Report
from tracking.models import WorkPlan
from tracking.reports import early
from tracking.reports import kinds
from tracking.reports import movement
from tracking.reports import presenting
from tracking.reports import store
from tracking.reports.activities import ACTS

LONGEST = 1000


def rows(session: Session, report: Report) -> list[dict[str, Any]]:
    """The rows of a report: as they were presented, or as they stand now with what was typed."""
    if report.status in store.FROZEN:
        return list(report.content.get("rows", ()))
    period = kinds.period(kinds.kind(report.kind), report.period)
    remarks, quiet = report.content.get("remarks", {}), set(report.content.get("quiet", ()))
    found = _plans(session, report, period)
    given, acts = _advisories(session, found, period), _acts(session, found, period)
    steps = movement.of_plans(session, found, period, report.person_id or 0)
    stood = as_of.of_plans(session, bounds(period)[1], found)
    return [
        _row(plan, entity, product, given.get(plan.id, 0), acts.get(plan.id, []))
        | {"steps": steps.get(plan.id, []), "reported": str(stood[plan.id][0]), "verified": str(stood[plan.id][1])}
        | {"remark": remarks.get(str(plan.id), ""), "quiet": plan.id in quiet}
        for plan, entity, product in found.values()
    ]


def moved(row: Mapping[str, Any]) -> bool:
    """Whether something was registered of a plan in the month."""
    return bool(row["advisories"] or row["milestones"] or row.get("steps"))


def save(
    session: Session, report_id: int, remarks: Mapping[int, str], quiet: Collection[int], *, revision: int,
    by: Principal, now: datetime,
) -> Report:  # fmt: skip
    """Keep what was typed about each plan, without presenting it.

    Raises NotFound, NotAllowed, InvalidData (`remark-7`), and Conflict when it was presented, or somebody else saved.
    """
    row, _ = _writable(session, report_id, by)
    if row.revision != revision:
        raise Conflict("Este reporte se guardó desde otra ventana mientras usted lo escribía.", code="stale")
    long = {f"remark-{key}": [f"Escriba hasta {LONGEST} caracteres."] for key, text in remarks.items()
            if len(text) > LONGEST}  # fmt: skip
    if long:
        raise InvalidData(long)
    kept = {str(key): text.strip() for key, text in remarks.items() if text.strip()}
    row.content = {"remarks": kept, "quiet": sorted(set(quiet))}
    row.revision += 1
    session.flush()
    return row


def all_quiet(session: Session, report_id: int, *, by: Principal, now: datetime) -> int:
    """Say «sin novedad» of every plan that did not move and about which nothing was typed. Returns how many."""
    row, _ = _writable(session, report_id, by)
    fresh = [one["plan_id"] for one in rows(session, row) if not (moved(one) or one["remark"] or one["quiet"])]
    quiet = sorted({*row.content.get("quiet", ()), *fresh})
    row.content = {"remarks": row.content.get("remarks", {}), "quiet": quiet}
    row.revision += 1
    session.flush()
    return len(fresh)


def present(session: Session, report_id: int, *, confirmed: bool = False, by: Principal, now: datetime) -> Report:
    """Freeze the report and record that it was presented; `confirmed` says that a month in course is meant.

    Raises NotFound, NotAllowed, Conflict when it was presented before, and InvalidData at each plan that did not move
    and about which nothing was said, or at `confirmed` when the month has not ended.
    """
    row, actor = _writable(session, report_id, by)
    found = rows(session, row)
    silent = [one for one in found if not (moved(one) or one["remark"] or one["quiet"])]
    if silent:
        said = "Este plan no tuvo movimiento: escriba qué pasó o marque «Sin novedad»."
        raise InvalidData({f"remark-{one['plan_id']}": [f"{one['label']}: {said}"] for one in silent})
    if not confirmed:
        early.demand_confirmed(row, now)
    frozen = [{**one, "quiet": bool(one["quiet"] and not moved(one))} for one in found]
    return presenting.present(session, report_id, {"rows": frozen}, by=actor, now=now)


def _writable(session: Session, report_id: int, by: Principal) -> tuple[Report, Any]:
    row = store.held(session, report_id)
    actor = access.demand(by, "report.prepare", store.subject(row))
    if row.status in store.FROZEN:
        raise Conflict("Este reporte ya se presentó; no admite cambios.", code="presented")
    return row, actor


def of_person(session: Session, person_id: int, period: str) -> Report:
    """The report of a person for a month, once it was begun. Raises NotFound."""
    row = store.find(session, kinds.SETA, person_id, period)
    if row is None:
        raise NotFound("el reporte SETA de", period)
    return row


def _plans(session: Session, report: Report, period: Period) -> dict[int, tuple[WorkPlan, str, str]]:
    """The plans of a person that ran in the month: open ones, and those that ended in it or after it.

    Those that they gave to another, or were given, in the month are in both reports, when they did something there.
    """
    since, until = bounds(period)
    ended = (WorkPlan.closed_at >= since) & WorkPlan.status.in_((PlanStatus.CLOSED, PlanStatus.CANCELLED))
    statement: Any = (
        select(WorkPlan, Entity.name, Product.name)
        .join(Entity, Entity.id == WorkPlan.entity_id)
        .join(Product, Product.id == WorkPlan.product_id)
        .where(
            movement.theirs(report.person_id or 0, period), WorkPlan.opened_at < until,
            or_(WorkPlan.status == PlanStatus.OPEN, ended),
        )
        .order_by(Product.name, Entity.name, WorkPlan.id)
    )  # fmt: skip
    return {plan.id: (plan, entity, product) for plan, entity, product in session.execute(statement)}


def _row(plan: WorkPlan, entity: str, product: str, advisories: int, acts: list[str]) -> dict[str, Any]:
    return {
        "plan_id": plan.id, "label": f"{product} · {entity}", "entity": entity, "product": product,
        "advisories": advisories, "milestones": acts,
    }  # fmt: skip


def _advisories(session: Session, plans: Collection[int], period: Period) -> dict[int, int]:
    statement: Any = (
        select(AdvisoryEntity.plan_id, func.count())
        .join(Advisory, Advisory.id == AdvisoryEntity.advisory_id)
        .where(
            AdvisoryEntity.plan_id.in_(sorted(plans)), Advisory.status != AdvisoryStatus.ANNULLED,
            Advisory.occurred_on.between(period.start, period.end),
        )
        .group_by(AdvisoryEntity.plan_id)
    )  # fmt: skip
    return dict(session.execute(statement).all())


def _acts(session: Session, plans: Collection[int], period: Period) -> dict[int, list[str]]:
    """Plan → what happened to its milestones in the month, in words."""
    since, until = bounds(period)
    statement: Any = (
        select(MilestoneRecord.plan_id, MilestoneRecord.act, lineage.number_said())
        .join(PlanMilestone, PlanMilestone.id == MilestoneRecord.milestone_id)
        .where(
            MilestoneRecord.plan_id.in_(sorted(plans)), MilestoneRecord.act.in_(list(ACTS)),
            MilestoneRecord.at >= since, MilestoneRecord.at < until, stands(),
        )
        .order_by(MilestoneRecord.id)
    )  # fmt: skip
    found: dict[int, list[str]] = {}
    for plan_id, act, number in session.execute(statement):
        words = f"{ACTS[MilestoneAct(act)]} {number}"
        if words not in found.setdefault(plan_id, []):
            found[plan_id].append(words)
    return found
