"""The unit that is to take part in a strategy: one that is offered, or a new one beside those known (ADR 24)."""

from sqlalchemy import ColumnElement
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import units
from directory.models import Unit
from forms.words import listed
from tracking.models import Strategy
from tracking.models import StrategyPartner

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


def twins(session: Session, name: str) -> list[Unit]:
    """The units in use that are called so but for capitals, accents and signs."""
    return [unit for unit in units.alike(session, name=name) if unit.disabled_at is None]


def wrong(session: Session, strategy: Strategy, unit_id: int) -> Problems:
    """Why a known unit may be no partner of a strategy, by path."""
    unit = session.get(Unit, unit_id)
    if unit is None or unit.disabled_at is not None:
        return {"unit_id": ["Elija una entidad de la lista."]}
    return {"unit_id": [ABROAD]} if unit.id in _house(session, strategy) else {}


def wrong_new(session: Session, strategy: Strategy, code: str, name: str, *, confirmed: bool) -> Problems:
    """Why a unit is not made, by path: besides `units.wrong`, its name is that of another and nobody `confirmed` it."""
    if not (code.strip() or name.strip()):
        return {"unit_id": [NOBODY]}
    errors, known = units.wrong(session, code, name), units.alike(session, code=code)
    if known:
        return errors | {"code": [_known(session, strategy, known[0])]}
    same = [] if confirmed else twins(session, name)
    if same:
        errors["confirmed"] = [_doubt(session, strategy, same)]
    return errors


def _doubt(session: Session, strategy: Strategy, same: list[Unit]) -> str:
    """That a name is that of others, of which one that may come is to be taken rather than made again."""
    told = listed(f"«{unit.name}» ({unit.code})" for unit in same)
    if {unit.id for unit in same} & {unit.id for unit in offered(session, strategy)}:
        return f"Ya existe {told}. Use la que existe, o confirme que esta es otra."
    return f"Ya existe {told}, que participa en esta estrategia o es de quien la lleva. Confirme que esta es otra."


def _known(session: Session, strategy: Strategy, unit: Unit) -> str:
    """What to do about a code that is taken."""
    told = f"La sigla {unit.code} es la de «{unit.name}»"
    if unit.disabled_at is not None:
        return f"{told}, que ya no está en uso. Escriba otra sigla."
    if unit.id in _house(session, strategy):
        return f"{told}. {ABROAD}"
    if unit.id in _staying(session, strategy):
        return f"{told}, que ya participa en esta estrategia."
    return f"{told}, que ya existe. Elíjala en la lista."


def _staying(session: Session, strategy: Strategy) -> set[int]:
    """The units that take part in a strategy with no end."""
    joined = select(StrategyPartner.unit_id).where(StrategyPartner.strategy_id == strategy.id)
    return set(session.scalars(joined.where(StrategyPartner.until.is_(None))))


def _house(session: Session, strategy: Strategy) -> frozenset[int]:
    """The units of the entity that carries a strategy: all below the one that is above its own."""
    top = units.above(session, strategy.unit_id)[-1].id
    return units.below(session, [top])[top]
