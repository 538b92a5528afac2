"""The life of a product: prediseño → diseño → activación → seguimiento, with communications beside it."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from engine.context import Context
from engine.demands import END
from engine.demands import Mandatory
from engine.registry import Process
from tracking import life
from tracking import products
from workflows import activacion
from workflows import comunicaciones
from workflows import diagrams
from workflows import diseno
from workflows import modificacion_protocolo
from workflows import prediseno
from workflows import recorded
from workflows import retiro
from workflows import seguimiento
from workflows import sent

STAGES = ("prediseno", "diseno", "activacion", "seguimiento")
_CALLED = (*STAGES, "comunicaciones", "modificacion_protocolo")


def withdraw_product(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """End the product, and begin the orderly end of its work plans."""
    product = products.withdraw(session, context.ref("product_id"), context.reason(life.WITHDRAWAL), by=by, now=now)
    retiro.begin(session, product, by=by, now=now)


PROCESS = Process(
    key=life.PRODUCT_LIFE,
    title="Ciclo de vida del producto o servicio de ATT",
    read_with="product.read",
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
    prefills={
        **prediseno.PREFILLS,
        **diseno.PREFILLS,
        **activacion.PREFILLS,
        **modificacion_protocolo.PREFILLS,
        **seguimiento.PREFILLS,
    },
    hints={**prediseno.HINTS, **diseno.HINTS, **comunicaciones.HINTS},
    checks={**diseno.CHECKS, **activacion.CHECKS, **modificacion_protocolo.CHECKS, **seguimiento.CHECKS},
    doubts={**prediseno.DOUBTS, **activacion.DOUBTS, **comunicaciones.DOUBTS},
    consequences={
        **activacion.CONSEQUENCES,
        **modificacion_protocolo.CONSEQUENCES,
        **seguimiento.CONSEQUENCES,
    },
    sent=sent.BY_FORM,
    elsewhere=recorded.LIFE,
    decided=recorded.DECIDED,
    messages=frozenset({life.WITHDRAWAL, life.MODIFICATION}),
    mandatory=(
        *(Mandatory(life.PRODUCT_LIFE, f"calls:{stage}", (END,)) for stage in STAGES),
        Mandatory("seguimiento", "does:tracking.close_product", (END,)),
        *prediseno.MANDATORY,
        *diseno.MANDATORY,
        *modificacion_protocolo.MANDATORY,
    ),
    supplies={
        "tracking.compare_milestones": {"milestones_changed": frozenset({True, False})},
        "tracking.close_product": {"product_closed": frozenset({True})},
    },
)
