"""The partners of a strategy: units of allies that take part in it, what each brings, and on which days (ADR 24).

Sources: «un seguimiento conjunto entre socios genera apropiación» (Gobierno al Plan, 2020), and the entities that
render assistance beside the DNP in the governance of CONPES 4091.
"""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db import rows
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import joining
from directory import units
from directory.models import Unit
from directory.principal import Principal
from forms.words import long_date
from tracking import evidence
from tracking import strategies
from tracking import trace
from tracking.models import Strategy
from tracking.models import StrategyPartner

LONGEST = 2000
FARTHEST = timedelta(days=366)
"""So far ahead a participation may begin or end: further is a slip. The number is ours."""
ABROAD = "Elija una entidad aliada: las dependencias de la entidad que lleva la estrategia no son socias."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPartner:
    """Who takes part from a day on, and what they bring: a known unit, or one that is new with its code and name."""

    contribution: str
    since: date
    unit_id: int | None = None
    code: str = ""
    name: str = ""


@joining.joins
def _joined(session: Session, unit_ids: Collection[int], day: date) -> Mapping[int, frozenset[int]]:
    """Unit → the strategies in which it takes part on a day."""
    mine = select(StrategyPartner.unit_id, StrategyPartner.strategy_id)
    found: dict[int, set[int]] = {}
    for unit_id, strategy_id in session.execute(
        mine.where(StrategyPartner.unit_id.in_(sorted(unit_ids)), lasting(day))
    ):
        found.setdefault(unit_id, set()).add(strategy_id)
    return {unit_id: frozenset(ids) for unit_id, ids in found.items()}


def lasting(day: date) -> ColumnElement[bool]:
    """The participations that last on a day."""
    goes_on = or_(StrategyPartner.until.is_(None), StrategyPartner.until >= day)
    return and_(StrategyPartner.since <= day, goes_on)


def lasts(row: StrategyPartner, day: date) -> bool:
    """Whether a participation lasts on a day."""
    return row.since <= day and (row.until is None or day <= row.until)


def over(row: StrategyPartner, day: date) -> bool:
    """Whether a participation ended before a day."""
    return row.until is not None and row.until < day


def listing(session: Session, strategy: Strategy, *, by: Principal, now: datetime) -> list[StrategyPartner]:
    """The partners of a strategy that `by` may read, the last to come first.

    The staff read also those that ended or are to come; a partner reads with whom it works today.
    """
    statement = select(StrategyPartner).where(StrategyPartner.strategy_id == strategy.id)
    if access.allowed(by, "strategy.read") is None:
        statement = statement.where(lasting(local_date(now)))
    return list(session.scalars(statement.order_by(StrategyPartner.since.desc(), StrategyPartner.id.desc())))


def get(session: Session, partner_id: int, *, by: Principal, now: datetime) -> tuple[StrategyPartner, Strategy]:
    """The participation, for whoever is shown it in `listing`. Raises NotFound, NotAllowed."""
    row = rows.get(session, StrategyPartner, partner_id, "la entidad socia")
    strategy = strategies.get(session, row.strategy_id)
    access.demand(by, "strategy.read", strategies.subject(strategy))
    if access.allowed(by, "strategy.read") is None and not lasts(row, local_date(now)):
        raise NotFound("la entidad socia", partner_id)
    return row, strategy


def demand_report(row: StrategyPartner, strategy: Strategy, by: Principal) -> Actor:
    """`by` as who reports the advances of a partner. Raises NotAllowed."""
    return access.demand(by, "advance.write", strategies.subject(strategy, row.unit_id))


def may_report(row: StrategyPartner, strategy: Strategy, by: Principal, now: datetime) -> bool:
    """Whether `by` reports the advances of a participation today."""
    reports = access.allowed(by, "advance.write", strategies.subject(strategy, row.unit_id)) is not None
    return reports and lasts(row, local_date(now))


def may_manage(strategy: Strategy, by: Principal) -> bool:
    """Whether `by` says who takes part in a strategy."""
    return access.allowed(by, "partner.manage", strategies.subject(strategy)) is not None


def offered(session: Session, strategy: Strategy, *, now: datetime) -> list[Unit]:
    """The units of allies that do not take part in a strategy today, nor from a later day on, by name."""
    ours, today = _house(session, strategy), local_date(now)
    goes_on = or_(StrategyPartner.until.is_(None), StrategyPartner.until >= today)
    joined = select(StrategyPartner.unit_id).where(StrategyPartner.strategy_id == strategy.id, goes_on)
    taken = {*session.scalars(joined), *ours}
    return [unit for unit in units.every(session) if unit.id not in taken]


def chain(partner_id: int) -> history.Subject:
    """The chain of history of a participation."""
    return history.Subject("strategy_partner", partner_id)


def add(session: Session, strategy_id: int, new: NewPartner, *, by: Principal, now: datetime) -> StrategyPartner:
    """Let a unit take part in a strategy from a day on.

    Raises NotFound, NotAllowed but for who leads the strategy or directs its unit, and InvalidData at the fields of
    NewPartner.
    """
    strategy = rows.held(session, Strategy, strategy_id, "la estrategia")
    actor = access.demand(by, "partner.manage", strategies.subject(strategy))
    contribution, since = _contribution(new.contribution), _near(new.since, "since", now)
    unit = _unit(session, strategy, new, actor, now)
    _demand_apart(session, strategy.id, unit, since)
    row = StrategyPartner(
        strategy_id=strategy.id, unit_id=unit.id, contribution=contribution, since=since, revision=1,
        registered_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    summary = f"Agregó a {unit.name} como entidad socia de «{strategy.name}» desde el {long_date(since.isoformat())}."
    history.record(session, chain(row.id), "partner.added", by=actor, now=now, summary=summary)
    return row


def correct(
    session: Session, partner_id: int, contribution: str, *, reason: str, revision: int | None = None, by: Principal,
    now: datetime,
) -> StrategyPartner:  # fmt: skip
    """Say otherwise what a partner brings; the history keeps what it said.

    Raises NotFound, NotAllowed, Conflict when it ended or changed since `revision`, InvalidData (`contribution`,
    `reason`).
    """
    row, actor = _open(session, partner_id, revision, by, now)
    reason, before = trace.reasoned(reason, "Escriba por qué corrige el aporte."), row.contribution
    row.contribution = _contribution(contribution)
    if row.contribution == before:
        raise InvalidData({"contribution": ["Escriba lo correcto: dice lo mismo que ya estaba."]})
    row.revision += 1
    session.flush()
    history.record(
        session, chain(row.id), "partner.corrected", by=actor, now=now, reason=reason,
        summary=f"Corrigió el aporte de {units.get(session, row.unit_id).name}.",
        details={"contribution": [before, row.contribution]},
    )  # fmt: skip
    return row


def end(
    session: Session, partner_id: int, from_day: date, *, reason: str, revision: int | None = None, by: Principal,
    now: datetime,
) -> StrategyPartner:  # fmt: skip
    """End a participation: `from_day` is the first day on which it does not last any more. It stays written.

    From the day on which it began, it never lasted. Raises NotFound, NotAllowed, Conflict when it ended or changed
    since `revision`, InvalidData (`from_day`, `reason`).
    """
    row, actor = _open(session, partner_id, revision, by, now)
    reason = trace.reasoned(reason, "Escriba por qué termina la participación.")
    if _near(from_day, "from_day", now) < row.since:
        raise InvalidData({"from_day": [f"Participa desde el {long_date(row.since.isoformat())}: escriba ese día o "
                                        "uno posterior."]})  # fmt: skip
    _demand_before_next(session, row, from_day)
    before, row.until = row.until, from_day - timedelta(days=1)
    row.revision += 1
    session.flush()
    name, told = units.get(session, row.unit_id).name, long_date(from_day.isoformat())
    history.record(
        session, chain(row.id), "partner.ended", by=actor, now=now, reason=reason,
        summary=f"Terminó la participación de {name} desde el {told}.",
        details={"until": [str(before or ""), str(row.until)]},
    )  # fmt: skip
    return row


def _open(
    session: Session, partner_id: int, revision: int | None, by: Principal, now: datetime
) -> tuple[StrategyPartner, Actor]:
    """A participation that is not over, locked, for whoever manages it."""
    _, strategy = get(session, partner_id, by=by, now=now)
    actor = access.demand(by, "partner.manage", strategies.subject(strategy))
    rows.held(session, Strategy, strategy.id, "la estrategia")  # as `add` does: nobody comes meanwhile
    row = rows.held(session, StrategyPartner, partner_id, "la entidad socia")
    if over(row, local_date(now)):
        raise Conflict("Esta participación ya terminó; no admite cambios.", code="partner_ended")
    if revision is not None and row.revision != revision:
        raise Conflict("Alguien cambió esta participación mientras usted escribía. Ábrala de nuevo.", code="stale")
    return row, actor


def _contribution(text: str) -> str:
    said = trace.required(text, "contribution", "Escriba qué aporta la entidad socia.")
    if len(said) > LONGEST:
        raise InvalidData({"contribution": [f"Escriba hasta {LONGEST} caracteres."]})
    return said


def _near(day: date, path: str, now: datetime) -> date:
    if not evidence.EARLIEST <= day <= local_date(now) + FARTHEST:
        raise InvalidData({path: [f"Revise el año: escriba un día entre {evidence.EARLIEST.year} y dentro de un año."]})
    return day


def _unit(session: Session, strategy: Strategy, new: NewPartner, actor: Actor, now: datetime) -> Unit:
    """The unit that is to take part, made when it is new. Raises InvalidData (`unit_id`, `code`, `name`)."""
    if new.unit_id is None:
        return units.add(session, new.code, new.name, by=actor, now=now)
    unit = session.get(Unit, new.unit_id)
    if unit is None or unit.disabled_at is not None:
        raise InvalidData({"unit_id": ["Elija una entidad de la lista."]})
    if unit.id in _house(session, strategy):
        raise InvalidData({"unit_id": [ABROAD]})
    return unit


def _house(session: Session, strategy: Strategy) -> frozenset[int]:
    """The units of the entity that carries a strategy: all below the one that is above its own."""
    top = units.above(session, strategy.unit_id)[-1].id
    return units.below(session, [top])[top]


def _demand_before_next(session: Session, row: StrategyPartner, from_day: date) -> None:
    """Raise InvalidData (`from_day`) when a participation would last until the same unit takes part again."""
    lasted = or_(StrategyPartner.until.is_(None), StrategyPartner.until >= StrategyPartner.since)
    same = StrategyPartner.strategy_id == row.strategy_id, StrategyPartner.unit_id == row.unit_id
    later = select(StrategyPartner.since).where(*same, StrategyPartner.since > row.since, lasted)
    again = session.scalar(later.order_by(StrategyPartner.since).limit(1))
    if again is not None and from_day > again:
        told = long_date(again.isoformat())
        raise InvalidData({"from_day": [f"Participa de nuevo desde el {told}: escriba ese día o uno anterior."]})


def _demand_apart(session: Session, strategy_id: int, unit: Unit, since: date) -> None:
    """Raise InvalidData (`since`) when a unit takes part already on a day from `since` on."""
    later = or_(StrategyPartner.until.is_(None), StrategyPartner.until >= since)
    same = select(StrategyPartner).where(
        StrategyPartner.strategy_id == strategy_id, StrategyPartner.unit_id == unit.id, later
    )
    known: Sequence[StrategyPartner] = session.scalars(same.order_by(StrategyPartner.since)).all()
    if any(row.until is None or row.until >= row.since for row in known):
        told = long_date(known[0].since.isoformat())
        raise InvalidData({"since": [f"{unit.name} ya participa en esta estrategia desde el {told}."]})
