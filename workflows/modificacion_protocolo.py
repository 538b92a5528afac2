"""Modification of a validated protocol: the reason, what changes, C2 on the difference, who adopts it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from engine import submissions
from engine.context import Context
from tracking import life
from tracking import modifications

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


def apply_modification(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Put the validated modification in force: protocol, entities, and milestones where they changed.

    A modification that was open when the product closed runs to its end, but there is nothing left to change.
    """
    if context.variables["product_closed"]:
        return
    modifications.apply_modification(session, context.ref("product_id"), context.answers(REQUEST), by=by, now=now)


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
        entities=answers.get("entities", ()),
        reason=str(answers.get("adoption_reason") or ""),
        by=by,
        now=now,
    )


HANDLERS = {
    "tracking.apply_modification": apply_modification,
    "tracking.record_adoption": record_adoption,
}
PREFILLS = {"modification_request": modification_request}
