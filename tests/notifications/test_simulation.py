"""The simulation tells what the real sweeps would, and refuses nonsense."""

from collections.abc import Iterator
from datetime import date
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import notifications.obligation_notices  # noqa: F401 - registers its source
import tracking.policies  # noqa: F401 - declares which steps follow which
from db import SYSTEM
from db import transaction
from db.clock import local_date
from db.errors import InvalidData
from db.rehearsal import rehearsal
from directory.models import Person
from directory.models import RoleGrant
from notifications import facts
from notifications import simulation
from notifications.facts import NewFact
from notifications.models import Message
from notifications.models import Obligation
from tests.notifications import desk


@pytest.fixture
def ana(database: None, now: datetime) -> Iterator[int]:
    """Somebody who can be reached and owes a report each month."""
    with transaction() as session:
        row = Person(name="Ana Ruiz", search_name="ana ruiz", email="a@example.org", email_key="a@example.org",
                     created_at=now)  # fmt: skip
        session.add(row)
        session.flush()
        session.add(RoleGrant(person_id=row.id, role="thematic_expert", scope_kind="national", since=date(2026, 1, 1)))
        desk.ship(session, now, since=date(2026, 12, 1))
    desk.present[:] = [desk.subject(row.id)]
    yield row.id
    desk.present.clear()


def told(since: date, until: date) -> list[tuple[str, int, str, str]]:
    with rehearsal() as session:
        return [(str(one.day), one.hour, one.name, one.rung) for one in simulation.run(session, since, until)]


def test_it_says_who_would_be_told_what_and_when(ana: int) -> None:
    found = told(date(2026, 12, 1), date(2027, 1, 15))
    assert found == [
        ("2026-12-31", 8, "Ana Ruiz", "D-5"),
        ("2027-01-06", 8, "Ana Ruiz", "D-2"),
        ("2027-01-08", 8, "Ana Ruiz", "D0"),
        ("2027-01-12", 8, "Ana Ruiz", "D+1"),
    ]


def test_it_leaves_nothing_behind(ana: int, session: Session) -> None:
    told(date(2026, 12, 1), date(2027, 1, 15))
    assert list(session.scalars(select(Obligation.id))) == []
    assert list(session.scalars(select(Message.id))) == []


@pytest.mark.parametrize("until", [date(2026, 11, 30), date(2028, 12, 1)])
def test_days_in_disorder_or_too_many_are_refused(session: Session, until: date) -> None:
    with pytest.raises(InvalidData) as refused:
        simulation.run(session, date(2026, 12, 1), until)
    assert list(refused.value.errors) == ["until"]


def test_a_step_is_told_of_once_the_one_before_was_done(ana: int, now: datetime) -> None:
    """Nobody is told of the second step while the first one is to be done; then from its new day on."""
    with transaction() as session:
        desk.ship(session, now, "sisgestion_carga", title="Carga", since=date(2026, 12, 1), met_by=(desk.OTHER,),
                  due={"rule": "day_of_next_month", "day": 5})  # fmt: skip
        desk.ship(session, now, "sisgestion_presentacion", title="Presentación", since=date(2026, 12, 1))

    def told_of(done: date | None) -> list[tuple[str, str, str]]:
        with rehearsal() as session:

            def meanwhile(noon: datetime) -> None:
                if local_date(noon) == done:
                    new = NewFact(kind=desk.OTHER, reference="1", subject_kind="person", subject_id=ana,
                                  period="2026-12", on=done, label="Se cargó")  # fmt: skip
                    facts.record(session, new, by=SYSTEM, now=noon)

            days = date(2026, 12, 28), date(2027, 1, 25)
            found = simulation.run(session, *days, policy="sisgestion_presentacion", meanwhile=meanwhile)
            return [(str(one.day), one.rung, str(one.item.due_on)) for one in found]

    # Between the 5th and the 8th (the 9th is a Saturday) lie 3 working days.
    assert told_of(None) == []
    assert told_of(date(2027, 1, 4)) == [
        (f"2027-01-{day:02}", rung, "2027-01-08")
        for day, rung in ((4, "D-5"), (6, "D-2"), (8, "D0"), (12, "D+1"), (19, "D+6"))
    ]
    assert told_of(date(2027, 1, 18)) == [
        (f"2027-01-{day:02}", rung, "2027-01-21") for day, rung in ((18, "D-5"), (19, "D-2"), (21, "D0"), (22, "D+1"))
    ]
