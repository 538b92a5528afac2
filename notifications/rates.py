"""On-time rates: met / (met + late + overdue), by person, region, product, unit or policy; waived ones do not count."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory import access
from directory.models import Person
from directory.models import Region
from directory.models import Unit
from directory.principal import Principal
from notifications import obligations
from notifications import policies
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.obligations import Filters

DIMENSIONS: dict[str, Any] = {
    "person": Obligation.debtor_id,
    "region": Obligation.region_id,
    "product": Obligation.product_id,
    "unit": Obligation.unit_id,
    "policy": Obligation.policy_id,
}


@dataclass(frozen=True, slots=True)
class Rate:
    """How many obligations ended how. `key` is the id of the person, region…; None for what has none."""

    key: int | None
    met: int
    late: int
    overdue: int
    pending: int
    waived: int

    @property
    def counted(self) -> int:
        """Those that tell whether things are done in time."""
        return self.met + self.late + self.overdue

    @property
    def on_time(self) -> Decimal | None:
        """Per cent that was done in time, to one decimal; None when nothing counts yet."""
        if not self.counted:
            return None
        share = Decimal(100 * self.met) / Decimal(self.counted)
        return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def by_dimension(session: Session, by: Principal, dimension: str, filters: Filters | None = None) -> list[Rate]:
    """The rates in sight of `by`, one line per person, region, product, unit or policy; the lowest first.

    Recommendations do not count. Raises InvalidData (`dimension`).
    """
    if dimension not in DIMENSIONS:
        raise InvalidData({"dimension": ["Elija por qué agrupar: persona, región, producto, dependencia o política."]})
    column = DIMENSIONS[dimension]
    statement = _counting(session, select(column, *_sums()).group_by(column), by, filters)
    found = [Rate(*row) for row in session.execute(statement)]
    return sorted(found, key=lambda one: (one.on_time is None, one.on_time or 0, one.key or 0))


def total(session: Session, by: Principal, filters: Filters | None = None) -> Rate:
    """The rate of everything in sight of `by`."""
    row = session.execute(_counting(session, select(*_sums()), by, filters)).one()
    return Rate(None, *row)


def names(session: Session, dimension: str, keys: list[int]) -> dict[int, str]:
    """How people, regions, units and policies are called; products are known to the room above."""
    if dimension == "policy":
        return {key: held.spec.title for key, held in policies.many(session, keys).items()}
    table: Any = {"person": Person, "region": Region, "unit": Unit}.get(dimension)
    if table is None or not keys:
        return {}
    return {row.id: row.name for row in session.scalars(select(table).where(table.id.in_(keys)))}


def _counting(session: Session, statement: Any, by: Principal, filters: Filters | None) -> Any:
    seen = access.visible(statement, by, "obligation.read", obligations.SCOPE)
    narrowed = obligations.matching(seen, filters or Filters())
    return narrowed.where(~policies.recommended(session))


def _sums() -> list[ColumnElement[int]]:
    """Counts of obligations by how they stand: met, late, overdue, pending, waived."""
    order = (
        ObligationStatus.MET, ObligationStatus.LATE, ObligationStatus.OVERDUE, ObligationStatus.PENDING,
        ObligationStatus.WAIVED,
    )  # fmt: skip
    return [func.count().filter(Obligation.status == status) for status in order]
