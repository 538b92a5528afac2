"""Obligations as people read them: one, and lists of them."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from db import rows
from db.errors import InvalidData
from directory import access
from directory.chunks import chunks
from directory.models import Person
from directory.principal import Principal
from directory.searching import holding
from notifications import chains
from notifications import policies
from notifications.ledger import BY_SYSTEM
from notifications.ledger import OPEN
from notifications.models import DueMove
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from notifications.models import Statement
from notifications.models import StatementStatus

SCOPE = access.ScopeColumns(
    unit_id=Obligation.unit_id, region_id=Obligation.region_id, entity_id=Obligation.entity_id,
    people=(Obligation.debtor_id,),
)  # fmt: skip

KEYS = (paging.Key(Obligation.due_at), paging.Key(Obligation.id))
NEWEST_FIRST = (paging.Key(Obligation.due_at, descending=True), paging.Key(Obligation.id, descending=True))

LABELS = {
    ObligationStatus.PENDING: "Pendiente",
    ObligationStatus.OVERDUE: "Vencida",
    ObligationStatus.MET: "Cumplida",
    ObligationStatus.LATE: "Cumplida tarde",
    ObligationStatus.WAIVED: "Dispensada",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which obligations to list; what is empty does not filter.

    `open_only` leaves out what is over and, unless a status is asked for, recommendations whose day went by;
    `stated` leaves only what has a statement that waits to be decided, `waiting` what waits for the step before,
    `counted` only what tells whether terms are kept; of what has an id, 0 is what has none; `among` names the only ones
    that come into it.
    """

    text: str = ""
    status: str = ""
    open_only: bool = False
    policy: str = ""
    debtor_id: int | None = None
    region_id: int | None = None
    unit_id: int | None = None
    product_id: int | None = None
    plan_id: int | None = None
    entity_id: int | None = None
    among: tuple[int, ...] | None = None
    since: date | None = None
    until: date | None = None
    stated: bool = False
    waiting: bool = False
    counted: bool = False
    figure: str = ""  # one of the figures of `counts`, with `now` and `soon` as they were there
    soon: datetime | None = None
    now: datetime | None = None  # with it, what is overdue is so from its limit on, before the sweep marks it


def get(session: Session, obligation_id: int, *, by: Principal) -> Obligation:
    """The obligation with this id. Raises NotFound, NotAllowed."""
    row = rows.get(session, Obligation, obligation_id, "la obligación")
    access.demand(by, "obligation.read", subject(row))
    return row


def many(session: Session, ids: Collection[int]) -> list[Obligation]:
    """The obligations with these ids, by due date; what is unknown is left out."""
    statement = select(Obligation).where(Obligation.id.in_(sorted(ids)))
    return list(session.scalars(statement.order_by(Obligation.due_at, Obligation.id)))


def held(session: Session, obligation_id: int) -> Obligation:
    """The obligation, locked until the transaction ends. Raises NotFound."""
    return rows.held(session, Obligation, obligation_id, "la obligación")


def subject(row: Obligation) -> access.Subject:
    """Where an obligation is and who takes part in it."""
    people = frozenset({row.debtor_id}) if row.debtor_id is not None else frozenset[int]()
    return access.Subject(unit_id=row.unit_id, region_id=row.region_id, entity_id=row.entity_id, people=people)


def mine(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Obligation]:
    """What `by` owes, and those for whom they stand in; what is open by due date, what is over the newest first."""
    statement = select(Obligation).where(Obligation.debtor_id.in_(sorted(by.stands_for())))
    return _page(session, statement, filters, limit, cursor)


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Obligation]:
    """What people owe of whom `by` may read."""
    return _page(session, access.visible(select(Obligation), by, "obligation.read", SCOPE), filters, limit, cursor)


def moves_of(session: Session, obligation_id: int) -> list[DueMove]:
    """How its due date moved, oldest first."""
    statement = select(DueMove).where(DueMove.obligation_id == obligation_id)
    return list(session.scalars(statement.order_by(DueMove.id)))


def last_moves(session: Session, ids: Collection[int]) -> dict[int, DueMove]:
    """Obligation → how its due date moved last; without those whose date never did."""
    found: dict[int, DueMove] = {}
    for some in chunks(sorted(ids)):
        statement = select(DueMove).where(DueMove.obligation_id.in_(some)).order_by(DueMove.id)
        found |= {move.obligation_id: move for move in session.scalars(statement)}
    return found


def counts(
    session: Session, by: Principal, *, own: bool, now: datetime, soon: datetime, without: str = ""
) -> dict[str, int]:
    """How many open obligations in sight are `overdue`, due by `soon`, due `later`, and `stated`: to be decided.

    What waits for the step before is none of the first, but counted as `waiting`. A recommendation that nobody followed
    in time is not counted as overdue, but as `lapsed`. Those about subjects of the kind `without` are left out.
    """
    figures = _figures(session, now, soon) | {"stated": _stated()}
    counted: Sequence[Any] = [func.count().filter(condition) for condition in figures.values()]
    statement: Any = select(*counted).where(Obligation.status.in_(OPEN))
    if without:
        statement = statement.where(Obligation.subject_kind != without)
    if own:
        statement = statement.where(Obligation.debtor_id.in_(sorted(by.stands_for())))
    else:
        statement = access.visible(statement, by, "obligation.read", SCOPE)
    return dict(zip(figures, session.execute(statement).one(), strict=True))


def _figures(session: Session, now: datetime, soon: datetime) -> dict[str, ColumnElement[bool]]:
    """Which of the open obligations each figure counts; its link lists just those."""
    recommended, waits = policies.recommended(session), chains.waits()
    late, ahead = (Obligation.limit_at < now) & ~waits, (Obligation.limit_at >= now) & ~waits
    return {
        "overdue": late & ~recommended, "lapsed": late & recommended, "soon": ahead & (Obligation.due_at <= soon),
        "later": ahead & (Obligation.due_at > soon), "waiting": waits,
    }  # fmt: skip


def lapsed(now: datetime) -> ColumnElement[bool]:
    """What is open, waits for no step before and whose limit passed, whether the sweep that marks it came or not."""
    return Obligation.status.in_(OPEN) & (Obligation.limit_at < now) & ~chains.waits()


def matching(statement: Select[Any], filters: Filters) -> Select[Any]:
    """`statement` over obligations narrowed by `filters`. Raises InvalidData (`status`)."""
    if filters.status and filters.status not in LABELS:
        raise InvalidData({"status": ["Elija un estado de la lista."]})
    narrowed = _in_time(_of(statement, filters), filters)
    return narrowed.where(*holding(filters.text, Obligation.title, Obligation.subject_label))


def _of(statement: Select[Any], filters: Filters) -> Select[Any]:
    """Whose, where and about what."""
    for column, value in (
        (Obligation.debtor_id, filters.debtor_id),
        (Obligation.region_id, filters.region_id),
        (Obligation.unit_id, filters.unit_id),
        (Obligation.product_id, filters.product_id),
        (Obligation.plan_id, filters.plan_id),
        (Obligation.entity_id, filters.entity_id),
    ):
        if value is not None:
            statement = statement.where(column == (value or None))
    if filters.status:
        statement = statement.where(_standing(filters))
    if filters.among is not None:
        statement = statement.where(Obligation.id.in_(filters.among))
    if filters.policy:
        wanted = select(Policy.id).where(Policy.key == filters.policy)
        statement = statement.where(Obligation.policy_id.in_(wanted))
    return statement


def _standing(filters: Filters) -> ColumnElement[bool]:
    """The status asked for, as the counts of `counts` tell it: what is past its limit is overdue."""
    if filters.now is None or filters.status not in OPEN:
        return Obligation.status == filters.status
    late = lapsed(filters.now)
    return late if filters.status == ObligationStatus.OVERDUE else Obligation.status.in_(OPEN) & ~late


def _in_time(statement: Select[Any], filters: Filters) -> Select[Any]:
    if filters.open_only and not filters.status:
        statement = statement.where(Obligation.status.in_(OPEN))
    if filters.stated:
        statement = statement.where(_stated())
    if filters.waiting:
        statement = statement.where(chains.waits())
    if filters.since:
        statement = statement.where(Obligation.due_on >= filters.since)
    if filters.until:
        statement = statement.where(Obligation.due_on <= filters.until)
    return statement


def excused() -> ColumnElement[bool]:
    """What was waived and is for people to open again: what the system waived it takes back itself."""
    return (Obligation.status == ObligationStatus.WAIVED) & Obligation.reason.not_in(BY_SYSTEM)


def ids_open(session: Session, by: Principal, ids: Collection[int], *, waived: bool = False) -> list[int]:
    """Those of `ids` that are open and `by` may waive, by due date: never their own, nor of whom they stand in for.

    With `waived`, those that were waived and `by` may open again.
    """
    statement = select(Obligation.id).where(Obligation.id.in_(sorted(ids)), _in_hand(waived))
    own = Obligation.debtor_id.in_(sorted(by.stands_for()))
    statement = statement.where(or_(Obligation.debtor_id.is_(None), ~own))
    statement = access.visible(statement, by, "obligation.waive", SCOPE)
    return list(session.scalars(statement.order_by(Obligation.due_at, Obligation.id)))


def _in_hand(waived: bool) -> ColumnElement[bool]:
    return excused() if waived else Obligation.status.in_(OPEN)


def waivable(session: Session, by: Principal, filters: Filters, *, most: int, waived: bool = False) -> list[int]:
    """Up to `most` of the obligations that `listing` has and `ids_open` keeps: those that `by` may waive, whole."""
    own = Obligation.debtor_id.in_(sorted(by.stands_for()))
    statement = select(Obligation.id).where(_in_hand(waived), or_(Obligation.debtor_id.is_(None), ~own))
    statement = access.visible(statement, by, "obligation.read", SCOPE)
    statement = _fitting(session, access.visible(statement, by, "obligation.waive", SCOPE), filters)
    return list(session.scalars(statement.order_by(Obligation.due_at, Obligation.id).limit(most)))


def debtors(session: Session, by: Principal) -> list[tuple[int, str]]:
    """Who owes something in sight of `by`: id and name, by name."""
    owing = access.visible(select(Obligation.debtor_id), by, "obligation.read", SCOPE)
    statement = select(Person.id, Person.name).where(Person.id.in_(owing)).order_by(Person.search_name, Person.id)
    return [(key, name) for key, name in session.execute(statement)]


def _stated() -> ColumnElement[bool]:
    """What has a statement that waits to be decided."""
    return Obligation.id.in_(select(Statement.obligation_id).where(Statement.status == StatementStatus.PRESENTED))


def _pressing(session: Session, now: datetime | None) -> ColumnElement[bool]:
    """What is still to be done: all but recommendations whose day went by."""
    late = Obligation.status == ObligationStatus.OVERDUE if now is None else lapsed(now)
    return or_(~late, ~policies.recommended(session))


def _page(
    session: Session, statement: Select[Any], filters: Filters, limit: int, cursor: str
) -> paging.Page[Obligation]:
    over = filters.status in (ObligationStatus.MET, ObligationStatus.LATE, ObligationStatus.WAIVED)
    keys = NEWEST_FIRST if over or not (filters.open_only or filters.status) else KEYS
    return paging.page(session, _fitting(session, statement, filters), keys, limit=limit, cursor=cursor)


def _fitting(session: Session, statement: Select[Any], filters: Filters) -> Select[Any]:
    if filters.figure and filters.now and filters.soon:
        wanted = _figures(session, filters.now, filters.soon)[filters.figure]
        return matching(statement.where(Obligation.status.in_(OPEN), wanted), filters)
    if filters.counted:
        statement = statement.where(~policies.recommended(session))
    elif filters.open_only and not (filters.status or filters.stated):
        statement = statement.where(_pressing(session, filters.now))
    return matching(statement, filters)
