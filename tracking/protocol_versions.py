"""The versions of a product's protocol: what was validated first, and each modification that was applied since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine import submissions
from engine.models import Submission
from tracking import modifications
from tracking.models import Product
from tracking.models import ProductStage

FIRST = "Activity_DiligenciarProtocolo"
REQUEST = "Activity_SolicitarModificacion"


@dataclass(frozen=True, slots=True)
class Version:
    """A version: its number, what was sent with it, since when it rules (None: the first) and why it was made."""

    number: int
    sent: Submission
    since: datetime | None = None
    reason: str = ""


def of_product(session: Session, product: Product) -> list[Version]:
    """The versions of a protocol, the one in force first; none before its design is over.

    What was loaded from elsewhere was sent by no form, and is left out.
    """
    if not product.instance_id or product.stage in (ProductStage.PREDESIGN, ProductStage.DESIGN):
        return []
    made = modifications.of_product(session, product.id)
    first = submissions.latest(session, product.instance_id, FIRST)
    found = [Version(1, first)] if first is not None else []
    for number, row in enumerate(made, start=2):
        sent = submissions.latest(session, product.instance_id, REQUEST, until=row.applied_at)
        if sent is not None:
            found.append(Version(number, sent, row.applied_at, row.reason))
    return found[::-1]
