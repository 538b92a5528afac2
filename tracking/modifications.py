"""Changes of a validated protocol: what changed, the template version it made, and which plans take it over."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from forms.words import capital
from forms.words import listed
from tracking import adoption
from tracking import intake
from tracking import lineage
from tracking import products
from tracking import templates
from tracking import trace
from tracking import unfocalised
from tracking.models import MilestoneTemplate
from tracking.models import Modification
from tracking.models import ModificationAdoption
from tracking.models import TemplateMilestone
from tracking.models import WorkPlan


@dataclass(frozen=True, slots=True)
class Weights:
    """What C3 said of the weights of the milestones: whether they are confirmed, and a note."""

    confirmed: bool = True
    note: str = ""


def apply_modification(
    session: Session,
    product_id: int,
    data: Mapping[str, Any],
    *,
    weights: Weights | None = None,
    by: Actor,
    now: datetime,
) -> Modification:
    """Keep a validated modification (form `solicitud_modificacion`) and make it the product's protocol.

    The milestones make a new template version only when they changed; `weights` is what C3 said of theirs.
    Running plans stay as they are until it is decided for each (`decide`). Raises NotFound, Conflict when the product
    ended, InvalidData at the fields of the form.
    """
    product = trace.active_product(session, product_id)
    before, entities = dict(product.protocol), products.entities_of(session, product_id)
    difference = _difference(before, entities, intake.protocol(data))
    changed = sorted(difference)
    template_id, line = _new_version(session, product_id, data.get("milestones") or (), weights, by, now)
    if template_id is not None:
        difference[lineage.KEPT] = line
        changed.append("milestones")
    products.record_protocol(session, product_id, data, by=by, now=now)
    row = Modification(
        product_id=product_id, template_id=template_id, reason=str(data.get("reason") or "").strip(),
        difference=difference, applied_at=now, applied_by=by.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    details = {"modification_id": row.id, "template_id": template_id, "changed": changed}
    summary = "Modificó el protocolo validado."
    trace.record(session, product, "product.modified", summary, by=by, now=now, details=details, reason=row.reason)
    return row


def adopting(session: Session, modification_id: int, *, choice: str, entities: Collection[int] = ()) -> dict[int, bool]:
    """Which running plans adopt a modification (plan id → whether): `all`, `none`, or those of the `chosen` entities.

    Plans of entities that are out of the focalisation are not asked: they go on as they are until it is decided to
    end or keep them (docs/adr/0009). Nothing is done yet: `decide` does it, plan by plan. Raises NotFound, InvalidData
    (`adoption`, `entities`).
    """
    plans, _ = reached(session, get(session, modification_id))
    chosen = _adopting(plans, choice, set(entities))
    return {plan.id: plan.id in chosen for plan in plans}


def reached(session: Session, modification: Modification) -> tuple[list[WorkPlan], list[WorkPlan]]:
    """The running plans that may adopt a modification, and those that may not: their entity is out.

    Out is what this modification took out, and what an earlier one did while nobody decided to keep the plan. Plans
    that were opened after it was applied were born with it (`followed`): there is nothing to decide.
    """
    running = select(WorkPlan).where(
        WorkPlan.product_id == modification.product_id, WorkPlan.status.in_(trace.RUNNING),
        WorkPlan.opened_at <= modification.applied_at,
    )  # fmt: skip
    plans = list(session.scalars(running.order_by(WorkPlan.id)))
    moved = modification.difference.get("entities") or {}
    out = set(moved.get("before") or ()) - set(moved.get("after") or ())
    waiting = {plan.id for plan in session.scalars(running.where(unfocalised.undecided()))}
    apart = [plan for plan in plans if plan.entity_id in out or plan.id in waiting]
    return [plan for plan in plans if plan not in apart], apart


def decide(
    session: Session, modification_id: int, plan_id: int, *, adopts: bool, reason: str = "", by: Actor, now: datetime
) -> bool:
    """Keep whether a plan adopts a modification, and bring its milestones to it when it does.

    Doing it twice changes nothing. A plan that took over a later modification stays with that one. Returns False for a
    plan that ended meanwhile, which is left as it is. Raises NotFound.
    """
    modification, plan = get(session, modification_id), trace.plan(session, plan_id)
    if session.get(ModificationAdoption, (modification_id, plan_id)) is not None:
        return True
    if plan.status not in trace.RUNNING:
        return False
    changed: list[str] = []
    if adopts and modification.template_id is not None and not _took_later(session, modification_id, plan_id):
        changed = adoption.adopt(session, plan, modification.template_id, by=by, now=now).words()
    session.add(
        ModificationAdoption(
            modification_id=modification_id, plan_id=plan_id, adopted=adopts, reason=reason, decided_at=now,
            decided_by=by.person_id,
        )
    )  # fmt: skip
    summary = "Adoptó la modificación del protocolo." if adopts else "Sigue con el protocolo anterior."
    if changed:
        summary = f"{summary} {capital(listed(changed))}."
    trace.record(session, plan, "plan.modification_decided", summary, by=by, now=now, reason=reason,
                 details={"modification_id": modification_id, "adopted": adopts})  # fmt: skip
    session.flush()
    return True


def changes_milestones(session: Session, product_id: int, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether `rows` say other milestones, or other weights, than those in force."""
    current = templates.latest(session, product_id)
    return bool(rows) and (current is None or _changes(session, current, rows))


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


def _took_later(session: Session, modification_id: int, plan_id: int) -> bool:
    later = select(ModificationAdoption.plan_id).where(
        ModificationAdoption.plan_id == plan_id,
        ModificationAdoption.modification_id > modification_id,
        ModificationAdoption.adopted,
    )
    return session.scalar(later.limit(1)) is not None


def _adopting(plans: Sequence[WorkPlan], choice: str, entities: set[int]) -> set[int]:
    if choice == "all":
        return {plan.id for plan in plans}
    if choice == "none":
        return set()
    if choice != "chosen":
        raise InvalidData({"adoption": ["Diga qué planes adoptan la modificación."]})
    if entities - {plan.entity_id for plan in plans}:
        raise InvalidData({"entities": ["Elija solo entidades focalizadas con plan de trabajo en curso."]})
    return {plan.id for plan in plans if plan.entity_id in entities}


def _new_version(
    session: Session, product_id: int, rows: Sequence[Mapping[str, Any]], weights: Weights | None, by: Actor,
    now: datetime,
) -> tuple[int | None, dict[str, int]]:  # fmt: skip
    """The next version of the milestones, None when they did not change, and with what each of them goes on."""
    current = templates.latest(session, product_id)
    if not rows or (current is not None and not _changes(session, current, rows)):
        return None, {}
    before = templates.milestones_of(session, current.id) if current is not None else []
    said = weights or (Weights(current.confirmed, current.note) if current is not None else Weights())
    made = templates.parameterise(session, product_id, rows, confirmed=said.confirmed, note=said.note, by=by, now=now)
    pairs = zip(templates.milestones_of(session, made.id), lineage.parents(before, rows), strict=True)
    return made.id, {str(row.id): one.id for row, one in pairs if one is not None}


def _changes(session: Session, current: MilestoneTemplate, rows: Sequence[Mapping[str, Any]]) -> bool:
    asked = [_comparable(row) for row in templates.read(rows, known=templates.groups_of(session, current))]
    before = templates.milestones_of(session, current.id)
    same_line = lineage.parents(before, rows) == before
    return not same_line or asked != [_comparable(row) for row in before]


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
