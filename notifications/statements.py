"""«Ya lo hice»: a statement with evidence for what happens outside this system; whoever supervises decides it."""

from collections.abc import Collection
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db import history
from db import seals
from db.actor import Actor
from db.characters import too_long
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from directory import access
from directory import attachments
from directory.chunks import chunks
from directory.principal import Principal
from notifications import chains
from notifications import days
from notifications import deciding
from notifications import early
from notifications import facts
from notifications import kinds
from notifications import obligations
from notifications import policies
from notifications import statement_seals
from notifications import stating
from notifications import steps
from notifications.ledger import OPEN
from notifications.ledger import obligation_chain
from notifications.models import Obligation
from notifications.models import Policy
from notifications.models import Statement
from notifications.models import StatementStatus
from notifications.stating import NewStatement as NewStatement
from notifications.supervisors import Book

ACCEPTED = "Acepto la constancia"
"""What is confirmed before its time, to be followed by why that is asked."""


def of(session: Session, obligation_id: int) -> list[Statement]:
    """Every statement about an obligation that can be read, newest first."""
    ids = session.scalars(_about(obligation_id).order_by(Statement.id.desc())).all()
    return [one for key in ids if (one := readable(session, key)) is not None]


def count_unreadable(session: Session, obligation_id: int) -> int:
    """How many statements about an obligation hold what nobody writes there: somebody altered them in the database."""
    return sum(readable(session, key) is None for key in session.scalars(_about(obligation_id)).all())


def readable(session: Session, statement_id: int) -> Statement | None:
    """The statement with this id; None where there is none, or it holds what nobody writes there."""
    try:
        return session.get(Statement, statement_id)
    except history.UNREADABLE:
        return None


def _about(obligation_id: int) -> Select[int]:
    return select(Statement.id).where(Statement.obligation_id == obligation_id)


def accepted_at(session: Session, obligation_ids: Collection[int]) -> dict[int, datetime]:
    """Obligation → when the statement that was accepted for it was presented; those without one are left out."""
    found: dict[int, datetime] = {}
    for ids in chunks(sorted(obligation_ids)):
        accepted = select(Statement.obligation_id, Statement.presented_at).where(
            Statement.obligation_id.in_(ids), Statement.status == StatementStatus.ACCEPTED
        )
        found.update((row.obligation_id, row.presented_at) for row in session.execute(accepted.order_by(Statement.id)))
    return found


def in_review(session: Session, obligation_ids: Collection[int]) -> dict[int, datetime]:
    """Obligation → when the statement about it that nobody decided yet was presented; those without one left out."""
    found: dict[int, datetime] = {}
    for ids in chunks(sorted(obligation_ids)):
        waiting = Statement.obligation_id.in_(ids), Statement.status == StatementStatus.PRESENTED
        rows = session.execute(select(Statement.obligation_id, Statement.presented_at).where(*waiting))
        found.update((row.obligation_id, row.presented_at) for row in rows)
    return found


def obligations_of(session: Session, ids: Collection[int]) -> list[int]:
    """The obligations about which the statements with these ids are."""
    found = select(Statement.obligation_id).where(Statement.id.in_(sorted(ids))).distinct()
    return sorted(session.scalars(found)) if ids else []


def last(
    session: Session, *, ids: Sequence[int] | None = None, about: Sequence[int] | None = None, all_of_them: bool = True
) -> list[tuple[Statement, Obligation]]:
    """The last statement of each open obligation, with it, as far as it waits or was returned; the oldest first.

    Args: `ids` narrows to these statements, `about` to these obligations; without `all_of_them` those are
    left out that nobody may decide because the step before is open again.
    """
    found = _last()
    if ids is not None:
        found = found.where(Statement.id.in_(ids))
    if about is not None:
        found = found.where(Obligation.id.in_(about))
    if not all_of_them:
        found = found.where(or_(Statement.status == StatementStatus.RETURNED, ~chains.blocked()))
    return [(one, row) for one, row in session.execute(found)]


def _last() -> Any:
    newer = aliased(Statement)
    later = select(newer.id).where(newer.obligation_id == Statement.obligation_id, newer.id > Statement.id)
    return (
        select(Statement, Obligation)
        .join(Obligation, Obligation.id == Statement.obligation_id)
        .where(Statement.status.in_((StatementStatus.PRESENTED, StatementStatus.RETURNED)), ~later.exists())
        .where(Obligation.status.in_(OPEN), ~Statement.withdrawn)
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
    day = stating.check(session, row, new, by=by, now=now)
    statement = Statement(
        obligation_id=row.id, text=new.text.strip(), happened_on=day, evidence_file=new.evidence_file,
        evidence_link=new.evidence_link.strip(), presented_at=now, presented_by=by.person_id,
        status=StatementStatus.PRESENTED, remark="",
    )  # fmt: skip
    session.add(statement)
    session.flush()
    if new.evidence_file:
        attachments.use(session, [new.evidence_file], obligation_chain(row.id), now=now)
    told = {"statement": statement.id, seals.NAME: statement_seals.seal(statement)}
    history.record(
        session, obligation_chain(row.id), statement_seals.PRESENTED, by=actor, now=now,
        summary="Presentó una constancia de cumplimiento.", details=told,
    )  # fmt: skip
    steps.follow(session, row, now=now)
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
    _decide(statement, StatementStatus.ACCEPTED, _remark(remark), by, now)
    _record(session, statement, statement_seals.ACCEPTED, "Aceptó la constancia de cumplimiento.", actor, now)
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


def return_(
    session: Session, statement_id: int, remark: str, *, with_before: bool = False, by: Principal, now: datetime
) -> Statement:
    """Return a statement with what is missing; `with_before` also what was accepted of the step before.

    Raises as `accept` does, and InvalidData (`remark`; `with_before` where its step does not reach another one).
    """
    statement, row, actor = _to_decide(session, statement_id, by, now)
    if not remark.strip():
        raise InvalidData({"remark": ["Escriba qué falta o qué debe corregirse."]})
    _decide(statement, StatementStatus.RETURNED, _remark(remark), by, now)
    summary = "Devolvió la constancia de cumplimiento."
    if with_before:
        summary = f"Devolvió la constancia de cumplimiento, y con ella {chains.step_of(session, row).reaches}."
        _take_back(session, row, statement.remark, by, actor, now)
    _record(session, statement, statement_seals.RETURNED, summary, actor, now)
    steps.follow(session, row, now=now)
    return statement


def _take_back(session: Session, row: Obligation, remark: str, by: Principal, actor: Actor, now: datetime) -> None:
    """Return what was accepted of the step before `row`: its fact holds no more, and it is owed again.

    That planning may reach the load is ours: it validates what the liaison loaded (`tracking/policies.py`).
    """
    before, accepted = reached(session, row), None
    if before is not None:
        obligations.held(session, before.id)
        ours = Statement.obligation_id == before.id, Statement.status == StatementStatus.ACCEPTED
        accepted = session.scalars(select(Statement).where(*ours).order_by(Statement.id.desc()).limit(1)).first()
    if before is None or accepted is None:
        raise InvalidData({"with_before": ["No hay una constancia aceptada del paso anterior que se pueda devolver."]})
    _decide(accepted, StatementStatus.RETURNED, remark, by, now)
    summary = f"Devolvió la constancia que se había aceptado, al devolver «{row.title}»."
    _record(session, accepted, statement_seals.TAKEN_BACK, summary, actor, now)
    policy = policies.many(session, [before.policy_id])[before.policy_id]
    facts.void(session, kinds.of_statement(policy.key), f"statement:{accepted.id}", by=actor, now=now)
    if following := chains.of(policy.key).meets:
        facts.void(session, kinds.of_statement(following), f"decision:{accepted.id}", by=actor, now=now)


def reached(session: Session, row: Obligation) -> Obligation | None:
    """The step before `row` that may be returned with it; None where its step reaches none, or that one is not met."""
    before = chains.before(session, row) if chains.step_of(session, row).reaches else None
    return before if before is not None and before.met_by is not None else None


def withdraw(session: Session, statement_id: int, *, by: Principal, now: datetime) -> Statement:
    """Take back one's own statement while nobody decided it: it stands as returned by who presented it.

    Raises NotFound, NotAllowed (for anybody else), Conflict when it was decided.
    """
    statement, row = _held(session, statement_id)
    actor = access.demand(by, "obligation.state", obligations.subject(row))
    if statement.presented_by != by.person_id:
        raise NotAllowed("La constancia la retira quien la presentó.", action="obligation.state")
    _demand_waiting(statement)
    _decide(statement, StatementStatus.RETURNED, "", by, now)
    _record(session, statement, statement_seals.WITHDRAWN, "Retiró la constancia que había presentado.", actor, now)
    steps.follow(session, row, now=now)
    return statement


def may_withdraw(row: Obligation, statement: Statement, *, by: Principal) -> bool:
    """Whether `by` presented it, and nobody decided it yet."""
    mine = statement.presented_by == by.person_id and statement.status == StatementStatus.PRESENTED
    return mine and access.allowed(by, "obligation.state", obligations.subject(row)) is not None


def may_decide(session: Session, row: Obligation, statement: Statement, *, by: Principal, now: datetime) -> bool:
    """Whether it is for `by` to accept or return a statement."""
    grant, _ = deciding.found(session, row, statement, by, now)
    return grant is not None and chains.waits_for(session, row) is None


def to_decide(session: Session, *, by: Principal, now: datetime) -> list[tuple[Statement, Obligation]]:
    """What waits for `by` to accept or return it, with what it is about; the oldest first."""
    waiting = _waiting(by).with_only_columns(Statement, Obligation, Policy.key).order_by(Statement.id)
    found = session.execute(waiting).all()
    book = Book(session, local_date(now)) if found else None
    return [(one, row) for one, row, policy in found if book is not None and deciding.grant_of(by, book, policy, row)]


def count_to_decide(session: Session, *, by: Principal, most: int, now: datetime) -> int:
    """How many statements wait for `by`, counted up to `most`; the database counts what has the same deciders."""
    alike = (Policy.key, Obligation.region_id, Obligation.unit_id, Obligation.debtor_id)
    groups = session.execute(_waiting(by).with_only_columns(*alike, func.count().label("size")).group_by(*alike)).all()
    count, book = 0, Book(session, local_date(now)) if groups else None
    for group in groups:
        if count < most and book is not None and deciding.grant_of(by, book, group.key, group):
            count += group.size
    return min(count, most)


def _waiting(by: Principal) -> Select[Any]:
    """Statements that wait and `by` may decide, as far as the rows themselves tell: `deciding` tells the rest."""
    owed_by_others = or_(Obligation.debtor_id.is_(None), Obligation.debtor_id.not_in(sorted(by.stands_for())))
    waiting = (
        select(Statement)
        .join(Obligation, Obligation.id == Statement.obligation_id)
        .join(Policy, Policy.id == Obligation.policy_id)
        .where(Statement.status == StatementStatus.PRESENTED, Obligation.status.in_(OPEN))
        .where(Statement.presented_by != by.person_id, owed_by_others, ~chains.blocked())
    )
    return access.visible(waiting, by, "statement.decide", obligations.SCOPE)


def _to_decide(
    session: Session, statement_id: int, by: Principal, now: datetime
) -> tuple[Statement, Obligation, Actor]:
    found, row = _held(session, statement_id)
    access.demand(by, deciding.DECIDE, obligations.subject(row))
    grant, refusal = deciding.found(session, row, found, by, now)
    if grant is None:
        raise NotAllowed(refusal, action=deciding.DECIDE)
    _demand_waiting(found)
    _demand_turn(session, row)
    return found, row, by.actor(grant)


def _held(session: Session, statement_id: int) -> tuple[Statement, Obligation]:
    """The statement as it stands, its obligation locked."""
    found = readable(session, statement_id)
    if found is None:
        raise NotFound("la constancia", statement_id)
    row = obligations.held(session, found.obligation_id)
    session.refresh(found)
    return found, row


def _demand_waiting(statement: Statement) -> None:
    if statement.withdrawn:
        raise Conflict("Quien presentó esta constancia la retiró.", code="statement_state")
    if statement.status != StatementStatus.PRESENTED:
        raise Conflict("Esta constancia ya se decidió.", code="statement_state")


def _check_open(session: Session, row: Obligation) -> None:
    if row.status not in OPEN:
        raise Conflict("Esta obligación ya no está abierta.", code="obligation_state")
    if not fits(session, row):
        message = "Esta obligación se cumple sola al registrar lo que pide; no necesita constancia."
        raise Conflict(message, code="no_statement")
    _demand_turn(session, row)
    waiting = select(Statement.id).where(
        Statement.obligation_id == row.id, Statement.status == StatementStatus.PRESENTED
    )
    if session.scalars(waiting.limit(1)).first() is not None:
        raise Conflict("Ya hay una constancia en revisión.", code="statement_waits")


def _demand_turn(session: Session, row: Obligation) -> None:
    """Nothing is presented nor decided while the step before is open: it may have been opened again since."""
    first = chains.waits_for(session, row)
    if first is not None:
        raise Conflict(f"Primero va el paso anterior, «{first.title}», que no se ha cumplido.", code="step_before")


def _remark(typed: str) -> str:
    """The remark of a decision. Raises InvalidData (`remark`) for one that is too long."""
    if wrong := too_long(typed, stating.LONGEST, "Observación"):
        raise InvalidData({"remark": [wrong]})
    return typed.strip()


def _decide(statement: Statement, status: StatementStatus, remark: str, by: Principal, now: datetime) -> None:
    statement.status, statement.remark = status, remark
    statement.decided_at, statement.decided_by = now, by.person_id


def _record(session: Session, statement: Statement, action: str, summary: str, by: Actor, now: datetime) -> None:
    """What became of a statement, in the words that it keeps: `statement_seals` compares both."""
    session.flush()
    history.record(
        session, obligation_chain(statement.obligation_id), action, by=by, now=now, summary=summary,
        reason=statement.remark, details={"statement": statement.id},
    )  # fmt: skip


@attachments.reads("obligation")
def _of_obligations(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    wanted = access.visible(select(Obligation.id), by, "obligation.read", obligations.SCOPE)
    return session.scalars(wanted.where(Obligation.id.in_(ids)).limit(1)).first() is not None
