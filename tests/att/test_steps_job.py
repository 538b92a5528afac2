"""The job that marks what is overdue, over the steps of a chain: each run in transactions of its own."""

from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select

from att import duties
from db import SYSTEM
from db import reading
from db import transaction
from directory.models import Person
from notifications import facts
from notifications import ledger
from notifications.facts import NewFact
from notifications.models import DueMove
from notifications.models import Obligation
from tests.notifications import desk

SECOND = "sisgestion_presentacion"


@pytest.fixture
def ana(database: None, now: datetime) -> int:
    """Somebody who owes two steps of November: by the 9th of December, and three working days later."""
    with transaction() as session:
        row = Person(name="Ana Ruiz", search_name="ana ruiz", created_at=now)
        session.add(row)
        session.flush()
        since = date(2026, 11, 1)
        desk.ship(session, now, "sisgestion_carga", title="Carga", since=since, met_by=(desk.OTHER,))
        desk.ship(session, now, SECOND, title="Presentación", since=since, due={"rule": "day_of_next_month", "day": 14})
        desk.sweep(session, now, [desk.subject(row.id)])
        return row.id


def standing() -> list[tuple[str, date, str, int]]:
    with reading() as session:
        rows = session.scalars(select(Obligation).order_by(Obligation.title))
        return [(row.title.split(",")[0], row.due_on, row.status.value, row.version) for row in rows]


def test_it_dates_what_was_let_go_before_it_marks_anything(ana: int, now: datetime) -> None:
    late = datetime(2026, 12, 21, 15, tzinfo=now.tzinfo)
    assert duties.mark_overdue(late).done == 1
    waiting = ("Presentación", date(2026, 12, 14), "pending", 1)
    assert standing() == [("Carga", date(2026, 12, 9), "overdue", 1), waiting]
    with transaction() as session:
        (load, _) = session.scalars(select(Obligation).order_by(Obligation.title)).all()
        ledger.waive_by_system(session, [load], ledger.GONE, now=late)  # no act of a person that would follow it up
    assert duties.mark_overdue(late + timedelta(minutes=1)).done == 1
    assert standing()[1] == ("Presentación", date(2026, 12, 24), "pending", 2)
    assert duties.mark_overdue(late + timedelta(minutes=2)).done == 0
    assert duties.mark_overdue(late + timedelta(days=4)).done == 1
    assert standing()[1] == ("Presentación", date(2026, 12, 24), "overdue", 2)


def test_an_act_dates_the_next_step_at_once(ana: int, now: datetime) -> None:
    late = datetime(2026, 12, 21, 15, tzinfo=now.tzinfo)
    duties.mark_overdue(late)
    done = NewFact(kind=desk.OTHER, reference="1", subject_kind="person", subject_id=ana, period="2026-11",
                   on=date(2026, 12, 21), label="Se cargó")  # fmt: skip
    with transaction() as session:
        facts.record(session, done, by=SYSTEM, now=late)
    assert standing() == [
        ("Carga", date(2026, 12, 9), "late", 1),
        ("Presentación", date(2026, 12, 24), "pending", 2),
    ]
    with reading() as session:
        assert len(session.scalars(select(DueMove)).all()) == 1
    assert duties.mark_overdue(late).done == 0
