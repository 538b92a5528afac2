"""SISGESTIÓN in three steps: the liaison loads, the direction presents, planning validates; each decides its own."""

from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import seals
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.models import Person
from directory.models import RoleGrant
from directory.principal import DELEGATION
from directory.principal import Grant
from directory.principal import Principal
from notifications import ledger
from notifications import policies
from notifications import preview
from notifications import specs
from notifications import statements
from notifications.calendar import LAW
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from notifications.models import Statement
from notifications.notices import Round
from notifications.places import Places
from notifications.policies import Shipped
from notifications.sources import Subject
from notifications.statement_notices import Statements
from notifications.statements import NewStatement
from tests.questions import asked
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tests.tracking.test_obligation_facts import EVERY
from tracking.sources import offices

LOAD, PRESENT, VALIDATE = "sisgestion_carga", "sisgestion_presentacion", "sisgestion_validacion"
ROLES = {LOAD: "planning_liaison", PRESENT: "technical_director", VALIDATE: "planning_group"}
SAID = NewStatement(text="Quedó cargado", happened_on=date(2026, 11, 23), evidence_link="https://sisgestion.example/1",
                    confirmed=True)  # fmt: skip


@pytest.fixture
def people(session: Session, now: datetime, scene: Scene) -> dict[str, Principal]:
    """Who owes each step of the unit, by its policy, and the monitoring of the DER."""
    found = {}
    for key, role in ROLES.items():
        row = factories.person(session, f"Persona de {role}", now, scene.unit.id)
        kind, place = ("national", None) if key == VALIDATE else ("unit", scene.unit.id)
        session.add(RoleGrant(person_id=row.id, role=role, scope_kind=kind, scope_id=place, since=date(2026, 2, 1)))
        found[key] = factories.principal(row, role, kind, place)
    session.flush()
    return {**found, "monitoring": scene.monitoring}


@pytest.fixture
def steps(session: Session, now: datetime, scene: Scene, people: dict[str, Principal]) -> dict[str, Obligation]:
    """The three obligations of November, by policy."""
    day = date(2026, 11, 1)
    policies.install(session, [Shipped(key, EVERY[key].spec) for key in ROLES], since=day, by=SYSTEM, now=now)
    for key in ROLES:
        unit = None if key == VALIDATE else scene.unit.id
        subject = Subject(kind="unit", id=scene.unit.id, label="Subdirección uno", since=day, unit_id=unit,
                          debtor_id=people[key].person_id)  # fmt: skip
        ledger.open_batch(session, policies.get(session, key), [subject], Places(session), now=now)
    rows = select(Policy.key, Obligation).join(Policy, Policy.id == Obligation.policy_id)
    return {key: row for key, row in session.execute(rows)}  # noqa: C416 - rows


def test_each_step_waits_for_the_one_before(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    for key in (PRESENT, VALIDATE):
        with pytest.raises(Conflict, match="Primero va el paso anterior"):
            statements.present(session, steps[key].id, SAID, by=people[key], now=now)
    loaded = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    with pytest.raises(Conflict, match="Primero va el paso anterior"):
        statements.present(session, steps[PRESENT].id, SAID, by=people[PRESENT], now=now)
    statements.accept(session, loaded.id, confirmed=True, by=people[PRESENT], now=now)
    assert steps[LOAD].status == ObligationStatus.MET
    statements.present(session, steps[PRESENT].id, SAID, by=people[PRESENT], now=now)


def test_who_receives_a_step_decides_it_and_nobody_else(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    loaded = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    for key in ("monitoring", VALIDATE):
        with pytest.raises(NotAllowed):
            statements.accept(session, loaded.id, confirmed=True, by=people[key], now=now)
    assert statements.to_decide(session, by=people["monitoring"], now=now) == []
    assert [row.id for _, row in statements.to_decide(session, by=people[PRESENT], now=now)] == [steps[LOAD].id]


def _standing_in(by: Principal, whom: Principal, *roles: str) -> Principal:
    """`by` with what `whom` lent them of these roles."""
    lent = [replace(one, on_behalf_of=whom.person_id, on_behalf_name=whom.name, source=DELEGATION)
            for one in whom.grants if one.role in roles]  # fmt: skip
    return replace(by, grants=(*by.grants, *lent))


def test_who_decides_for_the_director_does_so_by_that_delegation(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    """Planning may decide statements in its own right, but this one only as the delegate of who receives the load."""
    loaded = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    delegate = _standing_in(people[VALIDATE], people[PRESENT], "technical_director")
    statements.accept(session, loaded.id, confirmed=True, by=delegate, now=now)
    act = history.of(session, ledger.obligation_chain(steps[LOAD].id))[1]
    assert (act.action, act.actor_id, act.on_behalf_of) == (
        "statement.accepted", people[VALIDATE].person_id, people[PRESENT].person_id,
    )  # fmt: skip
    assert act.capacity == f"Dirección técnica, por delegación de {people[PRESENT].name}"


def test_who_was_lent_another_role_of_the_director_does_not_decide(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    loaded = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    both = replace(people[PRESENT], grants=(*people[PRESENT].grants, Grant("der_monitoring", "national")))
    delegate = _standing_in(people[VALIDATE], both, "der_monitoring")
    assert statements.to_decide(session, by=delegate, now=now) == []
    with pytest.raises(NotAllowed):
        statements.accept(session, loaded.id, confirmed=True, by=delegate, now=now)


def test_what_waits_is_counted_as_it_is_listed(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    counted = {key: statements.count_to_decide(session, by=by, most=100, now=now) for key, by in people.items()}
    assert counted == {key: len(statements.to_decide(session, by=by, now=now)) for key, by in people.items()}
    assert counted == {LOAD: 0, PRESENT: 1, VALIDATE: 0, "monitoring": 0}


def test_what_waits_is_counted_no_further_than_asked_and_in_as_many_questions(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    for waiting in (1, 2, 3, 4):
        statements.present(session, _another(session, steps[LOAD]).id, SAID, by=people[LOAD], now=now)
        session.flush()
        with asked() as seen:
            assert statements.count_to_decide(session, by=people[PRESENT], most=3, now=now) == min(waiting, 3)
        assert len(seen) == 3


def _another(session: Session, row: Obligation) -> Obligation:
    """The same obligation of another subject."""
    values = {column.key: getattr(row, column.key) for column in row.__table__.c if column.key != "id"}
    last = session.scalar(select(func.max(Obligation.subject_id))) or 0
    copy = Obligation(**{**values, "subject_id": last + 1})
    session.add(copy)
    session.flush()
    return copy


def test_planning_validates_what_was_presented_or_returns_it(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    loaded = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    statements.accept(session, loaded.id, confirmed=True, by=people[PRESENT], now=now)
    first = statements.present(session, steps[PRESENT].id, SAID, by=people[PRESENT], now=now)
    statements.return_(session, first.id, "Faltan los soportes", by=people[VALIDATE], now=now)
    assert (steps[PRESENT].status, steps[VALIDATE].status) == (ObligationStatus.PENDING, ObligationStatus.PENDING)
    second = statements.present(session, steps[PRESENT].id, SAID, by=people[PRESENT], now=now + timedelta(hours=1))
    statements.accept(session, second.id, confirmed=True, by=people[VALIDATE], now=now + timedelta(hours=2))
    session.flush()
    assert (steps[PRESENT].status, steps[VALIDATE].status) == (ObligationStatus.MET, ObligationStatus.MET)
    assert steps[VALIDATE].met_at == now + timedelta(hours=2)


@pytest.fixture
def presented(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> tuple[Statement, Statement]:
    """The load that was accepted, and the presentation that planning is to decide."""
    loaded = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    statements.accept(session, loaded.id, confirmed=True, by=people[PRESENT], now=now)
    return loaded, statements.present(session, steps[PRESENT].id, SAID, by=people[PRESENT], now=now)


def test_planning_returns_a_presentation_with_its_load(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation],
    presented: tuple[Statement, Statement],
) -> None:  # fmt: skip
    loaded, first = presented
    assert statements.reached(session, steps[PRESENT]) is steps[LOAD]
    statements.return_(session, first.id, "La ruta no abre", with_before=True, by=people[VALIDATE], now=now)
    assert (steps[LOAD].status, steps[LOAD].met_by) == (ObligationStatus.PENDING, None)
    assert (loaded.status, loaded.remark) == ("returned", "La ruta no abre")
    assert statements.returned_to(session, people[LOAD]) == [(loaded, steps[LOAD])]
    acts = history.of(session, ledger.obligation_chain(steps[LOAD].id))[-2:]
    assert [(act.action, act.reason) for act in acts] == [
        ("statement.taken_back", "La ruta no abre"),
        ("obligation.reopened", "Dejó de valer lo que la cumplía: Quedó cargado."),
    ]
    with pytest.raises(Conflict, match="Primero va el paso anterior"):
        statements.present(session, steps[PRESENT].id, SAID, by=people[PRESENT], now=now)
    corrected = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    statements.accept(session, corrected.id, confirmed=True, by=people[PRESENT], now=now)
    second = statements.present(session, steps[PRESENT].id, SAID, by=people[PRESENT], now=now)
    statements.accept(session, second.id, confirmed=True, by=people[VALIDATE], now=now)
    session.flush()
    assert {row.status for row in steps.values()} == {ObligationStatus.MET}
    assert list(seals.verify(session)) == []


def test_who_loaded_is_told_that_it_was_returned(
    session: Session, now: datetime, people: dict[str, Principal], presented: tuple[Statement, Statement],
) -> None:  # fmt: skip
    loaded, first = presented
    statements.return_(session, first.id, "La ruta no abre", with_before=True, by=people[VALIDATE], now=now)
    session.flush()
    turn = Round(now, now.date(), LAW)
    told = [one for one in Statements().due(session, turn, [people[LOAD].person_id]) if one.source_id == loaded.id]
    assert [one.rungs for one in told] == [("returned",)]


def test_a_step_that_reaches_no_other_one_is_returned_alone(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    loaded = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    with pytest.raises(InvalidData) as refused:
        statements.return_(session, loaded.id, "No abre", with_before=True, by=people[PRESENT], now=now)
    assert refused.value.errors.keys() == {"with_before"}


def test_a_schedule_is_made_before_its_week(session: Session, now: datetime, scene: Scene) -> None:
    """The week begins on Monday the 30th; what was made on the Friday before is of that week."""
    monday = datetime(2026, 11, 30, 15, tzinfo=now.tzinfo)
    policies.install(
        session, [Shipped("parrilla_semanal", EVERY["parrilla_semanal"].spec)], since=monday.date(), by=SYSTEM, now=now
    )
    who = factories.person(session, "Comunica", now)
    subject = Subject(kind="office", id=offices.COMMUNICATIONS, label="Comunicaciones", debtor_id=who.id,
                      since=monday.date())  # fmt: skip
    ledger.open_batch(session, policies.get(session, "parrilla_semanal"), [subject], Places(session), now=monday)
    row = session.scalars(select(Obligation)).one()
    by = factories.principal(session.get_one(Person, who.id), "communications")
    made = NewStatement(text="Lista", happened_on=date(2026, 11, 27), evidence_link="https://example.org/parrilla")
    assert statements.present(session, row.id, made, by=by, now=monday).happened_on == date(2026, 11, 27)


def test_a_step_is_not_dated_before_the_one_that_it_follows(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    loaded = statements.present(session, steps[LOAD].id, SAID, by=people[LOAD], now=now)
    statements.accept(session, loaded.id, confirmed=True, by=people[PRESENT], now=now)
    early = replace(SAID, happened_on=date(2026, 11, 22))
    with pytest.raises(InvalidData) as refused:
        statements.present(session, steps[PRESENT].id, early, by=people[PRESENT], now=now)
    assert "se hizo el 23 de noviembre de 2026" in refused.value.errors["happened_on"][0]
    statements.present(session, steps[PRESENT].id, SAID, by=people[PRESENT], now=now)


@pytest.mark.parametrize(
    ("key", "count", "said"),
    [
        (PRESENT, 2, "antes que el paso que espera, «SISGESTIÓN, carga del avance»"),
        (LOAD, 6, "después que «SISGESTIÓN, presentación», que espera a este paso"),
        (VALIDATE, 4, "antes que el paso que espera, «SISGESTIÓN, presentación»"),
    ],
)
def test_a_change_that_puts_a_step_before_the_one_it_waits_for_is_refused(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation], key: str, count: int,
    said: str,
) -> None:  # fmt: skip
    known = policies.get(session, key)
    data = {**specs.to_json(known.spec), "due": {"rule": "working_day_of_next_month", "count": count}}
    with pytest.raises(InvalidData) as seen:
        preview.of(session, known, data, enabled=True, now=now)
    given: Any = {"enabled": True, "reason": "Circular", "version": 1, "by": people["monitoring"], "now": now}
    with pytest.raises(InvalidData) as refused:
        policies.change(session, key, data, **given)
    assert seen.value.errors == refused.value.errors
    assert said in refused.value.errors["due"][0]
    data["due"]["count"] = 5  # on the same day as the other, or where it was
    policies.change(session, key, {**data, "title": "Otro nombre"}, **given)


def test_the_order_asks_nothing_of_a_step_whose_days_stay_or_whose_neighbour_is_off(
    session: Session, now: datetime, people: dict[str, Principal], steps: dict[str, Obligation]
) -> None:
    given: Any = {"reason": "Circular", "version": 1, "by": people["monitoring"], "now": now}
    policies.switch(session, LOAD, enabled=False, **given)
    known = policies.get(session, PRESENT)
    early = {**specs.to_json(known.spec), "due": {"rule": "working_day_of_next_month", "count": 1}}
    policies.change(session, PRESENT, early, enabled=True, **given)
    policies.switch(session, LOAD, enabled=True, **(given | {"version": 2}))
    renamed = {**early, "title": "Presentación"}
    assert policies.change(session, PRESENT, renamed, enabled=True, **(given | {"version": 2})).spec.title
