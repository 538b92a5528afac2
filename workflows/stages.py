"""Entering a stage of the life cycle."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from engine.context import Context
from engine.registry import Handler
from tracking import products
from tracking.models import ProductStage


def enter(stage: ProductStage) -> Handler:
    """A handler that moves the product to `stage`."""

    def handler(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
        products.enter_stage(session, context.ref("product_id"), stage, by=by, now=now)

    return handler
