"""Grants, absences, delegations, encargos and coverage: dates, overlaps, and history."""

from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from directory import absences
from directory import coverage
from directory import coverage_counts
from directory import delegations
from directory import encargos
from directory import grants
from directory import principal
from directory import trace
from directory.models import Delegation
from tests.directory.conftest import AddEntity
from tests.directory.conftest import AddPerson

TODAY = date(2026, 11, 24)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def actions(session: Session, person_id: int) -> list[str]:
    return [row.action for row in history.of(session, trace.person(person_id))]


# --- Absences: the table of overlaps, which all periods share ---

OVERLAPS = [
    (0, 9, False),
    (0, 10, True),
    (10, 20, True),
    (12, 15, True),
    (20, 30, True),
    (21, 30, False),
    (0, 40, True),
]


@pytest.mark.parametrize(("since", "until", "clash"), OVERLAPS)
def test_overlaps(session: Session, add_person: AddPerson, now: datetime, since: int, until: int, clash: bool) -> None:
    ana = add_person()
    absences.add(session, ana.id, "vacaciones", day(10), day(20), by=SYSTEM, now=now)
    if not clash:
        absences.add(session, ana.id, "comision", day(since), day(until), by=SYSTEM, now=now)
        return
    with pytest.raises(InvalidData) as caught:
        absences.add(session, ana.id, "comision", day(since), day(until), by=SYSTEM, now=now)
    assert list(caught.value.errors) == ["since"]


def test_dates_in_disorder(session: Session, add_person: AddPerson, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        absences.add(session, add_person().id, "vacaciones", day(2), day(1), by=SYSTEM, now=now)
    assert list(caught.value.errors) == ["until"]


def test_who_is_away(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana, luis = add_person("Ana"), add_person("Luis")
    absence = absences.add(session, ana.id, "vacaciones", day(1), day(5), by=SYSTEM, now=now)
    assert absences.absent(session, [ana.id, luis.id], day(5)) == {ana.id}
    absences.cancel(session, absence.id, by=SYSTEM, now=now)
    assert absences.absent(session, [ana.id, luis.id], day(5)) == set()
    assert actions(session, ana.id) == ["person.added", "absence.added", "absence.cancelled"]


def test_history_says_the_days_in_words(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person("Ana Ruiz")
    absences.add(session, ana.id, "vacaciones", day(0), day(10), by=SYSTEM, now=now)
    assert history.of(session, trace.person(ana.id))[-1].summary == (
        "Registró una ausencia de Ana Ruiz del 24 de noviembre de 2026 al 4 de diciembre de 2026."
    )


# --- Grants ---


@pytest.mark.parametrize(
    ("role", "kind", "scope_id", "path"),
    [
        ("no_such_role", "national", None, "role"),
        ("der_reviewer", "region", 1, "scope_kind"),
        ("der_reviewer", "national", 1, "scope_id"),
        ("technical_lead", "unit", None, "scope_id"),
        ("technical_lead", "unit", 99, "scope_id"),
    ],
)
def test_scopes_of_grants(
    session: Session, add_person: AddPerson, now: datetime, role: str, kind: str, scope_id: int | None, path: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        grants.add(session, add_person().id, role, kind, scope_id, by=SYSTEM, now=now)
    assert list(caught.value.errors) == [path]


def test_the_same_role_twice(session: Session, add_person: AddPerson, now: datetime) -> None:
    ana = add_person()
    grant = grants.add(session, ana.id, "der_reviewer", by=SYSTEM, now=now)
    with pytest.raises(InvalidData):
        grants.add(session, ana.id, "der_reviewer", since=day(30), by=SYSTEM, now=now)
    grants.revoke(session, grant.id, reason="Cambio de cargo", by=SYSTEM, now=now)
    grants.add(session, ana.id, "der_reviewer", by=SYSTEM, now=now)
    assert actions(session, ana.id)[1:] == ["grant.added", "grant.revoked", "grant.added"]


# --- Delegations ---


@pytest.fixture
def ana(session: Session, add_person: AddPerson, now: datetime) -> principal.Principal:
    person = add_person("Ana Ruiz")
    grants.add(session, person.id, "der_reviewer", by=SYSTEM, now=now)
    return principal.load(session, person.id, now=now)


@pytest.fixture
def luis_id(add_person: AddPerson) -> int:
    return add_person("Luis Mora").id


def test_a_delegation_is_in_both_histories(
    session: Session, ana: principal.Principal, luis_id: int, now: datetime
) -> None:
    row = delegations.add(session, ana.person_id, luis_id, TODAY, day(5), by=ana, now=now)
    delegations.revoke(session, row.id, by=ana, now=now)
    for person_id in (ana.person_id, luis_id):
        assert actions(session, person_id)[-2:] == ["delegation.added", "delegation.revoked"]
    assert principal.load(session, luis_id, now=now).grants == ()


def test_delegations_of_others_are_not_mine(
    session: Session, ana: principal.Principal, luis_id: int, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        delegations.add(session, luis_id, ana.person_id, TODAY, day(5), by=ana, now=now)


def test_the_administrator_delegates_for_others(
    session: Session, add_person: AddPerson, ana: principal.Principal, luis_id: int, now: datetime
) -> None:
    boss = add_person("Sara Gil")
    grants.add(session, boss.id, "administrator", by=SYSTEM, now=now)
    by = principal.load(session, boss.id, now=now)
    assert delegations.add(session, ana.person_id, luis_id, TODAY, day(5), by=by, now=now).id


@pytest.mark.parametrize(
    ("since", "until", "role", "path"),
    [(-1, 5, None, "since"), (5, 4, None, "until"), (0, 5, "der_monitoring", "role")],
)
def test_wrong_delegations(
    session: Session, ana: principal.Principal, luis_id: int, now: datetime,
    since: int, until: int, role: str | None, path: str,
) -> None:  # fmt: skip
    with pytest.raises(InvalidData) as caught:
        delegations.add(session, ana.person_id, luis_id, day(since), day(until), role=role, by=ana, now=now)
    assert list(caught.value.errors) == [path]


def test_nobody_delegates_in_themselves(session: Session, ana: principal.Principal, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        delegations.add(session, ana.person_id, ana.person_id, TODAY, day(5), by=ana, now=now)
    assert list(caught.value.errors) == ["to_id"]


@pytest.mark.parametrize("role", ["administrator", "internal_control", "beneficiary_contact"])
def test_nobody_who_only_reads_acts_for_another(
    session: Session, add_person: AddPerson, place: AddEntity, ana: principal.Principal, now: datetime, role: str
) -> None:
    reader = add_person("Rita Peña")
    entity_id = place("ANDES", "05034").id if role == "beneficiary_contact" else None
    grants.add(session, reader.id, role, "entity" if entity_id else "national", entity_id, by=SYSTEM, now=now)
    assert reader.id not in dict(delegations.receivers(session, ana.person_id, now=now))
    with pytest.raises(InvalidData) as caught:
        delegations.add(session, ana.person_id, reader.id, TODAY, day(5), by=ana, now=now)
    assert list(caught.value.errors) == ["to_id"]


@pytest.mark.parametrize("role", ["administrator", "internal_control", "senior_management"])
def test_a_role_that_does_not_act_is_not_lent(
    session: Session, add_person: AddPerson, luis_id: int, now: datetime, role: str
) -> None:
    reader = add_person("Rita Peña")
    manager = principal.Principal(99, "Eva", grants=(principal.Grant("administrator", "national"),))
    grants.add(session, reader.id, role, by=SYSTEM, now=now)
    for by in (principal.load(session, reader.id, now=now), manager):
        with pytest.raises(NotAllowed):
            delegations.add(session, reader.id, luis_id, TODAY, day(5), by=by, now=now)
    row = Delegation(from_id=reader.id, to_id=luis_id, role=None, since=TODAY, until=day(5))
    session.add(row)
    session.flush()
    assert principal.load(session, luis_id, now=now).grants == (), "one that was given before lends nothing either"
    assert delegations.revoke(session, row.id, by=principal.load(session, reader.id, now=now), now=now).revoked_at


def test_a_role_is_lent_to_one_person_at_a_time(
    session: Session, add_person: AddPerson, ana: principal.Principal, luis_id: int, now: datetime
) -> None:
    delegations.add(session, ana.person_id, luis_id, TODAY, day(5), by=ana, now=now)
    with pytest.raises(InvalidData) as caught:
        delegations.add(session, ana.person_id, add_person("Eva Gil").id, day(5), day(9), by=ana, now=now)
    assert "ya delegó en Luis Mora" in caught.value.errors["since"][0]
    delegations.add(session, ana.person_id, add_person("Noé Paz").id, day(6), day(9), by=ana, now=now)


def test_a_delegate_cannot_delegate_what_was_delegated(
    session: Session, add_person: AddPerson, ana: principal.Principal, luis_id: int, now: datetime
) -> None:
    delegations.add(session, ana.person_id, luis_id, TODAY, day(5), by=ana, now=now)
    luis = principal.load(session, luis_id, now=now)
    with pytest.raises(NotAllowed):
        delegations.add(session, luis_id, add_person("Eva").id, TODAY, day(5), by=luis, now=now)


def test_the_same_delegation_twice(session: Session, ana: principal.Principal, luis_id: int, now: datetime) -> None:
    delegations.add(session, ana.person_id, luis_id, TODAY, day(5), by=ana, now=now)
    with pytest.raises(InvalidData):
        delegations.add(session, ana.person_id, luis_id, day(5), day(6), by=ana, now=now)


# --- Encargos ---


def test_a_post_has_one_encargo_at_a_time(session: Session, add_person: AddPerson, unit_id: int, now: datetime) -> None:
    ana, luis = add_person("Ana"), add_person("Luis")
    post = ("technical_director", "unit", unit_id)
    row = encargos.add(session, ana.id, *post, TODAY, day(5), act="Resolución 12", by=SYSTEM, now=now)
    with pytest.raises(InvalidData) as caught:
        encargos.add(session, luis.id, *post, day(5), day(9), act="Resolución 13", by=SYSTEM, now=now)
    assert list(caught.value.errors) == ["since"]
    with pytest.raises(InvalidData) as caught:
        encargos.revoke(session, row.id, reason=" ", by=SYSTEM, now=now)
    assert list(caught.value.errors) == ["reason"]
    encargos.revoke(session, row.id, reason="Volvió quien ocupa el cargo", by=SYSTEM, now=now)
    assert history.of(session, history.Subject("person", ana.id))[-1].reason == "Volvió quien ocupa el cargo"
    assert encargos.add(session, luis.id, *post, day(5), day(9), act="Resolución 13", by=SYSTEM, now=now).id
    assert actions(session, ana.id) == ["person.added", "encargo.added", "encargo.revoked"]


def test_an_encargo_needs_its_act(session: Session, add_person: AddPerson, unit_id: int, now: datetime) -> None:
    ana = add_person("Ana Ruiz")
    with pytest.raises(InvalidData) as caught:
        encargos.add(session, ana.id, "technical_director", "unit", unit_id, TODAY, day(5), act=" ", by=SYSTEM, now=now)
    assert list(caught.value.errors) == ["act"]


def test_a_post_is_not_filled_by_another_entity_nor_the_other_way_round(
    session: Session, add_person: AddPerson, unit_id: int, now: datetime
) -> None:
    partner, ana = add_person("Pía"), add_person("Ana")
    grants.add(session, partner.id, "partner_entity", "unit", unit_id, by=SYSTEM, now=now)
    for person, role in ((partner, "technical_director"), (ana, "partner_entity")):
        with pytest.raises(InvalidData) as caught:
            encargos.add(session, person.id, role, "unit", unit_id, TODAY, day(5), act="Res. 12", by=SYSTEM, now=now)
        assert list(caught.value.errors) == ["role"]
        assert encargos.of(session, person.id) == []


# --- Coverage ---


def test_who_covers_an_entity_day_by_day(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    ana, luis, andes = add_person("Ana"), add_person("Luis"), place("Andes", "05034")
    coverage.cover(session, ana.id, andes.id, day(0), by=SYSTEM, now=now)
    coverage.hand_over(session, andes.id, luis.id, day(10), by=SYSTEM, now=now)
    assert coverage.advisor_of(session, andes.id, day(-1)) is None
    assert coverage.advisor_of(session, andes.id, day(9)) == ana.id
    assert coverage.advisor_of(session, andes.id, day(10)) == luis.id
    assert coverage.entities_of(session, luis.id, day(10)) == [andes.id]


def test_a_hand_over_on_the_first_day_leaves_the_former_without_a_day(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    ana, luis, andes = add_person("Ana"), add_person("Luis"), place("Andes", "05034")
    coverage.cover(session, ana.id, andes.id, day(0), by=SYSTEM, now=now)
    coverage.hand_over(session, andes.id, luis.id, day(0), by=SYSTEM, now=now)
    assert [row.person_id for row in coverage.of_entity(session, andes.id)] == [luis.id]
    assert actions(session, ana.id)[-1] == "coverage.revoked"


def test_a_day_that_went_by_is_confirmed_and_erases_nobody(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    ana, luis, eva, andes = add_person("Ana"), add_person("Luis"), add_person("Eva"), place("Andes", "05034")
    coverage.cover(session, ana.id, andes.id, day(-90), day(-31), by=SYSTEM, now=now)
    coverage.cover(session, luis.id, andes.id, day(-30), by=SYSTEM, now=now)
    with pytest.raises(InvalidData) as caught:
        coverage.hand_over(session, andes.id, eva.id, day(-60), by=SYSTEM, now=now)
    assert "ya pasó y cambia lo registrado de Ana, Luis en Andes" in caught.value.errors["since"][0]
    coverage.hand_over(session, andes.id, eva.id, day(-60), confirmed=True, by=SYSTEM, now=now)
    rows = coverage.of_entity(session, andes.id, revoked=True)
    told = [(row.person_id, row.since, row.until, row.revoked_at) for row in rows]
    assert told == [
        (ana.id, day(-90), day(-61), None),
        (eva.id, day(-60), None, None),
        (luis.id, day(-30), None, now),
    ]


def test_what_is_to_come_is_told_apart_from_today(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    ana, luis, andes = add_person("Ana"), add_person("Luis"), place("Andes", "05034")
    coverage.cover(session, ana.id, andes.id, day(-5), by=SYSTEM, now=now)
    coverage.hand_over(session, andes.id, luis.id, day(3), by=SYSTEM, now=now)
    assert coverage.advisor_of(session, andes.id, day(0)) == ana.id
    coming = coverage.upcoming(session, [andes.id], day(0))[andes.id]
    assert (coming.person_id, coming.since) == (luis.id, day(3))
    assert coverage.upcoming(session, [andes.id], day(3)) == {}
    assert coverage_counts.people(session, day(0), ["05"]) == {ana.id: 1}
    assert coverage_counts.people(session, day(3), ["91"]) == {}
    (antioquia,) = [row for row in coverage_counts.departments(session, day(0)) if row.code == "05"]
    assert (antioquia.entities, antioquia.covered, antioquia.uncovered) == (1, 1, 0)


def test_the_history_of_an_entity_tells_who_came_to_accompany_it(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    ana, luis, andes = add_person("Ana"), add_person("Luis"), place("Andes", "05034")
    coverage.cover(session, ana.id, andes.id, day(0), by=SYSTEM, now=now)
    coverage.hand_over(session, andes.id, luis.id, day(10), by=SYSTEM, now=now)
    told = [row.action for row in history.of(session, history.Subject("entity", andes.id))]
    assert told[-3:] == ["coverage.added", "coverage.ended", "coverage.added"]


def test_one_advisor_at_a_time(session: Session, add_person: AddPerson, place: AddEntity, now: datetime) -> None:
    ana, luis, andes = add_person("Ana"), add_person("Luis"), place("Andes", "05034")
    coverage.cover(session, ana.id, andes.id, day(0), by=SYSTEM, now=now)
    with pytest.raises(InvalidData, match="datos por corregir") as caught:
        coverage.cover(session, luis.id, andes.id, day(5), by=SYSTEM, now=now)
    assert caught.value.errors == {"since": ["Ana ya atiende Andes en esas fechas."]}


def test_ending_a_coverage_that_is_not(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    with pytest.raises(NotFound):
        coverage.end(session, add_person().id, place("Andes", "05034").id, TODAY, by=SYSTEM, now=now)


def test_advisors_of_many(session: Session, add_person: AddPerson, place: AddEntity, now: datetime) -> None:
    ana, andes, leticia = add_person(), place("Andes", "05034"), place("Leticia", "91001")
    coverage.cover(session, ana.id, andes.id, day(0), by=SYSTEM, now=now)
    assert coverage.advisors_of(session, [andes.id, leticia.id], day(0)) == {andes.id: ana.id}
    assert coverage.advisors_of(session, [], day(0)) == {}


def test_histories_hold(session: Session, add_person: AddPerson, place: AddEntity, now: datetime) -> None:
    ana, luis, andes = add_person("Ana"), add_person("Luis"), place("Andes", "05034")
    coverage.cover(session, ana.id, andes.id, day(0), by=SYSTEM, now=now)
    coverage.hand_over(session, andes.id, luis.id, day(10), by=SYSTEM, now=now)
    assert list(history.verify(session)) == []


@pytest.mark.parametrize("role", ["internal_control", "administrator", "senior_management"])
def test_whoever_only_reads_or_runs_the_system_fills_no_acting_post(
    session: Session, add_person: AddPerson, now: datetime, role: str
) -> None:
    ana = add_person("Ana")
    grants.add(session, ana.id, role, by=SYSTEM, now=now)
    with pytest.raises(InvalidData) as refused:
        encargos.add(
            session, ana.id, "der_reviewer", "national", None, TODAY, day(5), act="Resolución 12", by=SYSTEM, now=now
        )
    assert list(refused.value.errors) == ["role"]


def test_an_entity_is_left_without_advisor_from_a_day_on(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    ana, town = add_person("Ana"), place("Andes", "05034")
    coverage.cover(session, ana.id, town.id, day(-9), by=SYSTEM, now=now)
    touched = coverage.vacate(session, town.id, TODAY, by=SYSTEM, now=now)
    assert [(row.until, row.revoked_at) for row in touched] == [(day(-1), None)]
    assert coverage.advisor_of(session, town.id, TODAY) is None
    with pytest.raises(InvalidData) as refused:
        coverage.vacate(session, town.id, TODAY, by=SYSTEM, now=now)
    assert list(refused.value.errors) == ["since"]


def test_a_coverage_that_is_left_without_a_day_stays_written(
    session: Session, add_person: AddPerson, place: AddEntity, now: datetime
) -> None:
    town = place("Andes", "05034")
    coverage.cover(session, add_person("Ana").id, town.id, TODAY, by=SYSTEM, now=now)
    coverage.vacate(session, town.id, TODAY, by=SYSTEM, now=now)
    assert [row.revoked_at for row in coverage.of_entity(session, town.id, revoked=True)] == [now]
