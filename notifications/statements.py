"""«Ya lo hice»: a statement with evidence for what happens outside this system; whoever supervises decides it."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db import files
from db import history
from db import seals
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from db.history import HistoryRow
from directory import access
from directory import attachments
from directory.chunks import chunks
from directory.principal import Principal
from notifications import chains
from notifications import days
from notifications import early
from notifications import facts
from notifications import kinds
from notifications import obligations
from notifications import policies
from notifications.calendar import in_words
from notifications.ledger import OPEN
from notifications.ledger import obligation_chain
from notifications.models import Obligation
from notifications.models import Policy
from notifications.models import Statement
from notifications.models import StatementStatus
from notifications.supervisors import Book

STATED, ACCEPTED = "Presento la constancia", "Acepto la constancia"
"""What is confirmed before its time, to be followed by why that is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStatement:
    """What somebody says they did. It needs evidence: a file, or a link.

    `confirmed`: they mean it although its period has not ended (`notifications/early.py`).
    """

    text: str
    happened_on: date
    evidence_file: str = ""
    evidence_link: str = ""
    confirmed: bool = False


def of(session: Session, obligation_id: int) -> list[Statement]:
    """Every statement about an obligation, newest first."""
    statement = select(Statement).where(Statement.obligation_id == obligation_id)
    return list(session.scalars(statement.order_by(Statement.id.desc())))


def accepted_at(session: Session, obligation_ids: Collection[int]) -> dict[int, datetime]:
    """Obligation → when the statement that was accepted for it was presented; those without one are left out."""
    found: dict[int, datetime] = {}
    for ids in chunks(sorted(obligation_ids)):
        accepted = select(Statement.obligation_id, Statement.presented_at).where(
            Statement.obligation_id.in_(ids), Statement.status == StatementStatus.ACCEPTED
        )
        found.update((row.obligation_id, row.presented_at) for row in session.execute(accepted.order_by(Statement.id)))
    return found


def obligations_of(session: Session, ids: Collection[int]) -> list[int]:
    """The obligations about which the statements with these ids are."""
    found = select(Statement.obligation_id).where(Statement.id.in_(sorted(ids))).distinct()
    return sorted(session.scalars(found)) if ids else []


def last(
    session: Session, *, ids: Sequence[int] | None = None, about: Sequence[int] | None = None
) -> list[tuple[Statement, Obligation]]:
    """The last statement of each open obligation, with it, as far as it waits or was returned; the oldest first.

    Args: `ids` narrows to these statements, `about` to these obligations.
    """
    found = _last()
    if ids is not None:
        found = found.where(Statement.id.in_(ids))
    if about is not None:
        found = found.where(Obligation.id.in_(about))
    return [(one, row) for one, row in session.execute(found)]


def _last() -> Any:
    newer = aliased(Statement)
    later = select(newer.id).where(newer.obligation_id == Statement.obligation_id, newer.id > Statement.id)
    return (
        select(Statement, Obligation)
        .join(Obligation, Obligation.id == Statement.obligation_id)
        .where(Statement.status.in_((StatementStatus.PRESENTED, StatementStatus.RETURNED)), ~later.exists())
        .where(Obligation.status.in_(OPEN))
        .order_by(Statement.id)
    )


def returned_to(session: Session, by: Principal) -> list[tuple[Statement, Obligation]]:
    """What was returned to `by`, or to those for whom they stand in, and is to be presented again; the oldest first."""
    theirs = sorted(by.stands_for())
    mine = or_(Obligation.debtor_id.in_(theirs), Statement.presented_by.in_(theirs))
    found = _last().where(Statement.status == StatementStatus.RETURNED, mine)
    return [(one, row) for one, row in session.execute(found)]


def fits(session: Session, row: Obligation) -> bool:
    """Whether a statement meets this obligation."""
    return kinds.STATEMENT in policies.many(session, [row.policy_id])[row.policy_id].at(row.period_start).spec.met_by


def present(session: Session, obligation_id: int, new: NewStatement, *, by: Principal, now: datetime) -> Statement:
    """Present a statement about what `by` owes.

    Raises NotFound, NotAllowed, Conflict (over already, one waits for a decision, or the system itself holds the
    thing), InvalidData (`text`, `happened_on`, `evidence_file`, `evidence_link`, `confirmed` before its time).
    """
    row = obligations.held(session, obligation_id)
    actor = access.demand(by, "obligation.state", obligations.subject(row))
    _check_open(session, row)
    _check(session, row, new, by, now)
    early.demand_confirmed(session, row, STATED, now, confirmed=new.confirmed)
    statement = Statement(
        obligation_id=row.id, text=new.text.strip(), happened_on=new.happened_on, evidence_file=new.evidence_file,
        evidence_link=new.evidence_link.strip(), presented_at=now, presented_by=by.person_id,
        status=StatementStatus.PRESENTED, remark="",
    )  # fmt: skip
    session.add(statement)
    session.flush()
    if new.evidence_file:
        attachments.use(session, [new.evidence_file], obligation_chain(row.id), now=now)
    told = {"statement": statement.id, seals.NAME: seal(statement)}
    history.record(
        session, obligation_chain(row.id), "statement.presented", by=actor, now=now,
        summary="Presentó una constancia de cumplimiento.", details=told,
    )  # fmt: skip
    return statement


def accept(
    session: Session, statement_id: int, *, remark: str = "", confirmed: bool = False, by: Principal, now: datetime
) -> Statement:
    """Accept a statement: the obligation is met on the day that it says.

    Raises NotFound, NotAllowed (also for whoever presented it or owes the thing), Conflict when it was decided,
    InvalidData (`confirmed`) before its time.
    """
    statement, row, actor = _to_decide(session, statement_id, by, now)
    early.demand_confirmed(session, row, ACCEPTED, now, confirmed=confirmed)
    _decide(statement, StatementStatus.ACCEPTED, remark, by, now)
    session.flush()
    _record(session, row, "statement.accepted", "Aceptó la constancia de cumplimiento.", remark.strip(), actor, now)
    policy = policies.many(session, [row.policy_id])[row.policy_id]
    done = days.load(session, entity_id=row.entity_id, region_id=row.region_id).at_cut_off(statement.happened_on)
    facts.record(
        session,
        facts.NewFact(
            kind=kinds.of_statement(policy.key), reference=f"statement:{statement.id}", subject_kind=row.subject_kind,
            subject_id=row.subject_id, period=row.period, on=statement.happened_on,
            at=min(done, statement.presented_at), label=statement.text[:200], link=f"/plazos/{row.id}",
        ),
        by=actor,
        now=now,
    )  # fmt: skip
    _meet_next(session, statement, row, policy.key, actor, now)
    return statement


def _meet_next(
    session: Session, statement: Statement, row: Obligation, policy: str, by: Actor, now: datetime
) -> None:  # fmt: skip
    """Accepting is itself what the next step of a chain asks for: it is done now, and by who accepts."""
    following = chains.of(policy).meets
    if following:
        done = facts.NewFact(
            kind=kinds.of_statement(following), reference=f"decision:{statement.id}", subject_kind=row.subject_kind,
            subject_id=row.subject_id, period=row.period, on=local_date(now), label=f"Aceptó «{row.title}»",
            link=f"/plazos/{row.id}",
        )  # fmt: skip
        facts.record(session, done, by=by, now=now)


def return_(session: Session, statement_id: int, remark: str, *, by: Principal, now: datetime) -> Statement:
    """Return a statement with what is missing. Raises as `accept` does, and InvalidData (`remark`)."""
    statement, row, actor = _to_decide(session, statement_id, by, now)
    if not remark.strip():
        raise InvalidData({"remark": ["Escriba qué falta o qué debe corregirse."]})
    _decide(statement, StatementStatus.RETURNED, remark, by, now)
    session.flush()
    _record(session, row, "statement.returned", "Devolvió la constancia de cumplimiento.", remark.strip(), actor, now)
    return statement


def may_decide(session: Session, row: Obligation, statement: Statement, *, by: Principal, now: datetime) -> bool:
    """Whether it is for `by` to accept or return a statement."""
    return not _refusal(session, row, statement, by, now)


def to_decide(session: Session, *, by: Principal, now: datetime) -> list[tuple[Statement, Obligation]]:
    """What waits for `by` to accept or return it, with what it is about; the oldest first."""
    waiting = _waiting(by).with_only_columns(Statement, Obligation, Policy.key).order_by(Statement.id)
    found = session.execute(waiting).all()
    book = Book(session, local_date(now)) if found else None
    return [(one, row) for one, row, policy in found if book is not None and _decides(by, book, policy, row)]


def count_to_decide(session: Session, *, by: Principal, most: int, now: datetime) -> int:
    """How many statements wait for `by`, counted up to `most`; the database counts what has the same deciders."""
    alike = (Policy.key, Obligation.region_id, Obligation.unit_id, Obligation.debtor_id)
    groups = session.execute(_waiting(by).with_only_columns(*alike, func.count().label("size")).group_by(*alike)).all()
    count, book = 0, Book(session, local_date(now)) if groups else None
    for group in groups:
        if count < most and book is not None and _decides(by, book, group.key, group):
            count += group.size
    return min(count, most)


def _waiting(by: Principal) -> Select[Any]:
    """Statements that wait and `by` may decide, as far as the rows themselves tell: `_decides` tells the rest."""
    owed_by_others = or_(Obligation.debtor_id.is_(None), Obligation.debtor_id.not_in(sorted(by.stands_for())))
    waiting = (
        select(Statement)
        .join(Obligation, Obligation.id == Statement.obligation_id)
        .join(Policy, Policy.id == Obligation.policy_id)
        .where(Statement.status == StatementStatus.PRESENTED, Obligation.status.in_(OPEN))
        .where(Statement.presented_by != by.person_id, owed_by_others)
    )
    return access.visible(waiting, by, "statement.decide", obligations.SCOPE)


def _to_decide(
    session: Session, statement_id: int, by: Principal, now: datetime
) -> tuple[Statement, Obligation, Actor]:
    found = session.get(Statement, statement_id)
    if found is None:
        raise NotFound("la constancia", statement_id)
    row = obligations.held(session, found.obligation_id)
    session.refresh(found)
    actor = access.demand(by, "statement.decide", obligations.subject(row))
    refusal = _refusal(session, row, found, by, now)
    if refusal:
        raise NotAllowed(refusal, action="statement.decide")
    if found.status != StatementStatus.PRESENTED:
        raise Conflict("Esta constancia ya se decidió.", code="statement_state")
    return found, row, actor


def _refusal(session: Session, row: Obligation, statement: Statement, by: Principal, now: datetime) -> str:
    if not access.allowed(by, "statement.decide", obligations.subject(row)):
        return "Usted no tiene permiso para decidir esta constancia."
    if statement.presented_by == by.person_id or row.debtor_id in by.stands_for():
        return "La constancia la decide quien supervisa, nunca quien la presentó ni quien la debe."
    policy = session.scalars(select(Policy.key).where(Policy.id == row.policy_id)).one()
    if not _decides(by, Book(session, local_date(now)), policy, row):
        return "La constancia la decide quien supervisa esta obligación."
    return ""


def _decides(by: Principal, book: Book, policy: str, row: chains.ScopedRow) -> bool:
    """Whether `by`, or somebody for whom they stand in, is among who decides about an obligation of this policy."""
    alone = chains.deciders_of(chains.of(policy), book, row)
    chosen = alone or (*book.of(region_id=row.region_id, unit_id=row.unit_id, debtor_id=row.debtor_id), *book.der)
    return not by.stands_for().isdisjoint(chosen)


def _check_open(session: Session, row: Obligation) -> None:
    if row.status not in OPEN:
        raise Conflict("Esta obligación ya no está abierta.", code="obligation_state")
    if not fits(session, row):
        message = "Esta obligación se cumple sola al registrar lo que pide; no necesita constancia."
        raise Conflict(message, code="no_statement")
    first = chains.waits_for(session, row)
    if first is not None:
        raise Conflict(f"Primero va el paso anterior, «{first.title}», que no se ha cumplido.", code="step_before")
    waiting = select(Statement.id).where(
        Statement.obligation_id == row.id, Statement.status == StatementStatus.PRESENTED
    )
    if session.scalars(waiting.limit(1)).first() is not None:
        raise Conflict("Ya hay una constancia en revisión.", code="statement_waits")


def _check(session: Session, row: Obligation, new: NewStatement, by: Principal, now: datetime) -> None:
    errors: dict[str, list[str]] = {}
    if not new.text.strip():
        errors["text"] = ["Escriba qué se hizo."]
    if wrong := _wrong_day(session, row, new.happened_on, now):
        errors["happened_on"] = [wrong]
    if not new.evidence_file and not new.evidence_link.strip():
        errors["evidence_link"] = ["Adjunte un archivo o escriba el enlace de la evidencia."]
    elif new.evidence_link.strip() and not new.evidence_link.strip().startswith(("https://", "http://")):
        errors["evidence_link"] = ["Escriba un enlace que empiece por https://."]
    if new.evidence_file and not _attachable(session, new.evidence_file, by):
        errors["evidence_file"] = ["El archivo ya no está; adjúntelo de nuevo."]
    if errors:
        raise InvalidData(errors)


def _wrong_day(session: Session, row: Obligation, day: date, now: datetime) -> str:
    """Why the thing cannot have been done on `day`; empty when it can."""
    if day > local_date(now):
        return "La fecha no puede ser futura."
    first = row.period_start - timedelta(days=chains.step_of(session, row).days_ahead)
    if day < first:
        return f"Se puede hacer desde el {in_words(first)}: elija un día desde entonces."
    before = chains.before(session, row)  # the steps of a chain follow one another
    if before is not None and before.met_at is not None and day < (done := local_date(before.met_at)):
        return f"«{before.title}» se hizo el {in_words(done)}: elija ese día o uno posterior."
    return ""


def _attachable(session: Session, token: str, by: Principal) -> bool:
    try:
        files.get(session, token)
    except NotFound:
        return False
    return not attachments.foreign(session, [token], by=by)


def seal(row: Statement) -> str:
    """The seal of what was stated; what was decided of it is told by the acts themselves."""
    return seals.seal(
        row.id, row.obligation_id, row.text, row.happened_on, row.evidence_file, row.evidence_link, row.presented_at,
        row.presented_by,
    )  # fmt: skip


@seals.sealed("statement.presented")
def _sealed(session: Session, acts: Sequence[HistoryRow]) -> dict[int, str]:
    told = {act.details.get("statement"): act.id for act in acts}
    statement = select(Statement).where(Statement.id.in_(list(told)))
    return {told[row.id]: seal(row) for row in session.scalars(statement)}


def _decide(statement: Statement, status: StatementStatus, remark: str, by: Principal, now: datetime) -> None:
    statement.status, statement.remark = status, remark.strip()
    statement.decided_at, statement.decided_by = now, by.person_id


def _record(
    session: Session, row: Obligation, action: str, summary: str, reason: str, by: Actor, now: datetime
) -> None:
    history.record(session, obligation_chain(row.id), action, by=by, now=now, summary=summary, reason=reason)


@attachments.reads("obligation")
def _of_obligations(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    wanted = access.visible(select(Obligation.id), by, "obligation.read", obligations.SCOPE)
    return session.scalars(wanted.where(Obligation.id.in_(ids)).limit(1)).first() is not None
