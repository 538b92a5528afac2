"""Steps that wait for the one before: which one that is, whether it still holds them back, and when they are due then.

What holds a step back is that the step before, about the same subject and period, is open and nobody presented its
statement. That the next one keeps the working days between both is ours: no source says what happens to its day.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db.clock import local_date
from directory.chunks import chunks
from directory.models import Person
from notifications import chains
from notifications import due
from notifications import policies
from notifications.calendar import WorkingDays
from notifications.calendar import in_words
from notifications.models import OPEN
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from notifications.models import Statement
from notifications.policies import Held

ESPERA = "Espera el paso anterior"
"""How what waits is called wherever it is shown."""


@dataclass(frozen=True, slots=True)
class Before:
    """The step before an obligation. `freed_at` is when it stopped holding it back; None while it does.

    `how` says in words what happened then, or why it holds it back again.
    """

    id: int
    title: str
    debtor_id: int | None
    policy: Held
    freed_at: datetime | None
    how: str

    @property
    def waits(self) -> bool:
        """Whether the next step waits for it."""
        return self.freed_at is None

    @property
    def said(self) -> str:
        """Why the date of the next step is the one that it is, as a sentence."""
        if self.freed_at is None:
            return f"El paso anterior, «{self.title}», {self.how}: vale el día de la política."
        return f"El paso anterior, «{self.title}», {self.how} el {in_words(local_date(self.freed_at))}."

    def under(self, policy: Held) -> "Before":
        """The same, if its policy said what `policy` says."""
        return replace(self, policy=policy)

    def dated(self, own: due.DueDate, spec: Any, start: date, end: date, key: str, days: WorkingDays) -> due.DueDate:
        """When the next step is due, which by its policy alone is so at `own`; its period has this key and days."""
        rule = self.policy.at(start).spec
        if self.freed_at is None or rule.rule == "given":
            return own
        earlier = due.compute(rule, due.period_of(rule, key, start, end), days)
        day = local_date(self.freed_at)
        return due.after_step(spec, own, earlier, day, f"el paso anterior {self.how} ({in_words(day)})", days)


@dataclass(frozen=True, slots=True)
class Awaited:
    """The step for which an obligation waits, be it before the one right before, and who owes it: nobody, perhaps."""

    id: int
    title: str
    debtor_id: int | None
    debtor: str | None

    @property
    def said(self) -> str:
        """What is waited for and from whom, as a sentence."""
        who = f"que debe {self.debtor}" if self.debtor else "que hoy no debe nadie"
        return f"{ESPERA}, «{self.title}», {who}: no vence mientras no se presente."


def before(session: Session, ids: Iterable[int]) -> dict[int, Before]:
    """Obligation → the step before it; those of `ids` that stand alone, or before which nothing is owed, are left out.

    Two questions, for however many; one where there is none.
    """
    found = [row for some in chunks(sorted(set(ids))) for row in session.execute(_linked(Obligation.id.in_(some)))]
    return _told(session, found)


def of_open(session: Session, policy: str = "") -> dict[int, Before]:
    """The same of every open obligation, or of those of the policy with this key."""
    only = [Obligation.policy_id == chains.id_of(policy)] if policy else []
    return _told(session, session.execute(_linked(Obligation.status.in_(OPEN), *only)))


def awaited(session: Session, rows: Iterable[Obligation]) -> dict[int, "Awaited"]:
    """Obligation → the step before it whose turn it is, of those of `rows` that wait: one question.

    Where the step right before waits as well, that is the one for which it waits: the first that nobody presented.
    """
    ids = sorted({row.id for row in rows if row.status in OPEN})
    step = aliased(Obligation)
    stated = select(Statement.id).where(Statement.obligation_id == step.id, Statement.status.in_(chains.STANDING))
    unsaid = case((stated.correlate(step).exists(), 0), else_=1)
    far = {policy: len(chains.earlier(policy)) for policy, _ in chains.links()}
    told: dict[int, Any] = {}
    for some in chunks(ids):
        statement = (
            select(
                step.id,
                step.title,
                step.debtor_id,
                Person.name,
                Obligation.id.label("of"),
                Policy.key.label("policy"),
                unsaid.label("unsaid"),
            )
            .select_from(Obligation)
            .join(step, or_(_linked_to(step), _linked_to(step, chains.earlier_still)) & step.status.in_(OPEN))
            .join(Policy, Policy.id == step.policy_id)
            .outerjoin(Person, Person.id == step.debtor_id)
            .where(Obligation.id.in_(some), chains.waits())
        )
        for row in session.execute(statement):
            told[row.of] = max(told.get(row.of, row), row, key=lambda one: (one.unsaid, -far.get(one.policy, 0)))
    return {of: Awaited(*row[:4]) for of, row in told.items()}


def waited(until: datetime) -> ColumnElement[bool]:
    """Which obligations waited at `until`, or wait now, whatever became of them: they were not overdue then."""
    step = aliased(Obligation)
    over = or_(
        and_(step.met_at.is_not(None), step.met_at < until),
        and_(step.status == ObligationStatus.WAIVED, step.changed_at < until),
    )
    said = select(Statement.id).where(
        Statement.obligation_id == step.id, Statement.presented_at < until,
        or_(Statement.status.in_(chains.STANDING), Statement.decided_at >= until),
    )  # fmt: skip
    held = [
        (Obligation.policy_id == chains.id_of(policy))
        & select(step.id)
        .where(chains.same_case(step, of_before), ~over, ~said.correlate(step).exists())
        .correlate(Obligation)
        .exists()
        for policy, of_before in chains.links()
    ]
    return or_(chains.waits(), *held)


def _linked(*conditions: ColumnElement[bool]) -> Any:
    """Obligations that have a step before, with it, and when the statement about it that stands was presented."""
    return _every_linked(tuple(chains.links())).where(*conditions)


@cache  # as what `chains.waits` says; the pairs are those that `chains` gives
def _every_linked(_pairs: tuple[tuple[str, str], ...]) -> Any:
    step, first = aliased(Obligation), aliased(Obligation)
    presented = (
        select(func.max(Statement.presented_at))
        .where(Statement.obligation_id == step.id, Statement.status.in_(chains.STANDING))
        .correlate(step)
        .scalar_subquery()
    )
    is_earlier = _linked_to(first, chains.earlier_still)
    behind = select(first.id).where(is_earlier, first.status.in_(OPEN)).correlate(Obligation).exists()
    closed = select(func.max(first.changed_at)).where(is_earlier).correlate(Obligation).scalar_subquery()
    columns = (
        Obligation.id.label("of"), step.id, step.policy_id, step.title, step.debtor_id, step.status, step.met_at,
        step.changed_at, presented.label("presented_at"), behind.label("behind"), closed.label("closed_at"),
    )  # fmt: skip
    return select(*columns).select_from(Obligation).join(step, _linked_to(step)).order_by(Obligation.id)


def _linked_to(step: Any, links: Callable[[], list[tuple[str, str]]] = chains.links) -> ColumnElement[bool]:
    """Whether `step` is the one before an obligation, or another one that `links` names."""
    return or_(
        false(),
        *(
            (Obligation.policy_id == chains.id_of(policy)) & chains.same_case(step, of_before)
            for policy, of_before in links()
        ),
    )


def _told(session: Session, found: Iterable[Any]) -> dict[int, Before]:
    rows = list(found)
    held: Mapping[int, Held] = policies.many(session, {row.policy_id for row in rows})
    return {row.of: Before(row.id, row.title, row.debtor_id, held[row.policy_id], *_freed(row)) for row in rows}


def _freed(row: Any) -> tuple[datetime | None, str]:
    """When a step stopped holding back the next one, and what happened then in words."""
    if row.presented_at is not None and row.status in OPEN and row.behind:
        return None, "espera a su vez el que va antes"
    if row.presented_at is not None:
        again = row.closed_at is not None and row.closed_at > row.presented_at
        return (row.closed_at, "se pudo revisar otra vez") if again else (row.presented_at, "se presentó")
    if row.status == ObligationStatus.WAIVED:
        return row.changed_at, "se dispensó"
    return (None, "está otra vez sin presentar") if row.status in OPEN else (row.met_at, "se cumplió")
