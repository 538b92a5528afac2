"""Changes of a validated protocol: what changed, the template version it made, and which plans take it over."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from tracking import intake
from tracking import products
from tracking import rollup
from tracking import templates
from tracking import trace
from tracking import work_plans
from tracking.milestone_acts import Details
from tracking.milestone_acts import apply
from tracking.models import MilestoneAct
from tracking.models import Modification
from tracking.models import ModificationAdoption
from tracking.models import PlanMilestone
from tracking.models import TemplateMilestone
from tracking.models import WorkPlan


def apply_modification(
    session: Session, product_id: int, data: Mapping[str, Any], *, by: Actor, now: datetime
) -> Modification:
    """Keep a validated modification (form `solicitud_modificacion`) and make it the product's protocol.

    The milestones make a new template version only when they changed. Running plans stay as they are until
    `record_adoption`. Raises NotFound, Conflict when the product ended, InvalidData at the fields of the form.
    """
    product = trace.active_product(session, product_id)
    before, entities = dict(product.protocol), products.entities_of(session, product_id)
    difference = _difference(before, entities, intake.protocol(data))
    template_id = _new_version(session, product_id, data.get("milestones") or (), by, now)
    products.record_protocol(session, product_id, data, by=by, now=now)
    row = Modification(
        product_id=product_id, template_id=template_id, reason=str(data.get("reason") or "").strip(),
        difference=difference, applied_at=now, applied_by=by.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    details = {"modification_id": row.id, "template_id": template_id, "changed": sorted(difference)}
    summary = "Modificó el protocolo validado."
    trace.record(session, product, "product.modified", summary, by=by, now=now, details=details, reason=row.reason)
    return row


def record_adoption(
    session: Session, modification_id: int, *, adoption: str, entities: Collection[int] = (), reason: str = "",
    by: Actor, now: datetime,
) -> list[int]:  # fmt: skip
    """Keep which running plans adopt a modification: `all`, `none`, or those of the `chosen` entities.

    Returns the ids of the plans that adopt it. Raises NotFound, InvalidData (`adoption`, `entities`).
    """
    modification = get(session, modification_id)
    plan_ids = work_plans.running(session, modification.product_id)
    plans = [trace.running_plan(session, plan_id) for plan_id in plan_ids]
    adopting = _adopting(plans, adoption, set(entities))
    for plan in plans:
        adopts = plan.id in adopting
        session.merge(
            ModificationAdoption(
                modification_id=modification_id,
                plan_id=plan.id,
                adopted=adopts,
                reason=reason,
                decided_at=now,
                decided_by=by.person_id,
            )
        )
        if adopts and modification.template_id is not None:
            adopt(session, plan, modification.template_id, by=by, now=now)
        summary = "Adoptó la modificación del protocolo." if adopts else "Sigue con el protocolo anterior."
        trace.record(session, plan, "plan.modification_decided", summary, by=by, now=now, reason=reason,
                     details={"modification_id": modification_id, "adopted": adopts})  # fmt: skip
    session.flush()
    return sorted(adopting)


def adopt(session: Session, plan: WorkPlan, template_id: int, *, by: Actor, now: datetime) -> None:
    """Bring the milestones of a locked plan to another template version, matched by number.

    What was adapted to the entity and what was done stays; milestones that are gone are retired, never erased.
    """
    old = {row.id: row for row in templates.milestones_of(session, plan.template_id)} if plan.template_id else {}
    statement = select(PlanMilestone).where(PlanMilestone.plan_id == plan.id)
    present = {row.number: row for row in session.scalars(statement)}
    wanted = {row.number: row for row in templates.milestones_of(session, template_id)}
    for number, target in wanted.items():
        milestone = present.get(number)
        if milestone is None:
            session.add(PlanMilestone(**work_plans.milestone_values(plan.id, target)))
            continue
        _take_over(milestone, old.get(milestone.template_milestone_id), target)
        if milestone.retired_at is not None:
            apply(session, plan, milestone, MilestoneAct.RESTORED, Details(), by=by, now=now)
    for number, milestone in present.items():
        if number not in wanted and milestone.retired_at is None:
            apply(session, plan, milestone, MilestoneAct.RETIRED, Details(), by=by, now=now)
    plan.template_id = template_id
    rollup.refresh(session, plan)


def get(session: Session, modification_id: int) -> Modification:
    """The modification with this id. Raises NotFound."""
    row = session.get(Modification, modification_id)
    if row is None:
        raise NotFound("la modificación", modification_id)
    return row


def of_product(session: Session, product_id: int) -> list[Modification]:
    """The modifications of a product, oldest first."""
    statement = select(Modification).where(Modification.product_id == product_id)
    return list(session.scalars(statement.order_by(Modification.id)))


def _take_over(milestone: PlanMilestone, old: TemplateMilestone | None, new: TemplateMilestone) -> None:
    milestone.template_milestone_id, milestone.weight, milestone.position = new.id, new.total_weight, new.position
    # What says the same as the old template was not adapted to the entity, so it follows the new one.
    if old is None or milestone.name == old.name:
        milestone.name = new.name
    if old is None or milestone.target == old.target:
        milestone.target = new.target
    if old is None or milestone.planned_on == old.deadline:
        milestone.planned_on = new.deadline


def _adopting(plans: Sequence[WorkPlan], adoption: str, entities: set[int]) -> set[int]:
    if adoption == "all":
        return {plan.id for plan in plans}
    if adoption == "none":
        return set()
    if adoption != "chosen":
        raise InvalidData({"adoption": ["Diga qué planes adoptan la modificación."]})
    if entities - {plan.entity_id for plan in plans}:
        raise InvalidData({"entities": ["Elija solo entidades con plan de trabajo en curso."]})
    return {plan.id for plan in plans if plan.entity_id in entities}


def _new_version(
    session: Session, product_id: int, rows: Sequence[Mapping[str, Any]], by: Actor, now: datetime
) -> int | None:
    current = templates.latest(session, product_id)
    if not rows:
        return None
    if current is not None:
        asked = [_comparable(row) for row in templates.read(rows)]
        if asked == [_comparable(row) for row in templates.milestones_of(session, current.id)]:
            return None
    confirmed, note = (current.confirmed, current.note) if current is not None else (True, "")
    return templates.parameterise(session, product_id, rows, confirmed=confirmed, note=note, by=by, now=now).id


def _comparable(row: TemplateMilestone) -> tuple[Any, ...]:
    return (row.number, row.position, row.name, row.moment, row.group_name, row.group_weight, row.weight, row.target,
            row.deadline)  # fmt: skip


def _difference(before: Mapping[str, Any], entities: Sequence[int], after: intake.Protocol) -> dict[str, Any]:
    changed = {
        name: {"before": before.get(name), "after": after.kept.get(name)}
        for name in sorted(before.keys() | after.kept.keys())
        if before.get(name) != after.kept.get(name)
    }
    if set(entities) != set(after.entities):
        changed["entities"] = {"before": sorted(entities), "after": sorted(after.entities)}
    return changed
