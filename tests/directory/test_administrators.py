"""There is always somebody who runs the system, and whoever does acts on no case."""

from collections.abc import Callable
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from directory import accounts
from directory import coverage
from directory import delegations
from directory import encargos
from directory import grants
from directory import people
from directory import principal
from directory import roles
from directory.models import RoleGrant
from tests.directory.conftest import AddEntity
from tests.directory.conftest import AddPerson


def administrator(session: Session, add_person: AddPerson, name: str, now: datetime) -> RoleGrant:
    person = add_person(name)
    accounts.create(session, person.id, name.lower(), "una contraseña larga", by=SYSTEM, now=now)
    return grants.add(session, person.id, "administrator", by=SYSTEM, now=now)


def test_the_last_one_cannot_be_taken_away(session: Session, add_person: AddPerson, now: datetime) -> None:
    first = administrator(session, add_person, "Ana", now)
    with pytest.raises(Conflict) as refused:
        grants.revoke(session, first.id, reason="Cambio de cargo", by=SYSTEM, now=now)
    assert refused.value.code == "last-administrator"
    with pytest.raises(Conflict):
        people.disable(session, first.person_id, by=SYSTEM, now=now)
    administrator(session, add_person, "Berta", now)
    assert grants.revoke(session, first.id, reason="Cambio de cargo", by=SYSTEM, now=now).revoked_at == now


def test_nobody_disables_themselves(session: Session, add_person: AddPerson, now: datetime) -> None:
    person = add_person("Ana")
    with pytest.raises(Conflict) as refused:
        people.disable(session, person.id, by=Actor(person.id, "Ana"), now=now)
    assert refused.value.code == "oneself"


@pytest.mark.parametrize("pair", [("der_reviewer", "administrator"), ("administrator", "der_reviewer")])
def test_running_the_system_and_acting_on_cases_are_kept_apart(
    session: Session, add_person: AddPerson, now: datetime, pair: tuple[str, str]
) -> None:
    person = add_person("Ana")
    grants.add(session, person.id, pair[0], by=SYSTEM, now=now)
    with pytest.raises(InvalidData) as refused:
        grants.add(session, person.id, pair[1], by=SYSTEM, now=now)
    assert list(refused.value.errors) == ["role"]


ACTING = ("technical_lead", "der_reviewer")
READING = ("internal_control", "senior_management", "administrator", "beneficiary_contact")


@pytest.fixture
def over(unit_id: int, place: AddEntity) -> Callable[[str], tuple[str, int | None]]:
    """Over what a role is held here."""
    entity = place("ANDES", "05034").id
    known: dict[str, tuple[str, int | None]] = {
        "technical_lead": ("unit", unit_id), "beneficiary_contact": ("entity", entity)
    }  # fmt: skip
    return lambda role: known.get(role, ("national", None))


Over = Callable[[str], tuple[str, int | None]]


@pytest.mark.parametrize("acting", ACTING)
@pytest.mark.parametrize("reading", READING)
@pytest.mark.parametrize("acts_first", [True, False])
@pytest.mark.parametrize("ways", [("grant", "grant"), ("grant", "encargo"), ("encargo", "grant")])
def test_who_reads_and_who_acts_are_kept_apart_in_either_order(
    session: Session, add_person: AddPerson, over: Over, now: datetime,
    acting: str, reading: str, acts_first: bool, ways: tuple[str, str],
) -> None:  # fmt: skip
    person, today = add_person("Ana"), now.date()

    def give(role: str, way: str) -> None:
        if way == "grant":
            grants.add(session, person.id, role, *over(role), by=SYSTEM, now=now)
        else:
            encargos.add(session, person.id, role, *over(role), today, today, act="Res. 1", by=SYSTEM, now=now)

    first, second = (acting, reading) if acts_first else (reading, acting)
    give(first, ways[0])
    with pytest.raises(InvalidData) as refused:
        give(second, ways[1])
    assert roles.label(first) in refused.value.errors["role"][0]


def test_one_after_the_other_may_be_held(session: Session, add_person: AddPerson, now: datetime) -> None:
    person, today = add_person("Ana"), now.date()
    grants.add(session, person.id, "der_reviewer", until=today, by=SYSTEM, now=now)
    with pytest.raises(InvalidData):
        grants.add(session, person.id, "internal_control", by=SYSTEM, now=now)
    assert grants.add(session, person.id, "internal_control", since=today + timedelta(1), by=SYSTEM, now=now).id


def test_who_covers_or_acts_for_another_does_not_come_to_only_read(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    boss, delegate, advisor = (add_person(name) for name in ("Sara", "Luis", "Eva"))
    grants.add(session, boss.id, "der_reviewer", by=SYSTEM, now=now)
    coverage.cover(session, advisor.id, place("ANDES", "05034").id, now.date(), by=SYSTEM, now=now)
    by = principal.load(session, boss.id, now=now)
    delegations.add(session, boss.id, delegate.id, now.date(), now.date() + timedelta(5), by=by, now=now)
    for person, held in ((delegate, "delegado o delegada de Sara"), (advisor, "Enlace territorial")):
        with pytest.raises(InvalidData) as refused:
            grants.add(session, person.id, "internal_control", by=SYSTEM, now=now)
        assert held in refused.value.errors["role"][0]


def test_who_will_only_read_receives_neither_entities_nor_delegations(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    boss, reader, soon = add_person("Sara"), add_person("Rita"), now.date() + timedelta(3)
    grants.add(session, boss.id, "der_reviewer", by=SYSTEM, now=now)
    encargos.add(session, reader.id, "internal_control", "national", None, soon, soon, act="R. 1", by=SYSTEM, now=now)
    with pytest.raises(InvalidData) as refused:
        coverage.cover(session, reader.id, place("ANDES", "05034").id, now.date(), by=SYSTEM, now=now)
    assert list(refused.value.errors) == ["person_id"]
    by = principal.load(session, boss.id, now=now)
    with pytest.raises(InvalidData) as refused:
        delegations.add(session, boss.id, reader.id, now.date(), soon, by=by, now=now)
    assert list(refused.value.errors) == ["to_id"]
    assert delegations.add(session, boss.id, reader.id, now.date(), now.date(), by=by, now=now).id


def test_who_is_of_another_entity_stands_in_for_its_own_only(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    boss, partner, colleague = (add_person(name) for name in ("Sara", "Pía", "Paz"))
    entity = place("ANDES", "05034")
    grants.add(session, boss.id, "der_reviewer", by=SYSTEM, now=now)
    for one in (partner, colleague):
        grants.add(session, one.id, "partner_entity", "entity", entity.id, by=SYSTEM, now=now)
    until = now.date() + timedelta(5)
    by = principal.load(session, boss.id, now=now)
    with pytest.raises(InvalidData) as refused:
        delegations.add(session, boss.id, partner.id, now.date(), until, by=by, now=now)
    assert "otra entidad" in refused.value.errors["to_id"][0]
    assert partner.id not in dict(delegations.receivers(session, boss.id, now=now))
    assert list(dict(delegations.receivers(session, partner.id, now=now))) == [colleague.id], "and of nobody else"
    by = principal.load(session, partner.id, now=now)
    with pytest.raises(InvalidData) as refused:
        delegations.add(session, partner.id, boss.id, now.date(), until, by=by, now=now)
    assert "no es de su entidad" in refused.value.errors["to_id"][0]
    assert delegations.add(session, partner.id, colleague.id, now.date(), until, by=by, now=now).id
