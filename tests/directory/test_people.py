"""People."""

from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import InvalidData
from db.errors import NotFound
from directory import accounts
from directory import grants
from directory import people
from directory import sessions
from directory import tokens
from directory import trace
from tests.directory.conftest import AddPerson


def test_found_whatever_the_case_of_the_address(session: Session, add_person: AddPerson) -> None:
    ana = add_person(email="Ana.Ruiz@dnp.gov.co")
    assert people.find(session, " ana.ruiz@DNP.gov.co") is ana


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"name": "  "}, "name"),
        ({"name": "Luis", "email": "no es correo"}, "email"),
        ({"name": "Luis", "email": "ANA@dnp.gov.co"}, "email"),
        ({"name": "Luis", "unit_id": 99}, "unit_id"),
        ({"name": "L" * 201}, "name"),
        ({"name": "Luis", "position": "c" * 201}, "position"),
        ({"name": "Luis", "email": "l" * 65 + "@dnp.gov.co"}, "email"),
        ({"name": "Luis", "email": "luis@" + "d" * 250 + ".co"}, "email"),
    ],
)
def test_wrong_data(session: Session, add_person: AddPerson, values: dict[str, Any], path: str) -> None:
    add_person(email="ana@dnp.gov.co")
    with pytest.raises(InvalidData) as caught:
        add_person(**values)
    assert list(caught.value.errors) == [path]


def test_two_people_without_address(add_person: AddPerson) -> None:
    assert add_person("Ana").id != add_person("Luis").id


def test_search_takes_every_word_without_accents(session: Session, add_person: AddPerson) -> None:
    add_person("José Núñez Peña")
    add_person("José Gil")
    assert [row.name for row in people.search(session, "pena jose").items] == ["José Núñez Peña"]


def test_search_goes_by_pages(session: Session, add_person: AddPerson) -> None:
    names = ["Ana", "Eva", "Luis", "Sara", "Zoe"]
    for name in reversed(names):
        add_person(name)
    seen, cursor = [], ""
    while True:
        page = people.search(session, limit=2, cursor=cursor)
        seen += [row.name for row in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == names


def test_search_leaves_out_disabled_people_unless_asked(session: Session, add_person: AddPerson, now: datetime) -> None:
    people.disable(session, add_person().id, by=SYSTEM, now=now)
    assert people.search(session).items == []
    assert len(people.search(session, disabled=True).items) == 1


def test_a_change_records_old_and_new(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    people.change(session, ana.id, position="Asesora", by=SYSTEM, now=now)
    last = history.of(session, trace.person(ana.id))[-1]
    assert (last.action, last.details) == ("person.changed", {"position": ["", "Asesora"]})


def test_a_change_of_nothing_records_nothing(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    people.change(session, ana.id, name=ana.name, by=SYSTEM, now=now)
    assert len(history.of(session, trace.person(ana.id))) == 1


def test_disabling_ends_sessions_and_tokens(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    cookie = sessions.open(session, ana.id, now=now)
    secret = tokens.issue(session, ana.id, "tablero", by=SYSTEM, now=now).secret
    people.disable(session, ana.id, by=SYSTEM, now=now)
    assert sessions.find(session, cookie, now=now) is None
    session.expire_all()
    assert tokens.find(session, secret, now=now) is None


def test_disable_and_enable_are_recorded_once(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    for act in (people.disable, people.disable, people.enable, people.enable):
        act(session, ana.id, by=SYSTEM, now=now)
    actions = [row.action for row in history.of(session, trace.person(ana.id))]
    assert actions == ["person.added", "person.disabled", "person.enabled"]


def test_holders_of_a_role(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana, luis = add_person("Ana"), add_person("Luis")
    for person in (ana, luis):
        grants.add(session, person.id, "der_reviewer", by=SYSTEM, now=now)
    people.disable(session, luis.id, by=SYSTEM, now=now)
    assert people.holders(session, "der_reviewer", now=now) == [ana]
    assert people.holders(session, "der_reviewer", now=now - timedelta(days=1)) == []


def test_unknown_person(session: Session) -> None:
    with pytest.raises(NotFound):
        people.get(session, 99)


def test_people_are_found_by_post_address_and_for_some_by_username(
    session: Session, add_person: AddPerson, now: datetime
) -> None:
    jose = add_person("José Núñez", email="jnandu@dnp.gov.co", position="Asesora temática")
    add_person("Otra Persona", email="otra@dnp.gov.co")
    accounts.create(session, jose.id, "pepe", "una contraseña larga", by=SYSTEM, now=now)
    for text in ("JNANDU@dnp.gov.co", "jnandu", "asesoras", "jose tematica", "nuñez jnandu"):
        assert [row.id for row in people.search(session, text).items] == [jose.id], text
    assert people.search(session, "pepe").items == []
    assert [row.id for row in people.search(session, "pepe", usernames=True).items] == [jose.id]
