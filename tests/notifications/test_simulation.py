"""The simulation tells what the real sweeps would, and refuses nonsense."""

from collections.abc import Iterator
from datetime import date
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import notifications.obligation_notices  # noqa: F401 - registers its source
from db import transaction
from db.errors import InvalidData
from db.rehearsal import rehearsal
from directory.models import Person
from directory.models import RoleGrant
from notifications import simulation
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
