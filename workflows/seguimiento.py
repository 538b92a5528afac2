"""Stage 4, follow-up and evaluation: the product closes with its final report and its lessons."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from engine.context import Context
from tracking import products
from tracking.models import ProductStage
from workflows import monitoring
from workflows import stages


def close_product(session: Session, context: Context, *, by: Actor, now: datetime) -> dict[str, bool]:
    """Close the product; who waits for a modification learns it from `product_closed`."""
    products.close(session, context.ref("product_id"), by=by, now=now)
    return {"product_closed": True}


HANDLERS = {
    "tracking.enter_stage_follow_up": stages.enter(ProductStage.FOLLOW_UP),
    "tracking.close_product": close_product,
}
PREFILLS = {"monitoring_figures": monitoring.figures}
CHECKS = {"monitoreo_360": monitoring.demand_current}
CONSEQUENCES = {"monitoreo_360": monitoring.computed}
