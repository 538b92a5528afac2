"""What obligations tell: the rungs of their ladders, to who owes, who supervises and who follows up."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory import acting
from directory import people
from directory.chunks import chunks
from directory.roles import ACTING
from directory.roles import ROLES
from notifications import chains
from notifications import obligations
from notifications import policies
from notifications import statements
from notifications.calendar import in_words
from notifications.ledger import OPEN
from notifications.models import DueMove
from notifications.models import Obligation
from notifications.models import Reminder
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Part
from notifications.notices import Round
from notifications.notices import notice_source
from notifications.policies import Held
from notifications.specs import AGAIN
from notifications.specs import DEBTOR
from notifications.specs import DER
from notifications.specs import SUPERVISOR
from notifications.specs import Rung
from notifications.supervisors import COORDINATOR
from notifications.supervisors import DIRECTOR
from notifications.supervisors import MONITORING
from notifications.supervisors import Book

OBLIGATION = "obligation"
OWING = ACTING | {"senior_management"}
"""Roles in which somebody owes something; who holds none of them is not reminded of what stayed in their name."""

Place = tuple[int | None, int | None, int | None]  # region, unit and debtor: what decides who supervises


@notice_source(OBLIGATION)
class Obligations:
    """The source of notices of the ledger."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """What `holders` owe, and what others owe that they are to know of."""
        plan = _plan(session, turn)
        yield from self._owed(session, turn, plan, holders)
        yield from self._of_others(session, turn, plan, holders)
        yield from self._of_nobody(session, turn, plan, holders)

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """The lines of what is still open under the same version, and does not wait meanwhile for the step before."""
        ids = {reminder.source_id for reminder in reminders}
        found: dict[int, Obligation] = {}
        for some in chunks(sorted(ids)):
            still = Obligation.status.in_(OPEN), ~chains.waits()
            found |= {row.id: row for row in session.scalars(select(Obligation).where(Obligation.id.in_(some), *still))}
        known = policies.many(session, {row.policy_id for row in found.values()})
        debtors = people.many(session, {row.debtor_id for row in found.values() if row.debtor_id is not None})
        moved, said = obligations.last_moves(session, found), statements.in_review(session, found)
        lines = {}
        for reminder in reminders:
            row = found.get(reminder.source_id)
            if row is None or row.version != reminder.version:
                continue
            policy = known[row.policy_id].at(row.period_start)
            if _still_told(policy, row, now):
                debtor = debtors.get(row.debtor_id or 0)
                item = _item(row, policy, reminder, debtor.name if debtor else "")
                why = item.why + _in_review(said.get(row.id))
                lines[reminder.id] = replace(item, moved=_moved(moved.get(row.id)), why=why)
        return lines

    def _owed(self, session: Session, turn: Round, plan: "_Plan", holders: Collection[int]) -> Iterator[Notice]:
        for some in chunks(sorted(set(holders) - plan.unable)):
            statement = _open(plan, plan.reach(turn, {DEBTOR})).where(Obligation.debtor_id.in_(some))
            for row in _stream(session, statement):
                yield from plan.notices(turn, row, {DEBTOR: ((row.debtor_id, ""),)})

    def _of_others(self, session: Session, turn: Round, plan: "_Plan", holders: Collection[int]) -> Iterator[Notice]:
        """Rungs for supervisors and the like, asked by the debtors of whom some of `holders` are to know."""
        wanted: dict[Place, dict[str, list[tuple[int, str]]]] = {}
        for person in holders:
            for place, to, role in plan.told_of.get(person, ()):
                wanted.setdefault(place, {}).setdefault(to, []).append((person, role))
        debtors = sorted({place[2] for place in wanted if place[2] is not None})
        conditions = [Obligation.debtor_id.in_(some) for some in chunks(debtors)]
        if any(place[2] is None for place in wanted):
            conditions.append(Obligation.debtor_id.is_(None))
        for condition in conditions:
            for row in _stream(session, _open(plan, plan.reach_of_others(turn)).where(condition)):
                yield from plan.notices(turn, row, wanted.get((row.region_id, row.unit_id, row.debtor_id), {}))

    def _of_nobody(self, session: Session, turn: Round, plan: "_Plan", holders: Collection[int]) -> Iterator[Notice]:
        """What the ladder would tell debtors who may not act: whoever supervises them is told instead."""
        if not plan.unable:
            return
        book = Book(session, turn.today)
        for some in chunks(sorted(plan.unable)):
            statement = _open(plan, plan.reach(turn, {DEBTOR})).where(Obligation.debtor_id.in_(some))
            for row in _stream(session, statement):
                told = book.of(region_id=row.region_id, unit_id=row.unit_id, debtor_id=row.debtor_id)
                readers = [(one, role_of(book, one, row.region_id, row.unit_id)) for one in told if one in holders]
                yield from plan.notices(turn, row, {DEBTOR: readers})


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a round looks up once: the policies in force, and who is told of whom."""

    policies: Mapping[int, Held]
    told_of: Mapping[int, Sequence[tuple[Place, str, str]]]  # person → places, as what, in which role
    unable: frozenset[int]  # who owes something and may not act

    def reach(self, turn: Round, to: Collection[str]) -> date:
        """The last due day at which a rung for one of `to` may have come."""
        return _reach(turn, [rung.days for rung in _rungs(self.policies.values()) if rung.to in to])

    def reach_of_others(self, turn: Round) -> date:
        """The same, for every rung that is not for the debtor."""
        return _reach(turn, _days_of_others(self.policies.values()))

    def notices(self, turn: Round, row: Row[Any], told: Mapping[str, Sequence[tuple[int, str]]]) -> Iterator[Notice]:
        """A notice for each person of `told` for whom a rung has come."""
        spec = self.policies[row.policy_id].at(row.period_start).spec
        if not spec.escalates and turn.today > row.due_on:
            return
        for to, readers in told.items():
            ladder = [rung for rung in spec.ladder if rung.to == to]
            ladder += _again(turn, row.due_on, ladder)
            rungs = tuple(rung.key for rung in ladder if _come(turn, row.due_on, rung))
            if rungs:
                for person, role in readers:
                    overdue = row.limit_at < turn.now
                    yield Notice(OBLIGATION, row.id, row.version, person, rungs, role, overdue)


def _plan(session: Session, turn: Round) -> _Plan:
    if OBLIGATION not in turn.memo:
        held = {policy.id: policy for policy in policies.enabled(session)}
        turn.memo[OBLIGATION] = _Plan(held, _told_of(session, turn, held), _unable(session, turn))
    plan: _Plan = turn.memo[OBLIGATION]
    return plan


def _unable(session: Session, turn: Round) -> frozenset[int]:
    owing = select(Obligation.debtor_id).where(Obligation.status.in_(OPEN), Obligation.debtor_id.is_not(None))
    return frozenset(acting.unable(session, set(session.scalars(owing.distinct())), turn.today, OWING))


def _told_of(session: Session, turn: Round, held: Mapping[int, Held]) -> dict[int, list[tuple[Place, str, str]]]:
    """Who is told of what others owe: by the places where something is open whose rung may have come."""
    book, found = Book(session, turn.today), defaultdict(list)
    others = sorted({rung.to for rung in _rungs(held.values())} - {DEBTOR})
    statement = (
        select(Obligation.region_id, Obligation.unit_id, Obligation.debtor_id)
        .where(Obligation.status.in_(OPEN), Obligation.due_on <= _reach(turn, _days_of_others(held.values())))
        .distinct()
    )
    for region, unit, debtor in session.execute(statement):
        for to in others:
            for person, role in _readers(book, to, region, unit, debtor):
                found[person].append(((region, unit, debtor), to, role))
    return found


def _readers(
    book: Book, to: str, region: int | None, unit: int | None, debtor: int | None
) -> Iterator[tuple[int, str]]:
    """Who a rung is for, and in which role."""
    if to == SUPERVISOR:
        for person in book.of(region_id=region, unit_id=unit, debtor_id=debtor):
            yield person, role_of(book, person, region, unit)
    elif to == DER:
        yield from ((person, MONITORING) for person in book.der)
    else:
        role = to.removeprefix("role:")
        yield from ((person, role) for person in book.holders(role, region_id=region, unit_id=unit))


def role_of(book: Book, person: int, region: int | None, unit: int | None) -> str:
    """In which role somebody supervises a place."""
    places = {COORDINATOR: (region, None), DIRECTOR: (None, unit), MONITORING: (None, None)}
    for role, (of_region, of_unit) in places.items():
        if person in book.holders(role, region_id=of_region, unit_id=of_unit):
            return role
    return ""


def _open(plan: _Plan, last_due: date) -> Any:
    """What is open under the policies in force, due by `last_due`, and does not wait for the step before."""
    return (
        select(
            Obligation.id, Obligation.policy_id, Obligation.version, Obligation.debtor_id, Obligation.due_on,
            Obligation.limit_at, Obligation.region_id, Obligation.unit_id, Obligation.period_start,
        )
        .where(
            Obligation.status.in_(OPEN), Obligation.due_on <= last_due,
            Obligation.policy_id.in_(sorted(plan.policies)), ~chains.waits(),
        )
        .order_by(Obligation.debtor_id, Obligation.due_at, Obligation.id)
    )  # fmt: skip


def _stream(session: Session, statement: Any) -> Iterable[Row[Any]]:
    return session.execute(statement.execution_options(yield_per=1000))


def _days_of_others(held: Iterable[Held]) -> list[int]:
    return [rung.days for rung in _rungs(held) if rung.to != DEBTOR]


def _rungs(held: Iterable[Held]) -> list[Rung]:
    """Every rung of some policies, those of earlier versions that still govern among them."""
    return [rung for policy in held for part in policy.parts() for rung in part.spec.ladder]


def _reach(turn: Round, days: Sequence[int]) -> date:
    """The last due day at which one of the rungs `days` may have come."""
    earliest = min(days, default=1)
    return turn.today if earliest > 0 else turn.last_due(earliest)


def _come(turn: Round, due_on: date, rung: Rung) -> bool:
    return turn.rung_day(due_on, rung.days) <= turn.today


def _again(turn: Round, due_on: date, ladder: Sequence[Rung]) -> Sequence[Rung]:
    """The newest weekly repetition of the last rung for who owes, where the ladder tells them of what is overdue."""
    last = max((rung.days for rung in ladder if rung.to == DEBTOR), default=0)
    if last <= 0 or due_on >= turn.today:
        return []
    key = ("passed", due_on)
    if key not in turn.memo:
        turn.memo[key] = turn.days.between(due_on, turn.today)
    times = (turn.memo[key] - last) // AGAIN
    return [Rung(last + times * AGAIN, DEBTOR)] if times > 0 else []


def _still_told(policy: Held, row: Obligation, now: datetime) -> bool:
    """A recommendation is not told of after its day."""
    return policy.spec.escalates or local_date(now) <= row.due_on


def _item(row: Obligation, policy: Held, reminder: Reminder, debtor: str) -> Item:
    owes = (reminder.on_behalf_of or reminder.recipient_id) == row.debtor_id
    return Item(
        title=row.title,
        about="" if row.subject_kind == "person" else row.subject_label,
        link=f"/plazos/{row.id}",
        why=f"Se presenta ante: {policy.spec.to_whom}." if owes else _why(policy, reminder.rung),
        due_at=row.due_at,
        due_on=row.due_on,
        explanation=row.explanation,
        whose="" if owes else f"Lo debe {debtor}." if debtor else _nobody(row),
        debtor=debtor,
        part=Part.OWN if owes else Part.OTHERS,
        kind=policy.spec.title,
        listing=f"{'/plazos' if owes else '/plazos/equipo'}?politica={policy.key}",
        entity_id=row.entity_id,
    )


def _nobody(row: Obligation) -> str:
    """Why nobody owes it: a free task is of whoever takes it."""
    free = row.subject_kind == "task"
    return "Nadie la ha tomado todavía." if free else "Nadie tiene hoy el cargo que lo debe."


def _moved(move: DueMove | None) -> str:
    """When it was due before its date moved last, and why it moved; empty when it never did."""
    return f"Antes vencía el {in_words(local_date(move.old_due_at))}. {move.reason}" if move is not None else ""


def _in_review(presented_at: datetime | None) -> str:
    """That it was presented and waits for who decides, after another sentence; empty when it was not."""
    if presented_at is None:
        return ""
    return f" Ya se presentó el {in_words(local_date(presented_at))}: su constancia está en revisión."


def _why(policy: Held, rung: str) -> str:
    """Why somebody who does not owe it is told."""
    to = next((one.to for one in policy.spec.ladder if one.key == rung and one.to != DEBTOR), SUPERVISOR)
    if to == SUPERVISOR:
        return "Se lo avisamos porque usted supervisa esta obligación."
    if to == DER:
        return "Se lo avisamos porque usted hace seguimiento desde la DER."
    role = ROLES.get(to.removeprefix("role:"))
    return f"Se lo avisamos porque usted tiene el rol {role.label}." if role else "Se lo avisamos por su rol."
