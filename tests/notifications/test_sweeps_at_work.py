"""A sweep and an act about the same obligation at the same moment: what the act said stays."""

from collections.abc import Callable
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import reading
from db import transaction
from directory.models import Person
from directory.principal import Grant
from directory.principal import Principal
from notifications import days
from notifications import facts
from notifications import ledger
from notifications import policies
from notifications.facts import NewFact
from notifications.models import Obligation
from notifications.models import ObligationStatus
from tests.meanwhile import during
from tests.notifications import desk

PERIOD = date(2026, 11, 1)


@pytest.fixture
def ana(database: None, now: datetime) -> int:
    """Somebody with one open obligation, of November."""
    with transaction() as session:
        row = Person(name="Ana Ruiz", search_name="ana ruiz", created_at=now)
        session.add(row)
        session.flush()
        desk.ship(session, now, since=PERIOD)
        person_id = row.id
        desk.sweep(session, now, [desk.subject(person_id)])
    return person_id


def kept() -> Obligation:
    with reading() as session:
        (row,) = desk.rows(session)
        return row


def meeting(person_id: int, now: datetime) -> Callable[[Session], object]:
    done = NewFact(
        kind=desk.DONE, reference="1", subject_kind="person", subject_id=person_id, on=date(2026, 11, 20),
        label="Presentó el informe",
    )  # fmt: skip
    return lambda session: facts.record(session, done, by=SYSTEM, now=now)


def waiving(session: Session) -> None:
    (row,) = desk.rows(session)
    row.status, row.reason, row.version = ObligationStatus.WAIVED, "Licencia", row.version + 1


@pytest.mark.parametrize("day", [date(2026, 12, 9), date(2026, 12, 24)], ids=["moves", "stays"])
def test_what_is_met_meanwhile_stays_met_when_the_calendar_changes(ana: int, now: datetime, day: date) -> None:
    with transaction() as session:
        days.add(session, day, "national", "", "Día cívico", by=SYSTEM, now=now)
    during(meeting(ana, now), lambda session: desk.refresh(session, now))
    assert (kept().status, kept().due_on) == (ObligationStatus.MET, date(2026, 12, 9))


def test_what_is_met_meanwhile_is_not_waived_when_its_policy_is_switched_off(ana: int, now: datetime) -> None:
    monitor = Principal(ana, "Ana Ruiz", None, (Grant("der_monitoring", "national"),))
    with transaction() as session:
        policies.switch(session, "informe", enabled=False, reason="Se suspendió", version=1, by=monitor, now=now)
    during(meeting(ana, now), lambda session: desk.refresh(session, now))
    assert kept().status == ObligationStatus.MET
    with reading() as session:
        assert history.of(session, ledger.obligation_chain(kept().id)) == []


def test_what_is_waived_meanwhile_is_not_met_by_a_sweep(ana: int, now: datetime) -> None:
    with transaction() as session:
        meeting(ana, now)(session)
        (row,) = desk.rows(session)
        row.status, row.met_by, row.met_at = ObligationStatus.PENDING, None, None
    during(waiving, lambda session: desk.sweep(session, now, [desk.subject(ana)]))
    assert (kept().status, kept().reason) == (ObligationStatus.WAIVED, "Licencia")


def test_what_is_waived_meanwhile_is_not_given_on(ana: int, now: datetime) -> None:
    other = desk.subject(None, id=ana)
    during(waiving, lambda session: desk.sweep(session, now, [other]))
    assert (kept().status, kept().debtor_id, kept().version) == (ObligationStatus.WAIVED, ana, 2)
    with transaction() as session:
        assert desk.sweep(session, now + timedelta(minutes=15), [other]).total == 0


def test_what_is_taken_back_by_two_sweeps_is_taken_back_once(ana: int, now: datetime) -> None:
    with transaction() as session:
        desk.sweep(session, now, [])

    def back(session: Session) -> object:
        return desk.sweep(session, now, [desk.subject(ana)])

    during(back, back)
    assert (kept().status, kept().version) == (ObligationStatus.PENDING, 3)
    with reading() as session:
        acts = [row.action for row in history.of(session, ledger.obligation_chain(kept().id))]
    assert acts == ["obligation.waived", "obligation.reopened"]
