"""Modification of a validated protocol: the reason, what changes, C2 on the difference, who adopts it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.errors import InvalidData
from engine import submissions
from engine.context import Context
from tracking import life
from tracking import modifications
from tracking import work_plans
from workflows import activacion

REQUEST = "Activity_SolicitarModificacion"
ADOPTION = "Activity_DecidirAdopcion"
PROTOCOL = "Activity_DiligenciarProtocolo"


def modification_request(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The request that was returned, or else the protocol in force with the reason that opened the modification."""
    if context.variables["verdict"] == "returned":
        return context.answers(REQUEST)
    applied = modifications.of_product(session, context.ref("product_id"))
    validated = (
        submissions.latest(session, context.instance.id, REQUEST, until=applied[-1].applied_at) if applied else None
    )
    answers = validated.data if validated is not None else context.answers(PROTOCOL)
    return {**answers, "desist": False, "reason": context.reason(life.MODIFICATION), "changes": []}


def demand_running_plans(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """Only plans that run can adopt a modification."""
    running = _running_entities(session, context)
    if data.get("adoption") == "chosen" and set(data.get("entities", ())) - running:
        raise InvalidData({"entities": ["Elija sólo entidades con plan de trabajo en curso."]})


def _running_entities(session: Session, context: Context) -> set[int]:
    plans = work_plans.running(session, context.ref("product_id"))
    return {work_plans.get(session, plan_id).entity_id for plan_id in plans}


def apply_modification(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Put the validated modification in force: protocol, entities, and milestones where they changed.

    A modification that was open when the product closed runs to its end, but there is nothing left to change.
    """
    if context.variables["product_closed"]:
        return
    product_id = context.ref("product_id")
    modifications.apply_modification(session, product_id, context.answers(REQUEST), by=by, now=now)
    vigencia = work_plans.latest_vigencia(session, product_id)
    if vigencia is not None:  # entities that came in get their plan; those that have one keep it
        activacion.begin_plans(session, product_id, vigencia, by=by, now=now)


def record_adoption(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Running plans adopt the modification or stay with what they had."""
    if context.variables["product_closed"]:
        return
    answers = context.answers(ADOPTION)
    modification = modifications.of_product(session, context.ref("product_id"))[-1]
    modifications.record_adoption(
        session,
        modification.id,
        adoption=answers["adoption"],
        entities=set(answers.get("entities", ())) & _running_entities(session, context),
        reason=str(answers.get("adoption_reason") or ""),
        by=by,
        now=now,
    )


HANDLERS = {
    "tracking.apply_modification": apply_modification,
    "tracking.record_adoption": record_adoption,
}
CHECKS = {"adopcion_modificacion": demand_running_plans}
PREFILLS = {"modification_request": modification_request}
