"""Lists resolved when a form is opened."""

from datetime import date
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from directory.models import Person
from directory.models import RoleGrant
from forms import catalogues


def labels(session: Session, name: str, **context: Any) -> list[str]:
    return [option.label for option in catalogues.resolve(session, name, context)]


def test_departments(session: Session, sound: dict[str, Any]) -> None:
    assert labels(session, "departments") == ["Antioquia"]


@pytest.mark.parametrize("name", ["units", "regions"])
def test_empty_at_first(name: str, session: Session) -> None:
    assert labels(session, name) == []


def test_people_by_role_on_a_day(session: Session, now: datetime) -> None:
    person = Person(name="Luis Peña", search_name="luis pena", created_at=now)
    session.add(person)
    session.flush()
    since, until = date(2026, 1, 1), date(2026, 6, 30)
    session.add(RoleGrant(person_id=person.id, role="der_reviewer", scope_kind="national", since=since, until=until))
    session.flush()
    assert labels(session, "people:der_reviewer", on=date(2026, 6, 30)) == ["Luis Peña"]
    assert labels(session, "people:der_reviewer", on=date(2026, 7, 1)) == []
    assert labels(session, "people:technical_lead") == []


def test_an_unknown_catalogue_is_an_error(session: Session) -> None:
    with pytest.raises(KeyError):
        catalogues.resolve(session, "nothing")
