"""Stage 2, design: the protocol, its validation (C2), its milestones (C3), its place in the portfolio (C4)."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.errors import InvalidData
from directory.models import Unit
from engine.context import Context
from engine.registry import Hint
from tracking import products
from tracking import similar
from tracking import templates
from tracking.models import ProductStage
from workflows import stages

PROTOCOL = "Activity_DiligenciarProtocolo"


def record_protocol(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep what the validated protocol says."""
    products.record_protocol(session, context.ref("product_id"), context.answers(PROTOCOL), by=by, now=now)


def parameterise_milestones(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Fix the milestone template as the DER's monitoring team confirmed it (C3)."""
    answers = context.answers("Activity_ParametrizarHitos")
    templates.parameterise(
        session,
        context.ref("product_id"),
        answers["milestones"],
        confirmed=bool(answers["weights_confirmed"]),
        note=str(answers.get("template_note") or ""),
        by=by,
        now=now,
    )


def demand_reason_for_doubt(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """A template whose weights are not confirmed says why."""
    if data["trackable"] and not data["weights_confirmed"] and not data.get("template_note"):
        raise InvalidData({"template_note": ["Explique por qué los pesos no están confirmados."]})


def publish_product(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Show the product's sheet in the portfolio, or keep why not (C4)."""
    answers = context.answers("Activity_PublicarEnPortafolio")
    products.publish(session, context.ref("product_id"), answers, by=by, now=now)


def predesign_answers(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """What the ficha said: the design begins from its problems."""
    return context.answers("Activity_ElaborarFicha")


def portfolio_sheet(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """A first public sheet from the product and its protocol."""
    product = products.get(session, context.ref("product_id"))
    protocol = context.answers(PROTOCOL)
    return {
        "published": True,
        "name": product.name,
        "summary": "\n".join(protocol.get("capacity_objectives", ())),
        "provider": session.get_one(Unit, product.unit_id).name,
        "capacity_types": protocol.get("capacity_types", []),
        "entities": protocol.get("entities", []),
    }


def overlapping_entities(session: Session, context: Context, data: Mapping[str, Any]) -> Sequence[Hint]:
    """Other products with open plans in the entities being focalised, so that visits are not doubled."""
    entity_ids = [int(entity_id) for entity_id in data.get("entities") or () if str(entity_id).isdecimal()]
    found = similar.overlapping_entities(session, entity_ids, exclude_id=context.ref("product_id"))
    return [
        Hint(
            "entities",
            f"{overlap.product.code} «{overlap.product.name}» ya trabaja en {len(overlap.entity_ids)} de ellas.",
            f"/productos/{overlap.product.code}",
        )
        for overlap in found
    ]


HANDLERS = {
    "tracking.enter_stage_design": stages.enter(ProductStage.DESIGN),
    "tracking.record_protocol": record_protocol,
    "tracking.parameterise_milestones": parameterise_milestones,
    "tracking.publish_product": publish_product,
}
CHECKS = {"parametrizacion_hitos": demand_reason_for_doubt}
PREFILLS = {"predesign": predesign_answers, "portfolio_sheet": portfolio_sheet}
HINTS = {"focalizacion": overlapping_entities, "protocolo": overlapping_entities}
