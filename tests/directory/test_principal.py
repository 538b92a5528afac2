"""What people may do at an instant, and where it comes from."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from db import SYSTEM
from db.errors import NotFound
from directory import coverage
from directory import delegations
from directory import encargos
from directory import grants
from directory import people
from directory import principal
from directory import units
from directory.models import RoleGrant
from tests.directory.conftest import AddEntity
from tests.directory.conftest import AddPerson

TODAY = date(2026, 11, 24)
NEXT_WEEK = TODAY + timedelta(days=7)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(session.connection().engine, "before_cursor_execute", note)
    yield statements
    event.remove(session.connection().engine, "before_cursor_execute", note)


def test_own_grants(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    grants.add(session, ana.id, "der_reviewer", by=SYSTEM, now=now)
    assert principal.load(session, ana.id, now=now).grants == (principal.Grant("der_reviewer", "national"),)


@pytest.mark.parametrize(("days", "active"), [(-1, False), (0, True), (7, True), (8, False)])
def test_grants_count_from_their_first_day_to_their_last(
    session: Session, add_person: AddPerson, now: datetime, days: int, active: bool
) -> None:
    ana = add_person()
    grants.add(session, ana.id, "der_reviewer", since=TODAY, until=NEXT_WEEK, by=SYSTEM, now=now)
    then = principal.load(session, ana.id, now=now + timedelta(days=days))
    assert then.has_role("der_reviewer") is active


def test_days_are_those_of_bogota(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    grants.add(session, ana.id, "der_reviewer", since=TODAY, until=TODAY, by=SYSTEM, now=now)
    evening_in_bogota = datetime(2026, 11, 25, 4, 59, tzinfo=now.tzinfo)
    assert principal.load(session, ana.id, now=evening_in_bogota).has_role("der_reviewer")


def test_revoked_grants_stop_at_once(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    grant = grants.add(session, ana.id, "der_reviewer", by=SYSTEM, now=now)
    grants.revoke(session, grant.id, reason="Cambio de cargo", by=SYSTEM, now=now)
    assert principal.load(session, ana.id, now=now).grants == ()


def test_disabled_people_have_no_grants(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    grants.add(session, ana.id, "der_reviewer", by=SYSTEM, now=now)
    people.disable(session, ana.id, by=SYSTEM, now=now)
    assert principal.load(session, ana.id, now=now).grants == ()


def test_unknown_people(session: Session, now: datetime) -> None:
    with pytest.raises(NotFound):
        principal.load(session, 99, now=now)


def test_a_unit_reaches_those_below(session: Session, add_person: AddPerson, unit_id: int, now: datetime) -> None:
    ana = add_person()
    below = units.add(session, "GT", "Grupo territorial", parent_id=unit_id, by=SYSTEM, now=now)
    grants.add(session, ana.id, "technical_director", "unit", unit_id, by=SYSTEM, now=now)
    [grant] = principal.load(session, ana.id, now=now).grants
    assert grant.scope_ids == {unit_id, below.id}


def test_covering_an_entity_makes_its_advisor(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    ana, andes = add_person(), place("Andes", "05034")
    coverage.cover(session, ana.id, andes.id, TODAY, by=SYSTEM, now=now)
    [grant] = principal.load(session, ana.id, now=now).grants
    assert (grant.role, grant.scope_kind, grant.scope_id, grant.source) == (
        "territorial_advisor", "entity", andes.id, "coverage",
    )  # fmt: skip


def test_encargo_shows_in_the_capacity(session: Session, add_person: AddPerson, unit_id: int, now: datetime) -> None:
    ana = add_person()
    encargos.add(
        session, ana.id, "technical_director", "unit", unit_id, TODAY, NEXT_WEEK, act="Acto 12", by=SYSTEM, now=now
    )
    assert principal.load(session, ana.id, now=now).actor().capacity == "Dirección técnica (encargo)"


def _delegated(session: Session, add_person: AddPerson, now: datetime, **kwargs: str) -> tuple[int, int]:
    """Ana, reviewer and monitor, delegates in Luis."""
    ana, luis = add_person("Ana Ruiz"), add_person("Luis Mora")
    grants.add(session, ana.id, "der_reviewer", by=SYSTEM, now=now)
    grants.add(session, ana.id, "der_monitoring", by=SYSTEM, now=now)
    by = principal.load(session, ana.id, now=now)
    delegations.add(session, ana.id, luis.id, TODAY, NEXT_WEEK, by=by, now=now, **kwargs)  # type: ignore[arg-type]
    return ana.id, luis.id


def test_a_delegate_acts_for_the_author(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana, luis = _delegated(session, add_person, now)
    loaded = principal.load(session, luis, now=now)
    assert {(grant.role, grant.on_behalf_of) for grant in loaded.grants} == {
        ("der_reviewer", ana), ("der_monitoring", ana),
    }  # fmt: skip
    assert loaded.stands_for() == {ana, luis}


def test_a_delegation_may_be_of_one_role(session: Session, add_person: AddPerson, now: datetime) -> None:
    _, luis = _delegated(session, add_person, now, role="der_reviewer")
    assert [grant.role for grant in principal.load(session, luis, now=now).grants] == ["der_reviewer"]


def test_the_capacity_of_a_delegate_names_the_author(session: Session, add_person: AddPerson, now: datetime) -> None:
    _, luis = _delegated(session, add_person, now, role="der_reviewer")
    loaded = principal.load(session, luis, now=now)
    assert loaded.actor(loaded.grants[0]).capacity == "Revisión DER, por delegación de Ana Ruiz"


def test_nobody_acts_for_a_disabled_person(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana, luis = _delegated(session, add_person, now)
    people.disable(session, ana, by=SYSTEM, now=now)
    assert principal.load(session, luis, now=now).grants == ()


def test_what_was_delegated_is_not_passed_on(session: Session, add_person: AddPerson, now: datetime) -> None:
    _, luis = _delegated(session, add_person, now)
    eva = add_person("Eva Gil")
    grants.add(session, luis, "communications", by=SYSTEM, now=now)
    by = principal.load(session, luis, now=now)
    delegations.add(session, luis, eva.id, TODAY, NEXT_WEEK, by=by, now=now)
    assert [grant.role for grant in principal.load(session, eva.id, now=now).grants] == ["communications"]


def test_running_the_system_is_not_delegated(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana, luis = _delegated(session, add_person, now)
    session.add(RoleGrant(person_id=ana, role="administrator", scope_kind="national", since=TODAY))  # kept from before
    session.flush()
    assert not principal.load(session, luis, now=now).has_role("administrator")


def test_at_most_four_queries(
    session: Session, add_person: AddPerson, place: AddEntity, unit_id: int, now: datetime
) -> None:
    ana, luis = _delegated(session, add_person, now)
    grants.add(session, ana, "technical_lead", "unit", unit_id, by=SYSTEM, now=now)
    coverage.cover(session, luis, place("Andes", "05034").id, TODAY, by=SYSTEM, now=now)
    encargos.add(
        session, luis, "technical_director", "unit", unit_id, TODAY, NEXT_WEEK, act="Acto 12", by=SYSTEM, now=now
    )
    session.flush()
    session.expunge_all()
    with counted(session) as statements:
        principal.load(session, luis, now=now)
    assert len(statements) <= 4


def test_the_actor_of_two_own_roles_has_no_capacity_unless_told(
    session: Session, add_person: AddPerson, now: datetime
) -> None:
    ana, _ = _delegated(session, add_person, now)
    loaded = principal.load(session, ana, now=now)
    assert loaded.actor().capacity == ""
    assert loaded.actor(loaded.grants[0]).capacity
