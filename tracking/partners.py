"""The partners of a strategy: units of allies that take part in it, what each brings, and on which days (ADR 24).

Sources: «un seguimiento conjunto entre socios genera apropiación» (Gobierno al Plan, 2020), and the entities that
render assistance beside the DNP in the governance of CONPES 4091.
"""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import func
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
from db.errors import gathered
from directory import access
from directory import joining
from directory import units
from directory.models import Unit
from directory.principal import Principal
from forms.words import long_date
from tracking import advisory_doubts
from tracking import evidence
from tracking import overtaken
from tracking import partner_units
from tracking import strategies
from tracking import trace
from tracking.models import PartnerAdvance
from tracking.models import Strategy
from tracking.models import StrategyPartner

Problems = dict[str, list[str]]

LONGEST = 2000
FARTHEST = timedelta(days=366)
"""So far ahead a participation may begin or end: further is a slip. The number is ours."""
CORRECTABLE = ("contribution", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPartner:
    """Who takes part from a day on, and what they bring: a known unit, or one that is new with its code and name.

    `confirmed` says that a new one is another than the one of the same name.
    """

    contribution: str
    since: date
    unit_id: int | None = None
    code: str = ""
    name: str = ""
    confirmed: bool = False


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


def takes_part(session: Session, row: StrategyPartner, now: datetime) -> bool:
    """Whether the unit of a participation takes part in its strategy today: by this one, or as it came again."""
    same = StrategyPartner.strategy_id == row.strategy_id, StrategyPartner.unit_id == row.unit_id
    return session.scalar(select(StrategyPartner.id).where(*same, lasting(local_date(now))).limit(1)) is not None


def may_report(row: StrategyPartner, strategy: Strategy, by: Principal, now: datetime) -> bool:
    """Whether `by` reports the advances of a participation today."""
    reports = access.allowed(by, "advance.write", strategies.subject(strategy, row.unit_id)) is not None
    return reports and lasts(row, local_date(now))


def may_manage(strategy: Strategy, by: Principal) -> bool:
    """Whether `by` says who takes part in a strategy."""
    return access.allowed(by, "partner.manage", strategies.subject(strategy)) is not None


def chain(partner_id: int) -> history.Subject:
    """The chain of history of a participation."""
    return history.Subject("strategy_partner", partner_id)


def add(session: Session, strategy_id: int, new: NewPartner, *, by: Principal, now: datetime) -> StrategyPartner:
    """Let a unit take part in a strategy from a day on.

    Raises NotFound, NotAllowed but for who leads the strategy or directs its unit, and InvalidData with everything that
    is wrong at the fields of NewPartner.
    """
    strategy = rows.held(session, Strategy, strategy_id, "la estrategia")
    actor = access.demand(by, "partner.manage", strategies.subject(strategy))
    contribution = new.contribution.strip()
    errors = _wrong_contribution(contribution) | _wrong_unit(session, strategy, new)
    errors |= _wrong_day("since", new.since, now)
    if errors:
        raise InvalidData(errors)
    unit = _unit(session, new, actor, now)
    row = StrategyPartner(
        strategy_id=strategy.id, unit_id=unit.id, contribution=contribution, since=new.since, revision=1,
        registered_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    told = long_date(new.since.isoformat())
    summary = f"Agregó a {unit.name} como entidad socia de «{strategy.name}» desde el {told}."
    history.record(session, chain(row.id), "partner.added", by=actor, now=now, summary=summary)
    return row


def correct(
    session: Session, partner_id: int, changes: Mapping[str, Any], *, reason: str, confirmed: bool = False,
    revision: int | None = None, by: Principal, now: datetime,
) -> StrategyPartner:  # fmt: skip
    """Correct a participation, also one that ended: `changes` has some of CORRECTABLE; the history keeps what it said.

    `until` is its last day, or None when it has no end. Raises NotFound, NotAllowed, Conflict when it changed since
    `revision` or what it brings is corrected of one that ended, and InvalidData at what is wrong: advances that the
    days would leave out are `confirmed`.
    """
    row, actor = _held(session, partner_id, revision, by, now)
    before = {name: getattr(row, name) for name in CORRECTABLE}
    said = before | dict(changes)
    said["contribution"] = said["contribution"].strip()
    changed = [name for name in CORRECTABLE if said[name] != before[name]]
    if "contribution" in changed and over(row, local_date(now)):
        raise Conflict("Esta participación ya terminó; sólo se corrigen sus días.", code="partner_ended")
    errors = _wrong_contribution(said["contribution"]) if "contribution" in changed else {}
    if "since" in changed or "until" in changed:
        errors |= _wrong_days(session, row, said["since"], said["until"], confirmed, now)
    with gathered(errors):
        reason = trace.reasoned(reason, "Escriba por qué corrige la participación.")
    if errors or not changed:
        raise InvalidData(errors or {"": ["Escriba lo correcto: dice lo mismo que ya estaba."]})
    row.contribution, row.since, row.until = said["contribution"], said["since"], said["until"]
    row.revision += 1
    session.flush()
    history.record(
        session, chain(row.id), "partner.corrected", by=actor, now=now, reason=reason,
        summary=f"Corrigió la participación de {units.get(session, row.unit_id).name}.",
        details={name: [_kept(before[name]), _kept(said[name])] for name in changed},
    )  # fmt: skip
    return row


def end(
    session: Session, partner_id: int, from_day: date, *, reason: str, confirmed: bool = False,
    revision: int | None = None, by: Principal, now: datetime,
) -> StrategyPartner:  # fmt: skip
    """End a participation: `from_day` is the first day on which it does not last any more. It stays written.

    From the day on which it began, it never lasted. Raises NotFound, NotAllowed, Conflict when it ended or changed
    since `revision`, InvalidData (`from_day`, `reason`, and `confirmed` while it reported advances from that day on).
    """
    row, actor = _held(session, partner_id, revision, by, now)
    if over(row, local_date(now)):
        raise Conflict("Esta participación ya terminó; si el día no es el que fue, corríjalo.", code="partner_ended")
    until = from_day - timedelta(days=1)
    errors = _wrong_end(session, row, from_day, now)
    with gathered(errors):
        advisory_doubts.demand_none(_left_out(session, row, row.since, until), confirmed=confirmed)
    with gathered(errors):
        reason = trace.reasoned(reason, "Escriba por qué termina la participación.")
    if errors:
        raise InvalidData(errors)
    before, row.until = row.until, until
    row.revision += 1
    session.flush()
    name, told = units.get(session, row.unit_id).name, long_date(from_day.isoformat())
    history.record(
        session, chain(row.id), "partner.ended", by=actor, now=now, reason=reason,
        summary=f"Terminó la participación de {name} desde el {told}.",
        details={"until": [_kept(before), _kept(until)]},
    )  # fmt: skip
    return row


def _held(
    session: Session, partner_id: int, revision: int | None, by: Principal, now: datetime
) -> tuple[StrategyPartner, Actor]:
    """A participation, locked, for whoever manages it."""
    _, strategy = get(session, partner_id, by=by, now=now)
    actor = access.demand(by, "partner.manage", strategies.subject(strategy))
    rows.held(session, Strategy, strategy.id, "la estrategia")  # as `add` does: nobody comes meanwhile
    row = rows.held(session, StrategyPartner, partner_id, "la entidad socia")
    overtaken.demand_seen(session, revision, row.revision, "esta participación", chain(row.id), by=by, now=now)
    return row, actor


def _unit(session: Session, new: NewPartner, actor: Actor, now: datetime) -> Unit:
    if new.unit_id is None:
        return units.add(session, new.code, new.name, by=actor, now=now)
    return units.get(session, new.unit_id)


def _wrong_unit(session: Session, strategy: Strategy, new: NewPartner) -> Problems:
    """Why the unit that is to take part may not, or is not made when it is new."""
    if new.unit_id is None:
        return partner_units.wrong_new(session, strategy, new.code, new.name, since=new.since, confirmed=new.confirmed)
    known = partner_units.wrong(session, strategy, new.unit_id)
    return known or _clashing(session, strategy.id, new.unit_id, new.since)


def _wrong_contribution(said: str) -> Problems:
    if not said:
        return {"contribution": ["Escriba qué aporta la entidad socia."]}
    return {"contribution": [f"Escriba hasta {LONGEST} caracteres."]} if len(said) > LONGEST else {}


def _wrong_day(path: str, day: date, now: datetime) -> Problems:
    if evidence.EARLIEST <= day <= local_date(now) + FARTHEST:
        return {}
    return {path: [f"Revise el año: escriba un día entre {evidence.EARLIEST.year} y dentro de un año."]}


def _wrong_days(
    session: Session, row: StrategyPartner, since: date, until: date | None, confirmed: bool, now: datetime
) -> Problems:
    """What is wrong with the first and the last day of a participation that are to be other ones."""
    errors = _wrong_day("since", since, now) | (_wrong_day("until", until, now) if until else {})
    if errors:
        return errors
    if until is not None and until < since:
        return {"until": ["Escriba el día en que comenzó o uno posterior; déjelo vacío si no tiene fin."]}
    errors = _clashing(session, row.strategy_id, row.unit_id, since, until, but=row)
    with gathered(errors):
        advisory_doubts.demand_none(_left_out(session, row, since, until), confirmed=confirmed)
    return errors


def _wrong_end(session: Session, row: StrategyPartner, from_day: date, now: datetime) -> Problems:
    """What is wrong with the first day on which a participation is not to last any more."""
    if from_day < row.since:
        began = long_date(row.since.isoformat())
        return _wrong_day("from_day", from_day, now) or {
            "from_day": [f"Participa desde el {began}: escriba ese día o uno posterior."]
        }
    again = _clash(session, row.strategy_id, row.unit_id, row.since, from_day - timedelta(days=1), but=row)
    if again is not None:
        told = long_date(again.since.isoformat())
        return {"from_day": [f"Participa de nuevo desde el {told}: escriba ese día o uno anterior."]}
    return _wrong_day("from_day", from_day, now)


def _clashing(
    session: Session, strategy_id: int, unit_id: int, since: date, until: date | None = None,
    but: StrategyPartner | None = None,
) -> Problems:  # fmt: skip
    """That a unit would take part twice on a day, at the day that is to be another one."""
    other = _clash(session, strategy_id, unit_id, since, until, but=but)
    if other is None:
        return {}
    told = f"desde el {long_date(other.since.isoformat())}"
    if other.until is not None:
        told += f" hasta el {long_date(other.until.isoformat())}"
    path = "until" if but is not None and other.since > since else "since"
    return {path: [f"{units.get(session, unit_id).name} ya participa en esta estrategia {told}."]}


def _clash(
    session: Session, strategy_id: int, unit_id: int, since: date, until: date | None,
    *, but: StrategyPartner | None = None,
) -> StrategyPartner | None:  # fmt: skip
    """The first participation of a unit, `but` one, that has a day in common with those from `since` to `until`."""
    same = StrategyPartner.strategy_id == strategy_id, StrategyPartner.unit_id == unit_id
    goes_on = or_(StrategyPartner.until.is_(None), StrategyPartner.until >= since)
    statement = select(StrategyPartner).where(*same, partner_units.took_part(), goes_on)
    if until is not None:
        statement = statement.where(StrategyPartner.since <= until)
    if but is not None:
        statement = statement.where(StrategyPartner.id != but.id)
    return session.scalars(statement.order_by(StrategyPartner.since).limit(1)).first()


def _left_out(session: Session, row: StrategyPartner, since: date, until: date | None) -> list[str]:
    """What is to be confirmed of days that leave out advances which a partner reported."""
    day = PartnerAdvance.occurred_on
    outside = day < since if until is None else or_(day < since, day > until)
    found = select(func.count(PartnerAdvance.id), func.max(day)).where(
        PartnerAdvance.partner_id == row.id, PartnerAdvance.annulled_at.is_(None), outside
    )
    count, last = session.execute(found).one()
    if not count:
        return []
    reported = "un avance de un día" if count == 1 else f"{count} avances de días"
    told = f"Reportó {reported} fuera de esa participación; el último, del {long_date(last.isoformat())}"
    return [f"{told}. {'Se conserva' if count == 1 else 'Se conservan'}."]


def _kept(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
