"""The acts by which people set a case going or turn it: they find the process behind a product, plan or strategy.

Which process that is stands here alone, as a key; what it does is drawn and bound above this room.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from db.errors import Conflict
from directory import access
from directory import entities
from directory import units
from directory.principal import Principal
from engine import instances
from engine.instances import Links
from engine.instances import Stepped
from engine.models import InstanceStatus
from tracking import consent
from tracking import corrective_actions
from tracking import execution
from tracking import following
from tracking import products
from tracking import strategies
from tracking import support
from tracking import trace
from tracking import work_plans
from tracking.models import ActionStatus
from tracking.models import Consent
from tracking.models import Product
from tracking.models import Strategy
from tracking.models import SupportRequest
from tracking.models import WorkPlan

PRODUCT_LIFE = "ciclo_de_vida"
STRATEGY_GOVERNANCE = "gobernanza"
PROCEDURE = "procedimiento_att"
CORRECTIVE_ACTION = "accion_correctiva"
EXPERT_SUPPORT = "apoyo_experto"

WITHDRAWAL = "retiro_solicitado"
MODIFICATION = "modificacion_solicitada"
CONSENT_WITHDRAWAL = "consentimiento_retirado"
CONSENT_GIVING = "consentimiento_otorgado"
SUPPORT_WITHDRAWAL = "retiro_de_apoyo"


def start_product(
    session: Session,
    *,
    name: str,
    unit_id: int,
    lead_id: int,
    strategy_id: int | None = None,
    by: Principal,
    now: datetime,
) -> Product:
    """Create a product and start its life cycle: its lead finds the first step in the inbox.

    Raises what `products.create` raises, and InvalidData: `unit_id` when it was retired, `lead_id` for somebody who
    leads nothing in that unit, as the first step would wait for whom may not do it.
    """
    access.demand(by, "product.create", access.Subject(unit_id=unit_id))
    products.demand_lead(session, lead_id, units.demand_in_use(session, unit_id), now=now)
    product = products.create(
        session, name=name, unit_id=unit_id, lead_id=lead_id, strategy_id=strategy_id, by=by, now=now
    )
    actor = access.demand(by, "product.create", access.Subject(unit_id=unit_id))
    links = Links(title=product.name, unit_id=unit_id, people={"lead": lead_id}, refs={"product_id": product.id})
    instance = instances.start(session, PRODUCT_LIFE, product.code, links=links, by=actor, now=now)
    product.instance_id = instance.id
    session.flush()
    return product


def start_strategy(
    session: Session,
    *,
    name: str,
    objective: str,
    unit_id: int,
    lead_id: int,
    by: Principal,
    now: datetime,
) -> Strategy:
    """Create a strategy and start the definition of its governance.

    Raises what `strategies.create` raises, and InvalidData: `unit_id` for one that was retired, `lead_id` for somebody
    who leads nothing in that unit.
    """
    access.demand(by, "strategy.create", access.Subject(unit_id=unit_id))
    products.demand_lead(session, lead_id, units.demand_in_use(session, unit_id), now=now)
    strategy = strategies.create(
        session, name=name, objective=objective, unit_id=unit_id, lead_id=lead_id, by=by, now=now
    )
    actor = access.demand(by, "strategy.create", access.Subject(unit_id=unit_id))
    links = Links(title=name, unit_id=unit_id, people={"lead": lead_id}, refs={"strategy_id": strategy.id})
    instance = instances.start(session, STRATEGY_GOVERNANCE, f"E-{strategy.id}", links=links, by=actor, now=now)
    strategy.instance_id = instance.id
    session.flush()
    return strategy


def plan_links(session: Session, plan: WorkPlan, product: Product) -> Links:
    """What the procedure of a work plan is about."""
    entity = entities.get(session, plan.entity_id)
    people = {"lead": product.lead_id}
    if plan.advisor_id is not None:
        people["advisor"] = plan.advisor_id
    return Links(
        title=f"{entity.name} · {product.name}",
        unit_id=plan.unit_id,
        entity_id=plan.entity_id,
        region_id=plan.region_id,
        people=people,
        refs={"product_id": product.id, "plan_id": plan.id},
    )


def plan_key(product: Product, plan: WorkPlan) -> str:
    """The business key of a plan's procedure: product, entity and vigencia."""
    return f"{product.code}/{plan.entity_id}/{plan.vigencia}"


def withdraw_product(session: Session, product_id: int, reason: str, *, by: Principal, now: datetime) -> Stepped:
    """Ask for the orderly early end of a product (*producto retirado*).

    The process ends its open tasks and, step by step, its work plans. Raises NotFound, NotAllowed, InvalidData
    (`reason`), and Conflict when the product ended already.
    """
    product = _held(session, product_id)
    actor = access.demand(by, "product.withdraw", products.subject(product))
    reason = trace.reasoned(reason, "Escriba por qué se retira el producto.")
    return instances.send(session, _instance_of(product), WITHDRAWAL, reason=reason, by=actor, now=now)


def request_modification(session: Session, product_id: int, reason: str, *, by: Principal, now: datetime) -> Stepped:
    """Open the modification of a validated protocol: its lead gets the form in the inbox.

    Raises NotFound, NotAllowed, InvalidData (`reason`), and Conflict when the protocol is not validated yet or
    another modification is open.
    """
    product = _held(session, product_id)
    actor = access.demand(by, "product.modify", products.subject(product))
    reason = trace.reasoned(reason, "Escriba por qué se modifica el protocolo.")
    instance_id = _instance_of(product)
    if MODIFICATION not in instances.accepts(session, instance_id):
        raise Conflict(
            "El protocolo se puede modificar desde que el diseño termina y mientras no haya otra modificación abierta.",
            code="not-modifiable",
        )
    return instances.send(
        session, instance_id, MODIFICATION, reason=reason, by=actor, now=now, variables={"verdict": ""}
    )  # no review of an earlier one has sent this one back


def withdraw_consent(
    session: Session,
    plan_id: int,
    *,
    name: str,
    post: str,
    date: date,
    evidence_files: Sequence[str] = (),
    reason: str,
    by: Principal,
    now: datetime,
) -> Consent:
    """Record that an entity takes back its consent: monitoring ends there and then, execution goes on.

    Raises what `consent.withdraw` raises.
    """
    held = work_plans.get(session, plan_id)
    if held.instance_id is not None:
        instances.hold(session, held.instance_id)
    row = consent.withdraw(
        session, plan_id, name=name, post=post, date=date, evidence_files=evidence_files, reason=reason, by=by, now=now
    )
    plan = trace.running_plan(session, plan_id)
    if plan.instance_id is not None and CONSENT_WITHDRAWAL in instances.accepts(session, plan.instance_id):
        actor = access.demand(by, "consent.withdraw", trace.scope_of_plan(session, plan))
        instances.send(session, plan.instance_id, CONSENT_WITHDRAWAL, reason=reason, by=actor, now=now)
    return row


def give_consent(
    session: Session,
    plan_id: int,
    *,
    name: str,
    post: str,
    date: date,
    evidence_files: Sequence[str] = (),
    by: Principal,
    now: datetime,
) -> Consent:
    """Record that an entity that had said no agrees to be followed up: monitoring begins, execution goes on.

    Raises what `consent.give` and `demand_consent_awaited` raise.
    """
    held = work_plans.get(session, plan_id)
    if held.instance_id is not None:
        instances.hold(session, held.instance_id)
    row = consent.give(session, plan_id, name=name, post=post, date=date, evidence_files=evidence_files, by=by, now=now)
    plan = trace.running_plan(session, plan_id)
    actor = access.demand(by, "consent.give", trace.scope_of_plan(session, plan))
    instance_id = demand_consent_awaited(session, plan)
    instances.send(session, instance_id, CONSENT_GIVING, reason="", by=actor, now=now)
    return row


def demand_consent_awaited(session: Session, plan: WorkPlan) -> int:
    """The procedure of `plan`, which waits for the entity to say yes after all.

    Raises Conflict: `execution_closed` when the assistance is not under way, `older_procedure` when the plan follows
    a version of the procedure that does not wait for a later consent.
    """
    if not execution.is_open(session, plan) or plan.instance_id is None:
        raise Conflict(
            "Un consentimiento posterior solo se registra mientras el paso 4 del procedimiento, «Ejecutar la "
            "asistencia técnica», esté abierto: sin él no queda asistencia que seguir.",
            code="execution_closed",
        )
    if CONSENT_GIVING not in instances.accepts(session, plan.instance_id):
        raise Conflict(
            "Este plan empezó con una versión anterior del procedimiento, que no prevé un consentimiento posterior.",
            code="older_procedure",
        )
    return plan.instance_id


def ask_support(session: Session, plan_id: int, *, by: Principal, now: datetime) -> SupportRequest:
    """Begin to ask for the support of a thematic expert: whoever asks finds the form in the inbox.

    A request that they had begun there and not sent is the one they get. Raises NotFound, NotAllowed, and Conflict
    when the plan ended or its procedure has not begun.
    """
    held = work_plans.get(session, plan_id)
    if held.instance_id is not None:
        instances.hold(session, held.instance_id)
    plan, actor = trace.turning(session, plan_id, by, "support.ask")
    asker_id = actor.on_behalf_of or by.person_id
    begun = support.preparing(session, plan_id, asker_id)
    return begun or _begin_support(session, plan, asker_id, actor, now)


def _begin_support(session: Session, plan: WorkPlan, asker_id: int, by: Actor, now: datetime) -> SupportRequest:
    row = support.begin(session, plan.id, asker_id=asker_id, by=by, now=now)
    whole = plan_links(session, plan, products.get(session, plan.product_id))
    links = replace(
        whole,
        title=f"Apoyo experto: {whole.title}",
        people={"asker": asker_id},
        refs={**whole.refs, "support_id": row.id},
    )
    row.instance_id = instances.start(session, EXPERT_SUPPORT, f"AE-{row.id}", links=links, by=by, now=now).id
    session.flush()
    return row


def withdraw_support(session: Session, request_id: int, reason: str, *, by: Principal, now: datetime) -> Stepped:
    """Ask for the orderly end of a request that waits for its expert, by whoever asked: the expert's task goes away.

    Raises NotFound, InvalidData (`reason`), and what `demand_withdrawable` raises.
    """
    row = support.get(session, request_id)
    actor = access.demand(by, "support.ask", trace.scope_of_plan(session, work_plans.get(session, row.plan_id)))
    if row.instance_id is not None:
        instances.hold(session, row.instance_id)
    session.refresh(row)
    instance_id = demand_withdrawable(session, row, by)
    reason = trace.reasoned(reason, "Escriba por qué retira la solicitud.")
    return instances.send(session, instance_id, SUPPORT_WITHDRAWAL, reason=reason, by=actor, now=now)


def demand_withdrawable(session: Session, row: SupportRequest, by: Principal) -> int:
    """The process of a request that waits for its expert, which `by` asked for.

    Raises what `support.demand_withdrawable` raises, and Conflict (`older_process`).
    """
    support.demand_withdrawable(row, by)
    if row.instance_id is None or SUPPORT_WITHDRAWAL not in instances.accepts(session, row.instance_id):
        raise Conflict(
            "Esta solicitud empezó con una versión anterior de su proceso, que no prevé retirarla.",
            code="older_process",
        )
    return row.instance_id


def end_supports(session: Session, plan_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """End the requests for experts that a plan leaves behind. Their cases are locked first, in order, then the plan."""
    opened = support.open_of(session, plan_id)
    for row in opened:
        if row.instance_id is not None:
            instances.hold(session, row.instance_id)
    for row in support.open_of(session, plan_id):  # as they stand once nobody moves them
        _end_case(session, row.instance_id, reason, by, now)
        support.end(session, row.id, reason, by=by, now=now)


def cancel_plan(session: Session, plan_id: int, reason: str, *, by: Principal, now: datetime) -> WorkPlan:
    """End one work plan before its time, with its procedure, its corrective actions and its requests for experts.

    Raises NotFound, NotAllowed, InvalidData (`reason`), and Conflict when the plan ended already.
    """
    plan = work_plans.get(session, plan_id)
    actor = access.demand(by, "plan.cancel", trace.scope_of_plan(session, plan))
    reason = trace.reasoned(reason, "Escriba por qué se cancela el plan.")
    end_plan(session, plan_id, reason, by=actor, now=now)
    return plan


def end_plan(session: Session, plan_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """End a running plan early, and whatever still waits for somebody because of it."""
    following.hold_cases(session, [plan_id])
    plan = work_plans.get(session, plan_id)
    end_supports(session, plan_id, reason, by=by, now=now)
    for action in corrective_actions.of_plan(session, plan_id):
        if action.status == ActionStatus.OPEN:
            _end_case(session, action.instance_id, reason, by, now)
            corrective_actions.close(session, action.id, note=reason, by=by, now=now)
    _end_case(session, plan.instance_id, reason, by, now)
    work_plans.cancel(session, plan_id, reason, by=by, now=now)


def _end_case(session: Session, instance_id: int | None, reason: str, by: Actor, now: datetime) -> None:
    if instance_id is not None and instances.get(session, instance_id).status == InstanceStatus.OPEN:
        instances.cancel(session, instance_id, reason, by=by, now=now)


def _held(session: Session, product_id: int) -> Product:
    """The product, locked after its process: services lock in this order too, so that nobody waits in a ring."""
    product = products.get(session, product_id)
    if product.instance_id is not None:
        instances.hold(session, product.instance_id)
    return trace.active_product(session, product_id)


def _instance_of(product: Product) -> int:
    if product.instance_id is None:
        raise Conflict(f"«{product.name}» no tiene un ciclo de vida en curso.", code="no-life")
    return product.instance_id
