"""Absences that somebody else registers: who may, with which reason, and what is kept of it."""

from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import absences
from directory import coverage
from directory import entities
from directory import grants
from directory import seed
from directory.models import Entity
from directory.models import Region
from directory.principal import Principal
from directory.principal import load
from tests.directory.conftest import AddPerson

SINCE, UNTIL = date(2026, 11, 25), date(2026, 12, 4)
REASON = "Está hospitalizada y no puede entrar"


@pytest.fixture
def region_id(session: Session, now: datetime) -> int:
    seed.load_catalogues(session, by=SYSTEM, now=now)
    found = entities.region_of(session, place(session).id)
    assert found is not None
    return found


def place(session: Session) -> Entity:
    return entities.with_code(session, "05034")


def with_role(
    session: Session, add_person: AddPerson, now: datetime, name: str, role: str, scope: tuple[str, int | None]
) -> Principal:
    person = add_person(name)
    grants.add(session, person.id, role, *scope, by=SYSTEM, now=now)
    return load(session, person.id, now=now)


def away(session: Session, person_id: int, by: Principal, now: datetime, reason: str = REASON) -> absences.Absence:
    return absences.register(session, person_id, "incapacidad", SINCE, UNTIL, reason=reason, by=by, now=now)


def test_the_articulador_registers_those_who_cover_an_entity_of_the_region(
    session: Session, add_person: AddPerson, now: datetime, region_id: int
) -> None:
    head = with_role(session, add_person, now, "Marta", "regional_coordinator", ("region", region_id))
    advisor = add_person("Julio")
    with pytest.raises(NotAllowed):
        away(session, advisor.id, head, now)
    coverage.cover(session, advisor.id, place(session).id, date(2026, 1, 1), by=SYSTEM, now=now)
    row = away(session, advisor.id, head, now)
    assert (row.note, absences.registered_by_others(session, [row])) == (REASON, {row.id: "Marta"})
    assert absences.absent(session, [advisor.id], SINCE) == {advisor.id}


def test_the_articulador_of_another_region_and_a_colleague_may_not(
    session: Session, add_person: AddPerson, now: datetime, region_id: int
) -> None:
    elsewhere = session.query(Region).filter(Region.id != region_id).first()
    assert elsewhere is not None
    advisor = with_role(session, add_person, now, "Julio", "territorial_advisor", ("region", region_id))
    stranger = with_role(session, add_person, now, "Nora", "regional_coordinator", ("region", elsewhere.id))
    colleague = with_role(session, add_person, now, "Inés", "territorial_advisor", ("region", region_id))
    for by in (stranger, colleague):
        assert not absences.may_register(session, by, advisor.person_id, now=now)
        with pytest.raises(NotAllowed):
            away(session, advisor.person_id, by, now)


def test_the_administration_registers_anybody_and_says_why(
    session: Session, add_person: AddPerson, now: datetime
) -> None:
    admin = with_role(session, add_person, now, "Iván", "administrator", ("national", None))
    person = add_person("Rosa")
    with pytest.raises(InvalidData) as refused:
        away(session, person.id, admin, now, reason=" ")
    assert list(refused.value.errors) == ["reason"]
    row = away(session, person.id, admin, now)
    assert absences.withdraw(session, person.id, row.id, by=admin, now=now).revoked_at == now


def test_what_one_registers_oneself_names_nobody_else(session: Session, add_person: AddPerson, now: datetime) -> None:
    person = add_person("Rosa")
    own = load(session, person.id, now=now).actor()
    row = absences.add(session, person.id, "vacaciones", SINCE, SINCE + timedelta(days=3), by=own, now=now)
    assert absences.registered_by_others(session, [row]) == {}
