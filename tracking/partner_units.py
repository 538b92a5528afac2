"""The unit that is to take part in a strategy: one that is offered, or a new one beside those known (ADR 24)."""

from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import units
from directory.models import RoleGrant
from directory.models import Unit
from directory.names import normalise
from directory.periods import active_on
from directory.roles import OUTSIDE
from directory.roles import UNIT
from forms.words import listed
from tracking.models import Strategy
from tracking.models import StrategyPartner
from tracking.similar import likeness

NEAR = 0.75
"""From so alike on (Dice, in runs of three letters) two names may be of one entity: with its acronym or without."""
MOST_TWINS = 3
ABROAD = "Elija una entidad aliada: las dependencias de la entidad que lleva la estrategia no son socias."
NOBODY = "Elija una entidad, o escriba la sigla y el nombre de una nueva."

Problems = dict[str, list[str]]


def took_part() -> ColumnElement[bool]:
    """The participations that lasted at least a day: those ended from their first day on never did."""
    return or_(StrategyPartner.until.is_(None), StrategyPartner.until >= StrategyPartner.since)


def offered(session: Session, strategy: Strategy) -> list[Unit]:
    """The units of allies that may come into a strategy, by name: those that take part in it with no end may not."""
    taken = {*_staying(session, strategy), *_house(session, strategy)}
    return [unit for unit in units.every(session) if unit.id not in taken]


def has_people(session: Session, unit_id: int, day: date) -> bool:
    """Whether somebody acts for a unit as a partner on a day."""
    held = select(RoleGrant.id).where(
        RoleGrant.role.in_(OUTSIDE), RoleGrant.scope_kind == UNIT, RoleGrant.scope_id == unit_id,
        active_on(RoleGrant, day),
    )  # fmt: skip
    return session.scalar(held.limit(1)) is not None


def taking_part(session: Session, strategy: Strategy, since: date) -> dict[int, int]:
    """Unit → its participation in a strategy that has a day from `since` on: it may not come a second time then."""
    statement = select(StrategyPartner.unit_id, StrategyPartner.id).where(
        StrategyPartner.strategy_id == strategy.id, took_part(), _goes_on(since)
    )
    return dict(session.execute(statement.order_by(StrategyPartner.since.desc())).all())


def twins(session: Session, name: str) -> list[Unit]:
    """The units in use that are called so, or nearly so, the most alike first."""
    wanted = normalise(name)
    found = [(likeness(wanted, unit.search_name), unit) for unit in units.every(session)]
    near = sorted((pair for pair in found if pair[0] >= NEAR), key=lambda pair: -pair[0])
    return [unit for _, unit in near[:MOST_TWINS]]


def wrong(session: Session, strategy: Strategy, unit_id: int) -> Problems:
    """Why a known unit may be no partner of a strategy, by path."""
    unit = session.get(Unit, unit_id)
    if unit is None or unit.disabled_at is not None:
        return {"unit_id": ["Elija una entidad de la lista."]}
    return {"unit_id": [ABROAD]} if unit.id in _house(session, strategy) else {}


def wrong_new(session: Session, strategy: Strategy, code: str, name: str, *, since: date, confirmed: bool) -> Problems:
    """Why a unit is not made, by path: besides `units.wrong`, it is called like another and nobody `confirmed` it.

    It is to take part `since` a day.
    """
    if not (code.strip() or name.strip()):
        return {"unit_id": [NOBODY]}
    errors, known = units.wrong(session, code, name), units.alike(session, code=code)
    if known:
        return errors | {"code": [_known(session, strategy, known[0], since)]}
    same = [] if confirmed else twins(session, name)
    if same:
        errors["confirmed"] = [_doubt(session, strategy, name, same, since)]
    return errors


def _doubt(session: Session, strategy: Strategy, name: str, same: list[Unit], since: date) -> str:
    """That a name is, or nearly, that of others, and what to do about each: who may come is not made again."""
    taken, house = taking_part(session, strategy, since), _house(session, strategy)
    told = []
    for unit in same:
        how = "ya participa en esta estrategia" if unit.id in taken else "ya existe"
        how = "es de la entidad que lleva la estrategia" if unit.id in house else how
        near = "" if unit.search_name == normalise(name) else ", de nombre parecido,"
        told.append(f"«{unit.name}» ({unit.code}){near} {how}")
    free = any(unit.id not in taken and unit.id not in house for unit in same)
    return f"{listed(told)}. {'Use la que existe, o confirme' if free else 'Confirme'} que esta es otra."


def _known(session: Session, strategy: Strategy, unit: Unit, since: date) -> str:
    """What to do about a code that is taken."""
    told = f"La sigla {unit.code} es la de «{unit.name}»"
    if unit.disabled_at is not None:
        return f"{told}, que ya no está en uso. Escriba otra sigla."
    if unit.id in _house(session, strategy):
        return f"{told}. {ABROAD}"
    if unit.id in taking_part(session, strategy, since):
        return f"{told}, que ya participa en esta estrategia."
    return f"{told}, que ya existe. Elíjala en la lista."


def _goes_on(day: date) -> ColumnElement[bool]:
    return or_(StrategyPartner.until.is_(None), StrategyPartner.until >= day)


def _staying(session: Session, strategy: Strategy) -> set[int]:
    """The units that take part in a strategy with no end."""
    joined = select(StrategyPartner.unit_id).where(StrategyPartner.strategy_id == strategy.id)
    return set(session.scalars(joined.where(StrategyPartner.until.is_(None))))


def _house(session: Session, strategy: Strategy) -> frozenset[int]:
    """The units of the entity that carries a strategy: all below the one that is above its own."""
    top = units.above(session, strategy.unit_id)[-1].id
    return units.below(session, [top])[top]
