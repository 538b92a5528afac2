"""What hangs on a unit: people, roles, units below it, products, participations, open cases. A retired one has none."""

from dataclasses import dataclass
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from directory import roles
from directory import unit_acts
from directory.models import Encargo
from directory.models import GroupRole
from directory.models import Person
from directory.models import RoleGrant
from directory.models import Unit
from directory.periods import overlapping
from engine.models import Instance
from engine.models import InstanceStatus
from forms.words import listed
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import Strategy
from tracking.models import StrategyPartner
from tracking.partner_units import took_part

WORDS = {
    "people": ("persona con acceso", "personas con acceso"),
    "roles": ("rol vigente o por comenzar", "roles vigentes o por comenzar"),
    "encargos": ("encargo vigente o por comenzar", "encargos vigentes o por comenzar"),
    "groups": ("rol que da un grupo", "roles que dan los grupos"),
    "children": ("dependencia en uso que depende de ella", "dependencias en uso que dependen de ella"),
    "products": ("producto en curso", "productos en curso"),
    "partnerships": ("participación como socia", "participaciones como socia"),
    "cases": ("trámite abierto", "trámites abiertos"),
}
"""What stops a retirement, one and many."""


@dataclass(frozen=True, slots=True)
class Ties:
    """How much of each kind hangs on a unit today, or is to begin. Strategies never end, and stop nothing."""

    people: int
    roles: int
    encargos: int
    groups: int
    children: int
    products: int
    partnerships: int
    cases: int
    strategies: int

    def stops(self) -> bool:
        """Whether the unit may not be retired yet."""
        return any(getattr(self, key) for key in WORDS)

    def in_words(self) -> str:
        """«2 personas con acceso y 1 producto en curso»: what stops a retirement; empty when nothing does."""
        counts = {one.name: getattr(self, one.name) for one in fields(self)}
        return listed(f"{counts[key]} {one if counts[key] == 1 else many}" for key, (one, many) in WORDS.items()
                      if counts[key])  # fmt: skip


def of(session: Session, unit_id: int, *, now: datetime) -> Ties:
    """What hangs on a unit; one question."""
    day = local_date(now)
    goes_on = or_(StrategyPartner.until.is_(None), StrategyPartner.until >= day)
    counted = {
        "people": _many(Person, Person.unit_id == unit_id, Person.disabled_at.is_(None)),
        "roles": _many(RoleGrant, *_over(RoleGrant, unit_id), overlapping(RoleGrant, day, None), _enters(RoleGrant)),
        "encargos": _many(Encargo, *_over(Encargo, unit_id), overlapping(Encargo, day, None), _enters(Encargo)),
        "groups": _many(GroupRole, *_over(GroupRole, unit_id), GroupRole.removed_at.is_(None)),
        "children": _many(Unit, Unit.parent_id == unit_id, Unit.disabled_at.is_(None)),
        "products": _many(Product, Product.unit_id == unit_id, Product.status == ProductStatus.ACTIVE),
        "partnerships": _many(StrategyPartner, StrategyPartner.unit_id == unit_id, took_part(), goes_on),
        "cases": _many(Instance, Instance.unit_id == unit_id, Instance.status == InstanceStatus.OPEN),
        "strategies": _many(Strategy, Strategy.unit_id == unit_id),
    }  # fmt: skip
    row = session.execute(select(*(question.label(key) for key, question in counted.items()))).one()
    return Ties(**row._asdict())


def holders(session: Session, unit_id: int, *, now: datetime) -> list[tuple[str, int, str]]:
    """Who holds a role or an encargo over the unit today or from a day to come: role, id and name, by name."""
    day, found = local_date(now), set[tuple[str, str, int]]()
    for table in (RoleGrant, Encargo):
        statement = select(Person.name, table.role, Person.id).join(Person, Person.id == table.person_id)
        counts = (*_over(table, unit_id), overlapping(table, day, None), Person.disabled_at.is_(None))
        found |= {(name, role, person_id) for name, role, person_id in session.execute(statement.where(*counts))}
    return [(role, person_id, name) for name, role, person_id in sorted(found)]


def retire(session: Session, unit_id: int, *, reason: str, by: Actor, now: datetime) -> Unit:
    """Offer a unit no more; the caller has demanded `unit.manage`. Does nothing when it already was.

    Raises NotFound; InvalidData (`reason`); Conflict, which tells it, while something hangs on the unit.
    """
    unit = unit_acts.hold(session, unit_id)
    ties = of(session, unit_id, now=now)
    if unit.disabled_at is None and ties.stops():
        told = f"Todavía tiene {ties.in_words()}: páselo antes a otra dependencia, o termínelo."
        raise Conflict(told, code="in_use")
    return unit_acts.disable(session, unit_id, reason=reason, by=by, now=now)


def _many(table: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


def _over(table: Any, unit_id: int) -> tuple[ColumnElement[bool], ...]:
    return table.scope_kind == roles.UNIT, table.scope_id == unit_id


def _enters(table: Any) -> ColumnElement[bool]:
    """Of somebody who may enter: the roles of who may not count for nothing."""
    entering: ColumnElement[bool] = table.person_id.in_(select(Person.id).where(Person.disabled_at.is_(None)))
    return entering
