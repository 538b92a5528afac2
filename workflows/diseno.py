"""Stage 2, design: the protocol, its validation (C2), its milestones (C3), its place in the portfolio (C4)."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.errors import InvalidData
from directory import units
from engine.context import Context
from engine.demands import END
from engine.demands import Mandatory
from engine.registry import Hint
from tracking import products
from tracking import similar
from tracking import templates
from tracking.models import ProductStage
from workflows import stages
from workflows import validated_milestones

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
        "provider": _provider(session, product.unit_id),
        "capacity_types": protocol.get("capacity_types", []),
        "entities": protocol.get("entities", []),
    }


def demand_as_validated(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """The sheet shows the name and the entities that were validated: C4 publishes them and changes neither.

    Raises InvalidData (`name`, `entities`).
    """
    product, errors = products.get(session, context.ref("product_id")), {}
    if str(data.get("name") or "").strip() != product.name:
        errors["name"] = [f"El producto se llama «{product.name}»: aquí no cambia de nombre."]
    chosen, validated = set(data.get("entities") or ()), set(products.entities_of(session, product.id))
    if chosen != validated:
        less, more = len(validated - chosen), len(chosen - validated)
        errors["entities"] = [
            f"Deje las {len(validated)} entidades del protocolo validado: faltan {less} y sobran {more}. "
            "Se cambian con una modificación del protocolo."
        ]
    if errors:
        raise InvalidData(errors)


def _provider(session: Session, unit_id: int) -> str:
    """The unit as the public knows it: with the name of the DNP when it belongs to it."""
    chain = units.above(session, unit_id)
    return f"Departamento Nacional de Planeación, {chain[0].name}" if chain[-1].code == "DNP" else chain[0].name


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


MANDATORY = (
    Mandatory("diseno", "gate:C2", (END, "tracking.record_protocol"), roles=("der_reviewer",),
              verdict='verdict == "validated"', apart=True),
    Mandatory("diseno", "gate:C3", (END, "tracking.parameterise_milestones"), roles=("der_monitoring",),
              verdict="trackable == True", apart=True),
    Mandatory("diseno", "gate:C4", (END, "tracking.publish_product"), roles=("der_monitoring",)),
)  # fmt: skip
HANDLERS = {
    "tracking.enter_stage_design": stages.enter(ProductStage.DESIGN),
    "tracking.record_protocol": record_protocol,
    "tracking.parameterise_milestones": parameterise_milestones,
    "tracking.publish_product": publish_product,
}
PREFILLS = {"predesign": predesign_answers, "portfolio_sheet": portfolio_sheet}
CHECKS = {
    "parametrizacion_hitos": validated_milestones.demand_of(PROTOCOL),
    "publicacion_portafolio": demand_as_validated,
}
HINTS = dict.fromkeys(("focalizacion", "protocolo", "solicitud_modificacion"), overlapping_entities)
