"""Stage 1, pre-design: the product gets its name, its ficha and the DER's feedback (C1, which approves nothing)."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.clock import local_date
from engine.context import Context
from engine.demands import END
from engine.demands import Mandatory
from engine.registry import Hint
from forms.words import long_date
from tracking import products
from tracking import similar
from tracking.models import ProductStage
from workflows import stages


def name_product(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Give the product the name of step 1."""
    products.rename(
        session, context.ref("product_id"), context.answers("Activity_NombrarProducto")["name"], by=by, now=now
    )


def record_predesign(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep what the last round of the ficha says."""
    ficha = context.answers("Activity_ElaborarFicha")
    products.record_predesign(session, context.ref("product_id"), ficha, by=by, now=now)


def product_name(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The name under which the product was created: whoever created it need not type it again."""
    return {"name": products.get(session, context.ref("product_id")).name}


def similar_products(session: Session, context: Context, data: Mapping[str, Any]) -> Sequence[Hint]:
    """Products that resemble the one being named, so that nobody offers the same twice (sources: oferta dispersa)."""
    found = similar.similar_products(
        session,
        str(data.get("name") or ""),
        [str(text) for text in data.get("problems") or ()],
        exclude_id=context.ref("product_id"),
    )
    return [
        Hint(
            "name",
            f"Se parece a {match.product.code} «{match.product.name}». {' '.join(match.reasons)}",
            f"/productos/{match.product.code}",
        )
        for match in found
    ]


def doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """Feedback given before there was a ficha is a day, or a year, that was typed wrong: it is confirmed first."""
    ficha = context.submission("Activity_ElaborarFicha")
    try:
        given = date.fromisoformat(str(data.get("date") or ""))
    except ValueError:
        return []  # a draft may lack it, or hold anything
    if ficha is None or given >= (sent := local_date(ficha.at)):
        return []
    before = f"antes de que se enviara la ficha (el {long_date(sent.isoformat())})"
    return [f"La retroalimentación se dio el {long_date(given.isoformat())}, {before}"]


MANDATORY = (
    Mandatory("prediseno", "gate:C1", (END, "tracking.record_predesign"), roles=("der_reviewer",), apart=True),
)
HANDLERS = {
    "tracking.enter_stage_predesign": stages.enter(ProductStage.PREDESIGN),
    "tracking.name_product": name_product,
    "tracking.record_predesign": record_predesign,
}

DOUBTS = {"retroalimentacion_ficha": doubts}
PREFILLS = {"product_name": product_name}
HINTS = {"nombre_producto": similar_products, "problema": similar_products, "ficha_prediseno": similar_products}
