"""The life of a product: prediseño → diseño → activación → seguimiento, with communications beside it."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from engine.context import Context
from engine.registry import Process
from tracking import life
from tracking import products
from workflows import activacion
from workflows import diagrams
from workflows import diseno
from workflows import modificacion_protocolo
from workflows import prediseno
from workflows import retiro
from workflows import seguimiento

_CALLED = ("prediseno", "diseno", "activacion", "seguimiento", "comunicaciones", "modificacion_protocolo")


def withdraw_product(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """End the product, and begin the orderly end of its work plans."""
    product = products.withdraw(session, context.ref("product_id"), context.reason(life.WITHDRAWAL), by=by, now=now)
    retiro.begin(session, product, by=by, now=now)


PROCESS = Process(
    key=life.PRODUCT_LIFE,
    title="Ciclo de vida del producto o servicio de ATT",
    files=diagrams.files(life.PRODUCT_LIFE, *_CALLED),
    forms=diagrams.forms(*_CALLED),
    handlers={
        **prediseno.HANDLERS,
        **diseno.HANDLERS,
        **activacion.HANDLERS,
        **seguimiento.HANDLERS,
        **modificacion_protocolo.HANDLERS,
        "tracking.withdraw_product": withdraw_product,
    },
    prefills={**diseno.PREFILLS, **modificacion_protocolo.PREFILLS},
    hints={**prediseno.HINTS, **diseno.HINTS},
    checks={**activacion.CHECKS, **diseno.CHECKS, **modificacion_protocolo.CHECKS},
)
