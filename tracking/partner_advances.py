"""What partners say that they did in a strategy: it moves no milestone and counts in no percentage (ADR 24)."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db import paging
from db import rows
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import gathered
from directory import access
from directory import attachments
from directory import entities
from directory import units
from directory.attachments import reads
from directory.models import Unit
from directory.principal import Principal
from directory.searching import holding
from forms.likeness import likeness
from forms.words import long_date
from tracking import evidence
from tracking import overtaken
from tracking import partner_endings
from tracking import partners
from tracking import strategies
from tracking import trace
from tracking.models import PartnerAdvance
from tracking.models import PartnerAdvanceEntity
from tracking.models import Strategy
from tracking.models import StrategyPartner

LONGEST = 4000
MOST_ENTITIES = 1200
RECTIFIABLE = ("occurred_on", "text", "entities", "files")
STATUSES = ("standing", "annulled")
KEYS = (paging.Key(PartnerAdvance.occurred_on, descending=True), paging.Key(PartnerAdvance.id, descending=True))
SCOPE = access.ScopeColumns(
    unit_id=Strategy.unit_id, people=(Strategy.lead_id,), strategy_id=Strategy.id, partner_id=StrategyPartner.unit_id
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdvance:
    """What was done on a day, whom it reached, and the files that show it.

    `confirmed` says that it is another than the one that says the same.
    """

    occurred_on: date
    text: str
    entities: Sequence[int] = ()
    files: Sequence[str] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """Which advances to list; what is empty does not filter. `text` looks in what was done and who did it.

    `status` is one of STATUSES: those that stand or not.
    """

    text: str = ""
    strategy_id: int | None = None
    unit_id: int | None = None
    status: str = "standing"
    since: date | None = None
    until: date | None = None


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[PartnerAdvance]:
    """The advances that `by` may read, newest first: a partner reads those of its own unit."""
    statement = access.visible(_matching(filters), by, "advance.read", SCOPE)
    return paging.page(session, statement, KEYS, limit=limit, cursor=cursor)


def get(session: Session, advance_id: int, *, by: Principal) -> tuple[PartnerAdvance, Strategy]:
    """The advance and its strategy. Raises NotFound, NotAllowed."""
    row = rows.get(session, PartnerAdvance, advance_id, "el avance")
    strategy = strategies.get(session, row.partner.strategy_id)
    access.demand(by, "advance.read", strategies.subject(strategy, row.partner.unit_id))
    return row, strategy


def demand_correct(row: PartnerAdvance, by: Principal) -> Actor:
    """`by` as who wrote an advance. Raises NotAllowed."""
    return access.demand(by, "advance.correct", _own(row))


def may_correct(session: Session, row: PartnerAdvance, by: Principal, now: datetime) -> bool:
    """Whether `by` corrects an advance that they may read: who wrote it, while their entity takes part."""
    mine = access.allowed(by, "advance.correct", _own(row)) is not None
    return mine and row.annulled_at is None and partners.takes_part(session, row.partner, now)


def chain(advance_id: int) -> history.Subject:
    """The chain of history of an advance."""
    return history.Subject("partner_advance", advance_id)


def report(session: Session, partner_id: int, new: NewAdvance, *, by: Principal, now: datetime) -> PartnerAdvance:
    """Keep what a partner did, while its participation lasts.

    Raises NotFound, NotAllowed but for who acts for that partner, Conflict when it takes no part today (with who ended
    that and when), InvalidData at the fields of NewAdvance (`confirmed` when one that says the same was reported).
    """
    partner = rows.get(session, StrategyPartner, partner_id, "la entidad socia")
    partner_endings.demand_not_ended(session, partner, by=by, now=now)
    partner, strategy = partners.get(session, partner_id, by=by, now=now)
    actor = partners.demand_report(partner, strategy, by)
    partner = rows.held(session, StrategyPartner, partner_id, "la entidad socia")
    if not partners.lasts(partner, local_date(now)):
        raise _over()
    said = _checked(session, {name: getattr(new, name) for name in RECTIFIABLE}, partner, by=by, now=now)
    same = None if new.confirmed else _twin(session, partner, said)
    if same is not None:
        told = long_date(local_date(same.registered_at).isoformat())
        raise InvalidData({"confirmed": [f"Su entidad ya reportó un avance igual el {told} (n.º {same.id})."]})
    row = PartnerAdvance(
        partner=partner, occurred_on=said["occurred_on"], text=said["text"], files=said["files"],
        author_id=by.person_id, registered_at=now, revision=1,
        reached=[PartnerAdvanceEntity(entity_id=key) for key in said["entities"]],
    )  # fmt: skip
    session.add(row)
    session.flush()
    attachments.use(session, row.files, chain(row.id), now=now)
    summary = f"Reportó un avance de {units.get(session, partner.unit_id).name} en «{strategy.name}»."
    history.record(session, chain(row.id), "advance.reported", by=actor, now=now, summary=summary)
    return row


def like(session: Session, partner_id: int, new: NewAdvance) -> PartnerAdvance | None:
    """The last advance of a participation that says the same as one that is to be reported: day, entities and text."""
    partner = rows.get(session, StrategyPartner, partner_id, "la entidad socia")
    said = {"occurred_on": new.occurred_on, "text": new.text, "entities": sorted(set(new.entities))}
    return _twin(session, partner, said)


def rectify(
    session: Session, advance_id: int, changes: Mapping[str, Any], *, reason: str, revision: int | None = None,
    by: Principal, now: datetime,
) -> PartnerAdvance:  # fmt: skip
    """Correct an advance: `changes` has some of RECTIFIABLE; its history keeps what it said before.

    A file that is taken off is read with the advance no more: it may be one that was never to be shown.

    Raises NotFound, NotAllowed but for who wrote it, Conflict when it was annulled, changed since `revision` or their
    entity takes part no more, InvalidData at the fields changed and at `reason`.
    """
    row, actor = _held(session, advance_id, revision, by, now)
    before = {name: getattr(row, name) for name in RECTIFIABLE}
    errors: dict[str, list[str]] = {}
    with gathered(errors):
        reason = trace.reasoned(reason, "Escriba por qué rectifica el avance.")
    with gathered(errors):
        said = _checked(session, {**before, **changes}, row.partner, by=by, now=now)
    if errors:
        raise InvalidData(errors)
    details = {name: [before[name], said[name]] for name in RECTIFIABLE if said[name] != before[name]}
    if not details:
        raise InvalidData({"text": ["Escriba lo correcto: dice lo mismo que ya estaba."]})
    row.occurred_on, row.text, row.files = said["occurred_on"], said["text"], said["files"]
    if "entities" in details:
        kept = {one.entity_id: one for one in row.reached}
        row.reached = [kept.get(key) or PartnerAdvanceEntity(entity_id=key) for key in said["entities"]]
    row.revision += 1
    session.flush()
    attachments.use(session, row.files, chain(row.id), now=now)
    attachments.release(session, set(before["files"]) - set(row.files), chain(row.id))
    told = {name: [_kept(one) for one in pair] for name, pair in details.items()}
    history.record(
        session, chain(row.id), "advance.rectified", by=actor, now=now, summary="Rectificó el avance.", details=told,
        reason=reason,
    )  # fmt: skip
    return row


def annul(
    session: Session, advance_id: int, *, reason: str, revision: int | None = None, by: Principal, now: datetime
) -> PartnerAdvance:
    """Take an advance back: it stays, with the reason, and is listed no more. Raises as `rectify`."""
    row, actor = _held(session, advance_id, revision, by, now)
    row.annulment_reason = trace.reasoned(reason, "Escriba por qué anula el avance.")
    row.annulled_at, row.revision = now, row.revision + 1
    session.flush()
    history.record(
        session, chain(row.id), "advance.annulled", by=actor, now=now, summary="Anuló el avance.",
        reason=row.annulment_reason,
    )  # fmt: skip
    return row


def _held(
    session: Session, advance_id: int, revision: int | None, by: Principal, now: datetime
) -> tuple[PartnerAdvance, Actor]:
    row = rows.get(session, PartnerAdvance, advance_id, "el avance")
    if not partners.takes_part(session, row.partner, now):
        partner_endings.demand_not_ended(session, row.partner, by=by, now=now)
    row, _ = get(session, advance_id, by=by)
    actor = demand_correct(row, by)
    row = rows.held(session, PartnerAdvance, advance_id, "el avance")
    if not partners.takes_part(session, row.partner, now):
        raise _over()
    if row.annulled_at is not None:
        raise Conflict("Este avance se anuló; no admite cambios.", code="advance_annulled")
    overtaken.demand_seen(session, revision, row.revision, "este avance", chain(row.id), by=by, now=now)
    return row, actor


def _own(row: PartnerAdvance) -> access.Subject:
    """An advance as its author's."""
    author, partner = frozenset({row.author_id}), row.partner
    return access.Subject(people=author, strategy_id=partner.strategy_id, partner_id=partner.unit_id)


def _over() -> Conflict:
    return Conflict("La participación en esta estrategia no está vigente.", code="partner_ended")


def _checked(
    session: Session, said: Mapping[str, Any], partner: StrategyPartner, *, by: Principal, now: datetime
) -> dict[str, Any]:
    """What is said of an advance, as it is kept. Raises InvalidData with everything that is wrong."""
    text, day = str(said["text"] or "").strip(), said["occurred_on"]
    reached, tokens = sorted(set(said["entities"])), list(dict.fromkeys(said["files"]))
    errors = _wrong_day(day, partner, now)
    if not text:
        errors["text"] = ["Escriba qué se hizo."]
    elif len(text) > LONGEST:
        errors["text"] = [f"Escriba hasta {LONGEST} caracteres."]
    if len(reached) > MOST_ENTITIES:
        errors["entities"] = [f"Escriba hasta {MOST_ENTITIES} entidades."]
    elif entities.missing(session, reached):
        errors["entities"] = ["Una de las entidades no existe."]
    with gathered(errors):
        evidence.check_files(session, tokens, "files", by=by)
    if errors:
        raise InvalidData(errors)
    return {"occurred_on": day, "text": text, "entities": reached, "files": tokens}


def _wrong_day(day: Any, partner: StrategyPartner, now: datetime) -> dict[str, list[str]]:
    """What is wrong with the day of an advance: it has happened, and while the partner took part."""
    if not isinstance(day, date):
        return {"occurred_on": ["Escriba qué día ocurrió."]}
    if day > local_date(now):
        return {"occurred_on": [evidence.AHEAD]}
    if day < partner.since:
        told = long_date(partner.since.isoformat())
        return {"occurred_on": [f"La entidad participa en esta estrategia desde el {told}."]}
    if partner.until is not None and day > partner.until:
        told = long_date(partner.until.isoformat())
        return {"occurred_on": [f"Este avance es de la participación que terminó el {told}: escriba un día de ella."]}
    return {}


def _twin(session: Session, partner: StrategyPartner, said: Mapping[str, Any]) -> PartnerAdvance | None:
    """The last advance of a participation that says the same: day, entities and text."""
    same = select(PartnerAdvance).where(
        PartnerAdvance.partner_id == partner.id, PartnerAdvance.occurred_on == said["occurred_on"],
        PartnerAdvance.annulled_at.is_(None),
    )  # fmt: skip
    for other in session.scalars(same.order_by(PartnerAdvance.id.desc())):
        if likeness(other.text) == likeness(said["text"]) and other.entities == said["entities"]:
            return other
    return None


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _matching(filters: Filters) -> Select[Any]:
    standing = PartnerAdvance.annulled_at.is_(None)
    statement = (
        select(PartnerAdvance)
        .join(StrategyPartner, StrategyPartner.id == PartnerAdvance.partner_id)
        .join(Strategy, Strategy.id == StrategyPartner.strategy_id)
        .join(Unit, Unit.id == StrategyPartner.unit_id)
        .where(~standing if filters.status == "annulled" else standing)
    )
    if filters.strategy_id is not None:
        statement = statement.where(Strategy.id == filters.strategy_id)
    if filters.unit_id is not None:
        statement = statement.where(StrategyPartner.unit_id == filters.unit_id)
    if filters.since is not None:
        statement = statement.where(PartnerAdvance.occurred_on >= filters.since)
    if filters.until is not None:
        statement = statement.where(PartnerAdvance.occurred_on <= filters.until)
    return statement.where(*holding(filters.text, PartnerAdvance.text, also=(Unit.search_name,)))


@reads("partner_advance")
def _readable(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    """The files of an advance are read by whoever may read it."""
    statement = (
        select(PartnerAdvance.id)
        .join(StrategyPartner, StrategyPartner.id == PartnerAdvance.partner_id)
        .join(Strategy, Strategy.id == StrategyPartner.strategy_id)
        .where(PartnerAdvance.id.in_(ids))
    )
    return session.scalar(access.visible(statement, by, "advance.read", SCOPE).limit(1)) is not None
