"""The ledger: opened once, given on, waived by the system and taken back, overdue, moved."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from directory.models import Person
from notifications import days
from notifications import facts
from notifications import kinds
from notifications import ledger
from notifications import obligations
from notifications import policies
from notifications.calendar import Due
from notifications.facts import NewFact
from notifications.models import ObligationStatus
from tests.notifications import desk
from tests.questions import asked

PENDING, OVERDUE, MET = ObligationStatus.PENDING, ObligationStatus.OVERDUE, ObligationStatus.MET
LATE, WAIVED = ObligationStatus.LATE, ObligationStatus.WAIVED


def person(session: Session, now: datetime, name: str = "Ana Ruiz") -> int:
    row = Person(name=name, search_name=name.lower(), created_at=now)
    session.add(row)
    session.flush()
    return row.id


@pytest.fixture
def ana(session: Session, now: datetime) -> int:
    return person(session, now)


def done(subject_id: int, on: date, reference: str = "1", **changes: object) -> NewFact:
    values: dict[str, object] = {
        "kind": desk.DONE, "reference": reference, "subject_kind": "person", "subject_id": subject_id, "on": on,
        "label": "Presentó el informe", "period": "",
    }  # fmt: skip
    return NewFact(**{**values, **changes})  # type: ignore[arg-type]


def test_opens_each_period_once(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now)
    assert desk.sweep(session, now, [desk.subject(ana)]).opened == 3
    assert desk.sweep(session, now, [desk.subject(ana)]).total == 0
    first, _, last = desk.rows(session)
    assert (first.period, last.period) == ("2026-09", "2026-11")
    assert first.title == "Informe mensual, septiembre de 2026"
    assert (first.debtor_id, first.due_on, first.status) == (ana, date(2026, 10, 9), PENDING)
    assert first.explanation == "Día 9 del mes siguiente a septiembre de 2026, viernes 9 de octubre de 2026."


@pytest.mark.parametrize(
    ("since", "until", "periods"),
    [
        (date(2026, 10, 31), None, ["2026-10", "2026-11"]),
        (date(2026, 9, 1), date(2026, 10, 1), ["2026-09", "2026-10"]),
        (date(2026, 12, 1), None, []),
    ],
)
def test_opens_only_periods_that_the_subject_overlaps(
    session: Session, now: datetime, ana: int, since: date, until: date | None, periods: list[str]
) -> None:
    desk.ship(session, now)
    desk.sweep(session, now, [desk.subject(ana, since=since, until=until)])
    assert [row.period for row in desk.rows(session)] == periods


def test_a_period_belongs_only_when_it_lies_wholly_in_the_validity(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now, since=date(2026, 9, 1), until=date(2026, 10, 30))
    desk.sweep(session, now, [desk.subject(ana)])
    assert [row.period for row in desk.rows(session)] == ["2026-09"]


def test_the_distant_past_is_not_opened(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now, since=date(2020, 1, 1))
    desk.sweep(session, now, [desk.subject(ana, since=date(2020, 1, 1))])
    assert desk.rows(session)[0].period == "2025-10"


def test_the_debt_goes_to_who_owes_it_now(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now)
    luis = person(session, now, "Luis Mora")
    desk.sweep(session, now, [desk.subject(ana, kind="plan", id=7)])
    facts.record(session, done(7, date(2026, 9, 20), subject_kind="plan"), by=SYSTEM, now=now)
    assert desk.sweep(session, now, [desk.subject(luis, kind="plan", id=7)]).given == 1
    assert [(row.debtor_id, row.version) for row in desk.rows(session)] == [(ana, 1), (ana, 1), (luis, 2)]


def test_who_receives_does_not_inherit_what_is_overdue(session: Session, now: datetime, ana: int) -> None:
    """October fell due under Ana; what only its debtor can state goes to the new one, who would have no way to."""
    desk.ship(session, now)
    desk.ship(session, now, "constancia", met_by=(desk.DONE, kinds.STATEMENT))
    luis = person(session, now, "Luis Mora")
    desk.sweep(session, now, [desk.subject(ana, kind="plan", id=7)])
    desk.sweep(session, now, [desk.subject(luis, kind="plan", id=7)])
    of_policy = {policy.id: policy.key for policy in policies.every(session)}
    october = {of_policy[row.policy_id]: row for row in desk.rows(session) if row.period == "2026-10"}
    assert (october["informe"].debtor_id, october["constancia"].debtor_id) == (ana, luis)
    facts.record(session, done(7, date(2026, 10, 20), subject_kind="plan"), by=SYSTEM, now=now)
    session.flush()
    assert (october["informe"].status, october["informe"].debtor_id) == (ObligationStatus.LATE, ana)


def test_who_leaves_still_owes_what_had_ended(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now)
    desk.sweep(session, now, [desk.subject(ana)])
    assert desk.sweep(session, now, []).waived == 1
    rows = desk.rows(session)
    assert [row.status for row in rows] == [PENDING, PENDING, WAIVED]
    assert rows[2].reason == ledger.GONE
    assert history.of(session, ledger.obligation_chain(rows[2].id))[-1].actor_name == "Sistema"
    assert desk.sweep(session, now, [desk.subject(ana)]).revived == 1
    assert desk.rows(session)[2].status == PENDING


def test_what_somebody_waived_is_not_taken_back(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now)
    desk.sweep(session, now, [desk.subject(ana)])
    desk.rows(session)[2].status = WAIVED
    desk.rows(session)[2].reason = "Vacaciones colectivas"
    session.flush()
    assert desk.sweep(session, now, [desk.subject(ana)]).total == 0


def test_overdue_when_the_limit_passed(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now, grace=1)
    desk.sweep(session, now, [desk.subject(ana)])
    limit = datetime(2026, 10, 13, 22, tzinfo=UTC)  # Monday 12 is a holiday
    assert ledger.overdue_batch(session, now=limit) == 0
    assert ledger.overdue_batch(session, now=limit + timedelta(seconds=1)) == 1
    assert ledger.overdue_batch(session, now=limit + timedelta(seconds=1)) == 0
    session.expire_all()
    assert [row.status for row in desk.rows(session)] == [OVERDUE, PENDING, PENDING]


def test_facts_that_came_first_meet_what_opens_later(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now)
    facts.record(session, done(ana, date(2026, 10, 5), "a", period="2026-09"), by=SYSTEM,
                 now=datetime(2026, 10, 9, 22, tzinfo=UTC))  # fmt: skip
    facts.record(session, done(ana, date(2026, 10, 30), "b"), by=SYSTEM, now=datetime(2026, 11, 10, tzinfo=UTC))
    assert desk.sweep(session, now, [desk.subject(ana)]).met == 2
    assert [row.status for row in desk.rows(session)] == [MET, LATE, PENDING]


def test_a_fact_that_nobody_matched_meets_at_the_next_sweep(session: Session, now: datetime, ana: int) -> None:
    """Two transactions that do not see each other may write an obligation and its fact side by side."""
    desk.ship(session, now)
    facts.record(session, done(ana, date(2026, 11, 3)), by=SYSTEM, now=now)
    desk.sweep(session, now, [desk.subject(ana)])
    november = desk.rows(session)[2]
    november.status, november.met_by, november.met_at = PENDING, None, None
    session.flush()
    assert desk.sweep(session, now, [desk.subject(ana)]).met == 1
    assert desk.rows(session)[2].status == MET


def test_one_fact_meets_every_obligation_that_it_serves(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now, "informe")
    desk.ship(session, now, "trimestre", frequency="quarterly", since=date(2026, 7, 1), due={"rule": "period_end"})
    desk.ship(session, now, "ajena", met_by=(desk.OTHER,))
    desk.sweep(session, now, [desk.subject(ana)])
    facts.record(session, done(ana, date(2026, 11, 20)), by=SYSTEM, now=now)
    met = {(row.policy_id, row.period) for row in desk.rows(session) if row.status == MET}
    assert len(met) == 2
    assert {period for _, period in met} == {"2026-11", "2026-Q4"}


def test_a_fact_meets_in_time_until_its_limit(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now)
    desk.sweep(session, now, [desk.subject(ana)])
    on_time = datetime(2026, 10, 9, 22, tzinfo=UTC)
    facts.record(session, done(ana, date(2026, 10, 9), "a", period="2026-09"), by=SYSTEM, now=on_time)
    late = datetime(2026, 11, 9, 22, 0, 1, tzinfo=UTC)
    facts.record(session, done(ana, date(2026, 11, 9), "b", period="2026-10"), by=SYSTEM, now=late)
    assert [row.status for row in desk.rows(session)] == [MET, LATE, PENDING]
    assert desk.rows(session)[0].met_at == on_time


def test_what_a_voided_fact_met_opens_again_unless_another_meets_it(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now)
    desk.sweep(session, now, [desk.subject(ana)])
    facts.record(session, done(ana, date(2026, 9, 10), "a"), by=SYSTEM, now=now)
    facts.record(session, done(ana, date(2026, 9, 20), "b"), by=SYSTEM, now=now)
    assert facts.void(session, desk.DONE, "a", by=SYSTEM, now=now) == 0
    assert desk.rows(session)[0].status == LATE
    assert facts.void(session, desk.DONE, "b", by=SYSTEM, now=now) == 1
    first = desk.rows(session)[0]
    assert (first.status, first.met_by, first.version) == (OVERDUE, None, 2)
    assert facts.void(session, desk.DONE, "b", by=SYSTEM, now=now) == 0
    facts.record(session, done(ana, date(2026, 9, 20), "b"), by=SYSTEM, now=now)
    assert desk.rows(session)[0].status == LATE


def test_recording_twice_is_recording_once(session: Session, now: datetime, ana: int) -> None:
    first = facts.record(session, done(ana, date(2026, 9, 10)), by=SYSTEM, now=now)
    assert facts.record(session, done(ana, date(2026, 9, 11)), by=SYSTEM, now=now).id == first.id


def test_a_calendar_change_moves_what_is_open_and_says_so(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now)
    desk.sweep(session, now, [desk.subject(ana)])
    facts.record(session, done(ana, date(2026, 9, 10)), by=SYSTEM, now=now)
    days.add(session, date(2026, 12, 9), "national", "", "Día cívico", by=SYSTEM, now=now)
    assert desk.refresh(session, now).moved == 1
    september, october, november = desk.rows(session)
    assert november.due_on == date(2026, 12, 7)
    assert "Día cívico" in november.explanation
    assert (november.version, november.calendar_version) == (2, 1)
    assert (september.version, september.calendar_version, october.calendar_version) == (1, 0, 1)
    (move,) = obligations.moves_of(session, november.id)
    assert (move.old_due_at.date(), move.new_due_at.date()) == (date(2026, 12, 9), date(2026, 12, 7))
    assert move.reason == "Cambió el calendario: el 9 de diciembre de 2026 no es hábil (Día cívico)."
    assert desk.refresh(session, now).total == 0


def test_a_move_names_only_the_days_that_moved_it(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now, until=date(2026, 11, 30), since=date(2026, 11, 1))
    desk.sweep(session, now, [desk.subject(ana)])
    ninth = days.add(session, date(2026, 12, 9), "national", "", "Paro", by=SYSTEM, now=now)
    days.add(session, date(2026, 12, 7), "national", "", "Puente", by=SYSTEM, now=now)
    days.add(session, date(2026, 12, 15), "national", "", "Novenas", by=SYSTEM, now=now)
    later = now + timedelta(minutes=1)
    desk.refresh(session, later)
    (row,) = desk.rows(session)
    assert row.due_on == date(2026, 12, 4)
    days.remove(session, ninth.id, "Se levantó", by=SYSTEM, now=later + timedelta(minutes=1))
    days.set_cut_off(session, time(16), "Jornada de fin de año", by=SYSTEM, now=later + timedelta(minutes=2))
    desk.refresh(session, later + timedelta(minutes=3))
    assert [move.reason for move in obligations.moves_of(session, row.id)] == [
        "Cambió el calendario: el 9 de diciembre de 2026 no es hábil (Paro); "
        "el 7 de diciembre de 2026 no es hábil (Puente).",
        "Cambió el calendario: el 9 de diciembre de 2026 volvió a ser hábil; "
        "la hora límite del día hábil pasó de las 17:00 a las 16:00.",
    ]


def test_days_of_one_place_move_only_what_is_there(session: Session, now: datetime, ana: int) -> None:
    from tests.tracking import factories

    region = factories.department(session)
    desk.ship(session, now)
    desk.sweep(session, now, [desk.subject(ana, region_id=region.id), desk.subject(None, id=99)])
    days.add(session, date(2026, 12, 9), "region", str(region.id), "Fiesta regional", by=SYSTEM, now=now)
    assert desk.refresh(session, now).moved == 1


def test_what_is_not_late_any_more_is_pending_again(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now, until=date(2026, 10, 31))
    desk.sweep(session, now, [desk.subject(ana)])
    soon = datetime(2026, 11, 9, 22, 30, tzinfo=UTC)
    while ledger.overdue_batch(session, now=soon):
        continue
    days.set_cut_off(session, days.LATEST, "Cierre extendido", by=SYSTEM, now=soon)
    desk.refresh(session, soon)
    assert [row.status for row in desk.rows(session)] == [OVERDUE, PENDING]


def test_a_date_that_the_source_gives_is_followed(session: Session, now: datetime, ana: int) -> None:
    desk.ship(session, now, frequency="event", due={"rule": "given"}, since=date(2026, 11, 1))
    first = Due(datetime(2026, 11, 27, 22, tzinfo=UTC), "10 días hábiles")
    task = desk.subject(ana, kind="task", id=7, event_on=date(2026, 11, 12), due=first)
    desk.sweep(session, now, [task])
    later = Due(datetime(2026, 11, 30, 22, tzinfo=UTC), "10 días hábiles; se prorrogó")
    moved = desk.subject(ana, kind="task", id=7, event_on=date(2026, 11, 12), due=later)
    assert desk.sweep(session, now, [moved]).moved == 1
    (row,) = desk.rows(session)
    assert (row.period, row.due_at, row.version) == ("E7", later.at, 2)
    assert desk.sweep(session, now, []).waived == 1  # an event that is no longer listed did not happen


def test_a_sweep_asks_little(session: Session, now: datetime) -> None:
    """However many subjects a batch has, the number of statements is the same."""
    desk.ship(session, now)
    subjects = [desk.subject(None, id=number) for number in range(1, 301)]
    few, many = (_statements(session, now, batch) for batch in (subjects[:20], subjects))
    assert many <= few + 1


def _statements(session: Session, now: datetime, subjects: list[desk.Subject]) -> int:
    with asked() as seen:
        desk.sweep(session, now, subjects)
    return len(seen)
