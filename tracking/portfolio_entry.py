"""What is done with a product's public sheet after C4: published later, corrected, taken down, each with its reason.

C4 itself is a step of the process. What comes after is no step: it waits for nothing and nothing waits for it, it can
happen at any time while the product is active, and it must also be possible for products whose process is of an older
version. So it is an act on the entry of the portfolio, by the role that C4 has (docs/adr/0012).
"""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import history
from db import settings
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import reasons
from directory.principal import Principal
from tracking import products
from tracking import trace
from tracking.models import Product
from tracking.models import ProductStage

ROLE, FIRST_ROLE = "portfolio_publisher_role", "der_monitoring"
PUBLISHED, CORRECTED, TAKEN_DOWN = "product.published_later", "product.sheet_corrected", "product.taken_down"
ASKED = {
    "summary": "Escriba el resumen para el público.",
    "provider": "Escriba quién lo presta.",
    "descriptors": "Elija al menos un descriptor temático.",
}


@dataclass(frozen=True, slots=True)
class Version:
    """A sheet that was public until an act replaced it or took it down."""

    until: datetime
    by: str
    act: str  # in words
    reason: str
    sheet: Mapping[str, Any]


def subject(session: Session) -> access.Subject:
    """Whose act it is: of the role that the setting of C4 names."""
    return access.Subject(role=str(settings.get(session, ROLE, FIRST_ROLE)))


def publish(
    session: Session, product_id: int, data: Mapping[str, Any], *, reason: str, by: Principal, now: datetime
) -> Product:
    """Publish a product that C4 held back or that was taken down, or correct the sheet that is public.

    `data` are the questions of the sheet in the form `publicacion_portafolio`. What was public before stays in history.
    Raises NotFound, NotAllowed, Conflict when the product ended or C4 is still open, InvalidData (`reason`, and each
    question of the sheet that is missing).
    """
    row, actor = _editable(session, product_id, by)
    errors = {name: [text] for name, text in ASKED.items() if not data.get(name)}
    if not reasons.told(reason):
        errors["reason"] = [reasons.wanting(reason, "Escriba el motivo.")]
    if errors:
        raise InvalidData(errors)
    before, public = dict(row.sheet), row.published_at is not None
    products.put_in_portfolio(session, row, data, now=now)
    if public and row.sheet == before:
        raise InvalidData({"summary": ["La ficha pública ya dice esto: cambie algo o vuelva al producto."]})
    act, summary = (CORRECTED, "Corrigió la ficha pública.") if public else (PUBLISHED, "Publicó en el portafolio.")
    _record(session, row, act, summary, before if public else None, reason, actor, now)
    return row


def take_down(session: Session, product_id: int, *, reason: str, by: Principal, now: datetime) -> Product:
    """Take a product out of the public portfolio. Raises as `publish`, and Conflict when it is not in it."""
    row, actor = _editable(session, product_id, by)
    if row.published_at is None:
        raise Conflict(f"«{row.name}» no está publicado en el portafolio.", code="not_published")
    reason = trace.reasoned(reason, "Escriba el motivo.")
    row.published_at = None
    session.flush()
    _record(session, row, TAKEN_DOWN, "Retiró la ficha del portafolio público.", row.sheet, reason, actor, now)
    return row


def acts(session: Session, product_id: int) -> Iterator[history.HistoryRow]:
    """What was done with the public sheet after C4, newest first."""
    for row in history.backwards(session, history.Subject("product", product_id)):
        if row.action in (PUBLISHED, CORRECTED, TAKEN_DOWN):
            yield row


def versions(session: Session, product_id: int) -> Iterator[Version]:
    """What was public before, newest first."""
    for row in history.backwards(session, history.Subject("product", product_id)):
        if row.action in (CORRECTED, TAKEN_DOWN):
            yield Version(row.at, row.actor_name, row.summary, row.reason, row.details["public_before"])


def is_past_c4(row: Product) -> bool:
    """Whether its design ended, and with it C4."""
    return row.stage not in (ProductStage.PREDESIGN, ProductStage.DESIGN)


def _editable(session: Session, product_id: int, by: Principal) -> tuple[Product, Actor]:
    actor = access.demand(by, "portfolio.edit", subject(session))
    row = trace.active_product(session, product_id)
    if not is_past_c4(row):
        raise Conflict("La publicación de este producto se decide primero en su paso C4.", code="before_c4")
    return row, actor


def _record(
    session: Session, row: Product, act: str, summary: str, before: Mapping[str, Any] | None, reason: str, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    details = {"public_before": dict(before) if before is not None else {}, "sheet": dict(row.sheet)}
    trace.record(session, row, act, summary, by=by, now=now, reason=reason.strip(), details=details)
