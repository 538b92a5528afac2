"""What people do to obligations: excuse, open again, state, accept, return; who supervises; rates and cuts."""

import re
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db import history
from db import seals
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.models import Encargo
from directory.models import Person
from directory.models import Region
from directory.models import RoleGrant
from directory.principal import Grant
from directory.principal import Principal
from notifications import acts
from notifications import cuts
from notifications import early
from notifications import ledger
from notifications import obligations
from notifications import rates
from notifications import statements
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Statement
from notifications.obligations import Filters
from notifications.statements import NewStatement
from notifications.supervisors import Book
from tests.notifications import desk
from tests.tracking import factories

DAY = date(2026, 11, 24)


@dataclass
class Office:
    """An advisor in a region, its coordinator, and a monitor of the DER."""

    region: Region
    advisor: Principal
    coordinator: Principal
    monitor: Principal


def staff(session: Session, now: datetime, name: str, role: str, kind: str, place: int | None) -> Principal:
    row = Person(name=name, search_name=name.lower(), created_at=now)
    session.add(row)
    session.flush()
    session.add(RoleGrant(person_id=row.id, role=role, scope_kind=kind, scope_id=place, since=date(2026, 1, 1)))
    session.flush()
    return Principal(row.id, name, None, (Grant(role, kind, place),))


@pytest.fixture
def office(session: Session, now: datetime) -> Office:
    region = factories.department(session)
    advisor = staff(session, now, "Ana Asesora", "territorial_advisor", "region", region.id)
    coordinator = staff(session, now, "Carla Coordinadora", "regional_coordinator", "region", region.id)
    monitor = staff(session, now, "Mario Monitor", "der_monitoring", "national", None)
    desk.ship(session, now, met_by=(desk.DONE, "statement"))
    desk.sweep(session, now, [desk.subject(advisor.person_id, region_id=region.id)])
    return Office(region, advisor, coordinator, monitor)


def first(session: Session) -> Obligation:
    return desk.rows(session)[0]


def said(**changes: object) -> NewStatement:
    values: dict[str, object] = {
        "text": "Envié el informe", "happened_on": date(2026, 10, 8), "evidence_link": "https://example.org/informe",
    }  # fmt: skip
    return NewStatement(**{**values, **changes})  # type: ignore[arg-type]


# --- Excusing ---


def test_waiving_and_reopening_take_a_reason(session: Session, now: datetime, office: Office) -> None:
    row = first(session)
    acts.waive(session, row.id, " Licencia ", by=office.coordinator, now=now)
    assert (row.status, row.reason, row.version) == (ObligationStatus.WAIVED, "Licencia", 2)
    with pytest.raises(Conflict):
        acts.waive(session, row.id, "Otra vez", by=office.coordinator, now=now)
    acts.reopen(session, row.id, "Volvió antes", by=office.monitor, now=now)
    assert row.status == ObligationStatus.OVERDUE  # due on 9 October
    with pytest.raises(Conflict):
        acts.reopen(session, row.id, "Otra vez", by=office.monitor, now=now)
    chain = history.of(session, ledger.obligation_chain(row.id))
    assert [(one.action, one.reason, one.capacity) for one in chain] == [
        ("obligation.waived", "Licencia", "Articulación regional"),
        ("obligation.reopened", "Volvió antes", "Monitoreo DER"),
    ]


def test_a_reason_is_asked_for(session: Session, now: datetime, office: Office) -> None:
    with pytest.raises(InvalidData):
        acts.waive(session, first(session).id, "  ", by=office.coordinator, now=now)
    with pytest.raises(InvalidData):
        acts.waive_many(session, [first(session).id], "  ", by=office.coordinator, now=now)


def test_nobody_excuses_what_they_owe_nor_what_is_elsewhere(session: Session, now: datetime, office: Office) -> None:
    row = first(session)
    with pytest.raises(NotAllowed):
        acts.waive(session, row.id, "Porque sí", by=office.advisor, now=now)
    elsewhere = Principal(office.coordinator.person_id, "Otra", None, (Grant("regional_coordinator", "region", 999),))
    with pytest.raises(NotAllowed):
        acts.waive(session, row.id, "Porque sí", by=elsewhere, now=now)
    row.debtor_id = office.coordinator.person_id
    session.flush()
    with pytest.raises(NotAllowed, match="usted mismo"):
        acts.waive(session, row.id, "Porque sí", by=office.coordinator, now=now)
    assert acts.waive_many(session, [row.id], "Porque sí", by=office.coordinator, now=now).done == 0


def test_the_administrator_changes_nothing(session: Session, now: datetime, office: Office) -> None:
    both = Principal(1, "Ada", None, (Grant("administrator", "national"), Grant("der_monitoring", "national")))
    with pytest.raises(NotAllowed):
        acts.waive(session, first(session).id, "Porque sí", by=both, now=now)


def test_many_are_excused_at_once(session: Session, now: datetime, office: Office) -> None:
    ids = [row.id for row in desk.rows(session)]
    acts.waive(session, ids[0], "Antes", by=office.monitor, now=now)
    outcome = acts.waive_many(session, [*ids, 9999], "Cierre colectivo", by=office.coordinator, now=now)
    assert (outcome.done, outcome.left_out) == (2, 2)
    assert {row.status for row in desk.rows(session)} == {ObligationStatus.WAIVED}
    with pytest.raises(InvalidData):
        acts.waive_many(session, [], "Nada", by=office.coordinator, now=now)


def test_many_are_opened_again_at_once_but_not_what_the_system_excused(
    session: Session, now: datetime, office: Office
) -> None:
    rows = desk.rows(session)
    ids = [row.id for row in rows]
    acts.waive_many(session, ids[:2], "Filtro mal puesto", by=office.coordinator, now=now)
    ledger.waive_by_system(session, [rows[2]], ledger.NOT_ASKED, now=now)
    outcome = acts.reopen_many(session, [*ids, 9999], "Se corrige", by=office.coordinator, now=now)
    assert (outcome.done, outcome.left_out) == (2, 2)
    session.expire_all()
    *opened, system = desk.rows(session)
    assert {(row.status in OPEN, row.reason) for row in opened} == {(True, "Se corrige")}
    assert system.status == ObligationStatus.WAIVED
    with pytest.raises(InvalidData):
        acts.reopen_many(session, ids, " ", by=office.coordinator, now=now)
    with pytest.raises(NotAllowed):
        acts.reopen_many(session, ids, "Porque sí", by=office.advisor, now=now)


# --- Statements ---


def test_an_accepted_statement_meets_on_the_day_that_it_says(session: Session, now: datetime, office: Office) -> None:
    row = first(session)
    statement = statements.present(session, row.id, said(), by=office.advisor, now=now)
    with pytest.raises(Conflict, match="revisión"):
        statements.present(session, row.id, said(), by=office.advisor, now=now)
    statements.accept(session, statement.id, by=office.coordinator, now=now + timedelta(days=3))
    assert (row.status, row.met_at) == (ObligationStatus.MET, datetime(2026, 10, 8, 22, tzinfo=UTC))
    assert [other.status for other in desk.rows(session)[1:]] == [ObligationStatus.PENDING] * 2
    with pytest.raises(Conflict):
        statements.accept(session, statement.id, by=office.coordinator, now=now)


def test_a_statement_serves_its_own_policy_only(session: Session, now: datetime, office: Office) -> None:
    desk.ship(session, now, "otra", met_by=("statement",))
    desk.sweep(session, now, [desk.subject(office.advisor.person_id, region_id=office.region.id)])
    statement = statements.present(session, first(session).id, said(), by=office.advisor, now=now)
    statements.accept(session, statement.id, by=office.coordinator, now=now)
    assert sum(row.status == ObligationStatus.MET for row in desk.rows(session)) == 1


@pytest.mark.parametrize("edit", [{"text": "Otra cosa"}, {"happened_on": date(2026, 1, 5)}])
def test_a_statement_that_was_altered_shows(
    session: Session, now: datetime, office: Office, edit: dict[str, object]
) -> None:
    statement = statements.present(session, first(session).id, said(), by=office.advisor, now=now)
    statements.return_(session, statement.id, "Falta el anexo", by=office.coordinator, now=now)
    session.flush()
    session.expire_all()
    assert list(seals.verify(session)) == []
    session.execute(update(Statement).where(Statement.id == statement.id).values(edit))
    session.expire_all()
    assert [(found.subject.kind, found.problem) for found in seals.verify(session)] == [("obligation", "content")]


def test_a_returned_statement_is_presented_again(session: Session, now: datetime, office: Office) -> None:
    row = first(session)
    statement = statements.present(session, row.id, said(), by=office.advisor, now=now)
    with pytest.raises(InvalidData):
        statements.return_(session, statement.id, " ", by=office.coordinator, now=now)
    statements.return_(session, statement.id, "Falta el anexo", by=office.coordinator, now=now)
    assert row.status == ObligationStatus.PENDING
    statements.present(session, row.id, said(text="Con el anexo"), by=office.advisor, now=now)
    assert [one.status for one in statements.of(session, row.id)] == ["presented", "returned"]


def test_never_decided_by_who_presented_it_nor_by_who_does_not_supervise(
    session: Session, now: datetime, office: Office
) -> None:
    row = first(session)
    row.debtor_id = office.coordinator.person_id
    session.flush()
    statement = statements.present(session, row.id, said(), by=office.coordinator, now=now)
    with pytest.raises(NotAllowed, match="nunca quien la presentó"):
        statements.accept(session, statement.id, by=office.coordinator, now=now)
    director = Principal(office.advisor.person_id, "Dina", None, (Grant("technical_director", "unit", 5),))
    with pytest.raises(NotAllowed):
        statements.accept(session, statement.id, by=director, now=now)
    statements.accept(session, statement.id, by=office.monitor, now=now)
    assert row.status == ObligationStatus.MET


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"text": " "}, "text"),
        ({"happened_on": date(2026, 11, 25)}, "happened_on"),
        ({"evidence_link": ""}, "evidence_link"),
        ({"evidence_link": "ftp://x"}, "evidence_link"),
        ({"evidence_file": "nada"}, "evidence_file"),
    ],
)
def test_a_statement_is_checked(
    session: Session, now: datetime, office: Office, changes: dict[str, object], path: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        statements.present(session, first(session).id, said(**changes), by=office.advisor, now=now)
    assert list(caught.value.errors) == [path]


def test_what_is_stated_or_accepted_before_its_time_is_confirmed(
    session: Session, now: datetime, office: Office
) -> None:
    row = first(session)
    row.period_end, row.due_on = date(2026, 12, 31), date(2026, 12, 31)
    session.flush()
    meant = r"aunque su periodo no ha terminado \(faltan 37 días, termina el 31 de diciembre de 2026\)"
    with pytest.raises(InvalidData) as caught:
        statements.present(session, row.id, said(), by=office.advisor, now=now)
    assert re.search(meant, caught.value.errors["confirmed"][0])
    one = statements.present(session, row.id, said(confirmed=True), by=office.advisor, now=now)
    with pytest.raises(InvalidData) as caught:
        statements.accept(session, one.id, by=office.coordinator, now=now)
    assert list(caught.value.errors) == ["confirmed"]
    assert row.status == ObligationStatus.PENDING
    statements.accept(session, one.id, confirmed=True, by=office.coordinator, now=now)
    assert row.status == ObligationStatus.MET


@pytest.mark.parametrize(("due_on", "period_end"), [(24, 30), (30, 23)])
def test_what_is_due_by_now_or_of_a_period_gone_by_is_not_doubted(
    session: Session, now: datetime, office: Office, due_on: int, period_end: int
) -> None:
    row = first(session)
    row.due_on, row.period_end = date(2026, 11, due_on), date(2026, 11, period_end)
    session.flush()
    assert early.doubt(session, row, now) == ""


def test_what_the_system_holds_itself_takes_no_statement(session: Session, now: datetime, office: Office) -> None:
    desk.ship(session, now, "propia", met_by=(desk.DONE,), since=date(2026, 11, 1))
    desk.sweep(session, now, [desk.subject(office.advisor.person_id, region_id=office.region.id)])
    own = desk.rows(session)[-1]
    with pytest.raises(Conflict, match="se cumple sola"):
        statements.present(session, own.id, said(), by=office.advisor, now=now)


# --- Supervisors ---


def test_supervisors_follow_region_then_unit_then_the_der(session: Session, now: datetime, office: Office) -> None:
    above = factories.unit(session, "SUB")
    unit = factories.unit(session, "DTA")
    unit.parent_id = above.id
    director = staff(session, now, "Dina Directora", "technical_director", "unit", above.id)
    deputy = staff(session, now, "Elsa Encargada", "thematic_expert", "national", None)
    session.add(
        Encargo(
            person_id=deputy.person_id, role="regional_coordinator", scope_kind="region", scope_id=office.region.id,
            since=DAY, until=DAY,
        )
    )  # fmt: skip
    session.flush()
    book, coordinator, monitor = Book(session, DAY), office.coordinator.person_id, office.monitor.person_id
    here = {"region_id": office.region.id, "unit_id": unit.id}
    assert book.of(**here, debtor_id=None) == (coordinator, deputy.person_id)
    assert book.of(**here, debtor_id=coordinator) == (deputy.person_id,)
    assert book.of(region_id=None, unit_id=unit.id, debtor_id=None) == (director.person_id,)
    assert book.of(region_id=None, unit_id=unit.id, debtor_id=director.person_id) == (monitor,)
    assert book.of(region_id=None, unit_id=None, debtor_id=monitor) == ()
    assert book.holders("regional_coordinator", region_id=office.region.id) == (coordinator, deputy.person_id)
    assert book.holders("technical_director", unit_id=unit.id) == (director.person_id,)
    assert Book(session, date(2026, 11, 25)).of(**here, debtor_id=coordinator) == (monitor,)


# --- Lists, rates, cuts ---


def test_lists_show_what_is_in_sight(session: Session, now: datetime, office: Office) -> None:
    desk.sweep(session, now, [
        desk.subject(office.advisor.person_id, region_id=office.region.id),
        desk.subject(office.monitor.person_id, id=50, label="Otra región"),
    ])  # fmt: skip

    def seen(by: Principal, **values: object) -> int:
        return len(obligations.listing(session, by, Filters(**values)).items)  # type: ignore[arg-type]

    assert (seen(office.advisor), seen(office.coordinator), seen(office.monitor)) == (3, 3, 6)
    assert seen(office.monitor, text="otra región") == 3
    assert seen(office.monitor, until=date(2026, 11, 30)) == 4
    assert seen(office.monitor, policy="informe", status="pending", debtor_id=office.monitor.person_id) == 3
    assert len(obligations.mine(session, office.monitor, Filters()).items) == 3
    soon = now + timedelta(days=30)
    assert obligations.counts(session, office.advisor, own=True, now=now, soon=soon) == {
        "overdue": 2, "lapsed": 0, "soon": 1, "later": 0, "waiting": 0, "stated": 0,
    }  # fmt: skip


def test_rates_leave_out_what_was_waived_and_what_is_only_recommended(
    session: Session, now: datetime, office: Office
) -> None:
    desk.ship(session, now, "consejo", escalates=False, ladder=desk.spec().ladder[:3])
    desk.sweep(session, now, [desk.subject(office.advisor.person_id, region_id=office.region.id)])
    met, late, waived, *_ = [row for row in desk.rows(session) if row.policy_id == first(session).policy_id]
    met.status, late.status, waived.status = ObligationStatus.MET, ObligationStatus.LATE, ObligationStatus.WAIVED
    session.flush()
    (line,) = rates.by_dimension(session, office.monitor, "person")
    assert (line.key, line.counted, line.waived, line.pending) == (office.advisor.person_id, 2, 1, 0)
    assert line.on_time == Decimal("50.0")
    assert rates.total(session, office.monitor, Filters(policy="consejo")).on_time is None
    with pytest.raises(InvalidData):
        rates.by_dimension(session, office.monitor, "shoe size")


def test_a_cut_stays_as_it_was(session: Session, now: datetime, office: Office) -> None:
    row, later = first(session), now + timedelta(days=60)
    cut = cuts.take(session, "obligations", "2026-Q4", by=office.monitor, now=later)
    policy = cut.figures["policies"][0]
    assert (policy["overdue"], policy["pending"], policy["met"]) == (3, 0, 0)
    row.status = ObligationStatus.LATE
    session.flush()
    with pytest.raises(Conflict):
        cuts.take(session, "obligations", "2026-Q4", by=office.monitor, now=later)
    found = cuts.find(session, "obligations", "2026-Q4")
    assert found is not None
    assert found.figures["policies"][0] == policy
    for kind, period in (("shoes", "2026-Q4"), ("obligations", "2027-Q1"), ("obligations", "ayer")):
        with pytest.raises(InvalidData):
            cuts.take(session, kind, period, by=office.monitor, now=later)
    with pytest.raises(NotAllowed):
        cuts.take(session, "obligations", "2026-11", by=office.coordinator, now=later)
