"""Modification of a validated protocol: the reason, what changes, C2 on the difference, who adopts it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from engine.context import Context
from forms.difference import difference
from tracking import life
from tracking import modifications
from tracking import products
from tracking import templates
from tracking import work_plans
from workflows.forms import FORMS

REQUEST = "Activity_SolicitarModificacion"
ADOPTION = "Activity_DecidirAdopcion"
PROTOCOL = "Activity_DiligenciarProtocolo"


def protocol_in_force(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The protocol as it was last validated, with the reason that opened the modification."""
    validated = modifications.protocol_in_force(session, context.ref("product_id")) or context.answers(PROTOCOL)
    return {**validated, "desist": False, "reason": context.reason(life.MODIFICATION)}


def apply_modification(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Put the validated modification in force: protocol, entities, and a new version of the milestones."""
    product_id = context.ref("product_id")
    request = context.answers(REQUEST)
    before = modifications.protocol_in_force(session, product_id) or context.answers(PROTOCOL)
    products.record_protocol(session, product_id, request, by=by, now=now)
    note = f"Modificación del protocolo: {request['reason']}"
    template = templates.parameterise(session, product_id, request["milestones"], note=note, by=by, now=now)
    modifications.apply(
        session,
        product_id,
        template_id=template.id,
        instance_id=context.instance.id,
        reason=request["reason"],
        difference=[change.as_json() for change in difference(FORMS["protocolo"], before, request)],
        protocol=request,
        by=by,
        now=now,
    )


def record_adoption(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Running plans adopt the modification or stay with what they had."""
    answers = context.answers(ADOPTION)
    product_id = context.ref("product_id")
    chosen = {int(entity_id) for entity_id in answers.get("entities", ())}
    modification = modifications.latest(session, product_id)
    for plan_id in work_plans.running(session, product_id):
        plan = work_plans.get(session, plan_id)
        adopts = answers["adoption"] == "all" or (answers["adoption"] == "chosen" and plan.entity_id in chosen)
        modifications.adopt(
            session, modification.id, plan_id, adopted=adopts, reason=str(answers.get("adoption_reason") or ""),
            by=by, now=now,
        )  # fmt: skip


HANDLERS = {
    "tracking.apply_modification": apply_modification,
    "tracking.record_adoption": record_adoption,
}
PREFILLS = {"protocol_in_force": protocol_in_force}
