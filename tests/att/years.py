"""A year of the program beside a year of the oracle: what the oracle is told, and what both answer."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db import SYSTEM
from db.clock import BOGOTA
from db.clock import local_date
from directory.models import Absence
from directory.models import Delegation
from directory.models import Encargo
from directory.models import Person
from directory.models import RoleGrant
from directory.models import Unit
from notifications import chains
from notifications import days
from notifications import facts
from notifications import policies
from notifications import simulation
from notifications import sources
from notifications.facts import NewFact
from notifications.kinds import STATEMENT
from notifications.ledger import OPEN
from notifications.models import DeliveryAttempt
from notifications.models import DueMove
from notifications.models import Fact
from notifications.models import Message
from notifications.models import Obligation
from notifications.models import Policy
from notifications.models import Preference
from notifications.models import Reminder
from notifications.models import Statement
from tests.att import stepping
from tests.oracle import year as oracle
from tests.oracle.steps import Act

Debt = tuple[str, str, int, str, date, datetime, int | None, int, str]
"""Policy, subject, period, due day and instant, debtor, version, status."""


@dataclass
class Lived:
    """A year as the program lived it."""

    debts: set[Debt]
    told: set[oracle.Telling]
    world: oracle.World
    waited: int  # days on which some step waited beyond its own limit, step by step


@dataclass
class Recorder:
    """Makes things happen at noon of each day, and writes down what the oracle is to be told."""

    session: Session
    random: Random
    listed: dict[tuple[str, date], list[oracle.Subject]] = field(default_factory=dict)
    happened: list[oracle.Happened] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    waited: int = 0
    off: dict[tuple[int | None, int | None], frozenset[date]] = field(default_factory=dict)

    def noon(self, now: datetime) -> None:
        """Note who is listed today, and let some obligations be met, some of them late."""
        today = local_date(now)
        for policy in policies.enabled_parts(self.session):
            name = policy.spec.subjects
            if (name, today) not in self.listed:
                self.listed[name, today] = [self._subject(one) for one in sources.subjects(self.session, name, today)]
        held = {policy.id: policy for policy in policies.enabled(self.session)}
        waiting = select(Obligation).where(Obligation.status.in_(OPEN), Obligation.policy_id.in_(held))
        kinds = {row: self._kinds(held[row.policy_id].at(row.period_start))
                 for row in self.session.scalars(waiting.order_by(Obligation.id))}  # fmt: skip
        rows = [row for row, several in kinds.items() if several]
        for row in self.random.sample(rows, min(len(rows), self.random.randint(0, 4))):
            self._meet(row, kinds[row], now)
        self.waited += stepping.waiting(self.session, now)
        for _ in range(self.random.randint(0, 2)):
            stepping.act(self.session, self.random, self.acts, now)

    def _kinds(self, policy: policies.Held) -> list[str]:
        """What may happen by itself; a statement is made for one obligation."""
        return [kind for kind in policy.spec.met_by if kind != STATEMENT]

    def _meet(self, row: Obligation, kinds: list[str], now: datetime) -> None:
        on = row.period_start + timedelta(days=self.random.randint(0, (row.period_end - row.period_start).days))
        period = row.period if self.random.random() < 0.5 else ""
        kind, about = self.random.choice(kinds), (row.subject_kind, row.subject_id)
        fact = NewFact(kind=kind, reference=f"año-{len(self.happened)}", subject_kind=about[0], subject_id=about[1],
                       on=on, period=period, label="Ocurrió")  # fmt: skip
        facts.record(self.session, fact, by=SYSTEM, now=now)
        self.happened.append(oracle.Happened(local_date(now), kind, about, on, period))

    def _subject(self, one: sources.Subject) -> oracle.Subject:
        place = (one.entity_id, one.region_id)
        if place not in self.off:
            extra = days.load(self.session, entity_id=one.entity_id, region_id=one.region_id).extra
            self.off[place] = frozenset(extra)
        given = local_date(one.due.at) if one.due else None
        return oracle.Subject(
            one.kind, one.id, one.debtor_id, one.since, one.until, one.region_id, one.unit_id, one.period, one.event_on,
            given, self.off[place],
        )  # fmt: skip


def clear(session: Session) -> None:
    """An empty ledger with every policy on."""
    for table in (Reminder, DeliveryAttempt, Message, Statement, DueMove):
        session.execute(delete(table))
    session.execute(update(Obligation).values(met_by=None))
    session.execute(delete(Obligation))
    session.execute(delete(Fact))
    session.execute(update(Policy).values(enabled=True))
    session.expire_all()


def live(session: Session, since: date, until: date, *, seed: int) -> Lived:
    """Live from `since` to `until` in a rehearsal, and say what the oracle is to be told."""
    recorder = Recorder(session, Random(seed))
    told = [
        (one.day, one.person_id, one.source_id, one.rung)
        for one in simulation.run(session, since, until, meanwhile=recorder.noon)
        if one.source == "obligation"
    ]
    rows = {row.id: row for row in session.scalars(select(Obligation))}
    keys = {policy.id: policy.key for policy in policies.every(session)}
    named = {key: (keys[row.policy_id], row.subject_kind, row.subject_id, row.period) for key, row in rows.items()}
    debts = {
        (*named[key], row.due_on, row.due_at, row.debtor_id, row.version, row.status.value) for key, row in rows.items()
    }
    return Lived(debts, {(day, person, *named[debt], rung) for day, person, debt, rung in told}, _world(recorder),
                 recorder.waited)  # fmt: skip


def foretold(world: oracle.World, since: date, until: date) -> tuple[set[Debt], set[oracle.Telling]]:
    """What the oracle answers."""
    year = oracle.Year(world)
    year.live(since, until)
    debts = {
        (one.policy, one.kind, one.id, one.period, one.due, datetime.combine(one.due, time(17), BOGOTA), one.debtor,
         one.version, one.status)
        for one in year.debts.values()
    }  # fmt: skip
    return debts, set(year.told)


def _versions(session: Session, policy_id: int) -> list[tuple[date | None, dict[str, Any]]]:
    """Every version of a policy as it is kept, oldest first, with the first day that it rules."""
    rows = reversed(policies.versions(session, policy_id))
    firsts = [(row.spec.get("applies_from"), row.spec) for row in rows]
    return [(date.fromisoformat(first) if first else None, spec) for first, spec in firsts]


def _world(recorder: Recorder) -> oracle.World:
    session = recorder.session
    posts = [
        oracle.Post(row.person_id, row.role, row.scope_kind, row.scope_id, row.since, row.until)
        for table in (RoleGrant, Encargo)
        for row in session.scalars(select(table).where(table.revoked_at.is_(None)).order_by(table.id))
    ]
    quiet = session.scalars(select(Preference.person_id).where(Preference.channel == "none"))
    absences = session.scalars(select(Absence).where(Absence.revoked_at.is_(None)))
    lent = session.scalars(select(Delegation).where(Delegation.revoked_at.is_(None)))
    return oracle.World(
        policies={policy.key: _versions(session, policy.id) for policy in policies.enabled(session)},
        subjects=lambda name, day: recorder.listed[name, day],
        posts=posts,
        hears=set(session.scalars(select(Person.id).where(Person.email != "", Person.disabled_at.is_(None)))),
        unit_above={row.id: row.parent_id for row in session.execute(select(Unit.id, Unit.parent_id))},
        absences=[(row.person_id, row.since, row.until or date.max) for row in absences],
        lent=[oracle.Lent(row.from_id, row.to_id, row.role, row.since, row.until or date.max) for row in lent],
        happened=recorder.happened,
        days_off=frozenset(days.load(session).extra),
        only_overdue=set(quiet),
        after=dict(chains.links()),
        meets={
            key: chains.of(key).meets for key in (one.key for one in policies.every(session)) if chains.of(key).meets
        },
        acts=recorder.acts,
    )
