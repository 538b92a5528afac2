"""Who is told what, and when: ladders, digests, absences, preferences."""

import tracemalloc
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session

import notifications.obligation_notices  # noqa: F401 - registers its source
from db import SYSTEM as BY
from directory.models import Absence
from directory.models import Delegation
from directory.models import Person
from directory.models import RoleGrant
from notifications import preferences
from notifications import reminders
from notifications import standing_in
from notifications.calendar import LAW
from notifications.models import CalendarVersion
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import NonWorkingDay
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Reminder
from notifications.models import ReminderStatus
from notifications.specs import DEBTOR
from notifications.specs import REMINDING
from notifications.specs import Rung
from notifications.webhook_address import Checked
from tests.notifications.scene import Scene

HOOK = Checked("https://sistema.example.org/avisos", "sistema.example.org")
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    return Scene(session, now)


def told(session: Session, now: datetime) -> list[tuple[str, str]]:
    """One round: rung and name of everybody who was told something in it."""
    before = session.scalars(select(Reminder.id)).all()
    turn = reminders.begin(session, now=now)
    after = 0
    while turn is not None and (ids := reminders.people(session, turn, after=after, limit=2)):
        reminders.tell(session, turn, ids)
        after = ids[-1]
    statement = select(Reminder.rung, Person.name).join(Person, Person.id == Reminder.recipient_id)
    fresh = Reminder.id.not_in(before), Reminder.status == ReminderStatus.QUEUED
    return [(rung, name) for rung, name in session.execute(statement.where(*fresh).order_by(Reminder.id))]


def at(day: date, hour: int = 9) -> datetime:
    """An hour of a day in Bogotá."""
    return datetime(day.year, day.month, day.day, hour + 5, tzinfo=UTC)


def digests(session: Session) -> list[str]:
    return list(session.scalars(select(Message.key).where(Message.kind == "digest").order_by(Message.id)))


def test_each_rung_is_told_on_its_day_to_whom_it_is_for(scene: Scene, session: Session) -> None:
    julio = scene.person("Julio Peña")
    scene.coordinator("Marta Gil")
    scene.person("Elena Soto", "der_monitoring")
    scene.owes(julio, TUESDAY)
    found = {}
    for offset in range(-10, 11):
        day = TUESDAY + timedelta(days=offset)
        if rows := told(session, at(day)):
            found[day.day] = rows
    assert found == {
        17: [("D-5", "Julio Peña")],
        20: [("D-2", "Julio Peña")],
        24: [("D0", "Julio Peña")],
        25: [("D+1", "Julio Peña"), ("D+1", "Marta Gil")],
        1: [("D+5", "Elena Soto")],
        2: [("D+6", "Julio Peña")],
    }


def test_what_somebody_owes_who_may_not_act_is_told_to_whoever_supervises(scene: Scene, session: Session) -> None:
    julio = scene.person("Julio Peña")
    scene.coordinator("Marta Gil")
    scene.owes(julio, TUESDAY)
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == julio.id))
    found = {}
    for offset in range(-10, 11):
        day = TUESDAY + timedelta(days=offset)
        if rows := told(session, at(day)):
            found[day.day] = rows
    assert found == {day: [(rung, "Marta Gil")] for day, rung in
                     ((17, "D-5"), (20, "D-2"), (24, "D0"), (25, "D+1"), (2, "D+6"))}  # fmt: skip


def test_who_owes_is_told_each_week_as_long_as_it_is_overdue(scene: Scene, session: Session) -> None:
    row = scene.owes(scene.person("Julio Peña"), TUESDAY)
    found = [told(session, at(date(2027, 1, day))) for day in range(4, 16)]
    assert [rows[0][0] for rows in found if rows] == ["D+26", "D+31"]
    row.status = ObligationStatus.WAIVED
    assert told(session, at(date(2027, 1, 26))) == []


def test_a_ladder_without_a_rung_after_the_due_day_tells_who_owes_no_more(scene: Scene, session: Session) -> None:
    scene.policy(ladder=(Rung(0, DEBTOR),))
    scene.owes(scene.person("Julio Peña"), TUESDAY)
    assert told(session, at(date(2027, 1, 5))) == [("D0", "Julio Peña")]
    assert told(session, at(date(2027, 1, 26))) == []


def test_a_second_round_of_the_day_tells_nothing(scene: Scene, session: Session) -> None:
    scene.owes(scene.person("Julio Peña"), TUESDAY)
    assert told(session, at(TUESDAY)) == [("D0", "Julio Peña")]
    assert told(session, at(TUESDAY, 10)) == []
    assert len(digests(session)) == 1


def test_lower_rungs_that_were_never_told_are_dropped(scene: Scene, session: Session) -> None:
    scene.owes(scene.person("Julio Peña"), TUESDAY)
    told(session, at(TUESDAY))
    rows = session.execute(select(Reminder.rung, Reminder.status).order_by(Reminder.id)).all()
    assert [tuple(row) for row in rows] == [("D-5", "dropped"), ("D-2", "dropped"), ("D0", "queued")]


def test_everything_of_a_day_comes_in_one_digest(scene: Scene, session: Session) -> None:
    julio = scene.person("Julio Peña")
    for number in range(5):
        scene.owes(julio, TUESDAY, subject_id=number)
    assert len(told(session, at(TUESDAY))) == 5
    assert digests(session) == [f"digest:{julio.id}:2026-11-24"]


@pytest.mark.parametrize(
    ("day", "hour"), [(date(2026, 11, 22), 9), (date(2026, 12, 8), 9), (TUESDAY, 6), (TUESDAY, 18)]
)
def test_nobody_is_told_outside_the_working_hours_of_working_days(
    scene: Scene, session: Session, day: date, hour: int
) -> None:
    scene.owes(scene.person("Julio Peña"), day)
    assert told(session, at(day, hour)) == []


def test_a_day_that_people_declared_non_working_is_one(scene: Scene, session: Session, now: datetime) -> None:
    scene.owes(scene.person("Julio Peña"), TUESDAY)
    session.add(CalendarVersion(number=1, changed_at=now, summary="Día cívico", cut_off=LAW.cut_off))
    session.add(NonWorkingDay(day=TUESDAY, scope_kind="national", scope_code="", reason="Día cívico", created_at=now))
    session.flush()
    assert told(session, at(TUESDAY)) == []
    assert told(session, at(TUESDAY + timedelta(days=1))) == [("D+1", "Julio Peña")]


def test_the_due_day_of_something_due_on_a_sunday_is_told_on_friday(scene: Scene, session: Session) -> None:
    scene.owes(scene.person("Julio Peña"), date(2026, 11, 29))
    assert told(session, at(date(2026, 11, 27))) == [("D0", "Julio Peña")]


@pytest.mark.parametrize("status", [ObligationStatus.MET, ObligationStatus.LATE, ObligationStatus.WAIVED])
def test_what_is_met_or_waived_is_told_no_more(scene: Scene, session: Session, status: ObligationStatus) -> None:
    row = scene.owes(scene.person("Julio Peña"), TUESDAY)
    told(session, at(date(2026, 11, 17)))
    row.status = status
    session.flush()
    assert told(session, at(TUESDAY)) == []


def test_a_moved_due_date_is_told_anew(scene: Scene, session: Session) -> None:
    row = scene.owes(scene.person("Julio Peña"), TUESDAY)
    told(session, at(TUESDAY))
    row.due_on, row.version = date(2026, 11, 26), 2
    session.flush()
    assert told(session, at(date(2026, 11, 25))) == [("D-2", "Julio Peña")]


def test_a_recommendation_is_told_to_nobody_after_its_day(scene: Scene, session: Session) -> None:
    scene.coordinator()
    scene.policy(escalates=False, ladder=REMINDING)
    scene.owes(scene.person("Julio Peña"), TUESDAY)
    assert told(session, at(date(2026, 11, 25))) == []


def test_rungs_may_be_for_a_role(scene: Scene, session: Session) -> None:
    scene.policy(ladder=(Rung(-2, "role:planning_group"),))
    scene.person("Grupo Uno", "planning_group")
    scene.person("Otra Persona", "planning_liaison", "unit", 77)
    scene.owes(scene.person("Julio Peña"), TUESDAY)
    assert told(session, at(date(2026, 11, 20))) == [("D-2", "Grupo Uno")]


def test_a_policy_that_was_switched_off_tells_nothing(scene: Scene, session: Session) -> None:
    scene.owes(scene.person("Julio Peña"), TUESDAY)
    scene.policies["informe"].enabled = False
    session.flush()
    assert told(session, at(TUESDAY)) == []


def test_nobody_owes_and_the_supervisor_is_told(scene: Scene, session: Session) -> None:
    scene.coordinator("Marta Gil")
    scene.owes(None, TUESDAY)
    assert told(session, at(date(2026, 11, 25))) == [("D+1", "Marta Gil")]


class TestHours:
    def test_the_digest_waits_for_the_hour_that_was_chosen(self, scene: Scene, session: Session, now: datetime) -> None:
        julio = scene.person("Julio Peña")
        preferences.change(session, julio.id, 15, "email", now=now)
        scene.owes(julio, TUESDAY)
        assert told(session, at(TUESDAY, 14)) == []
        assert told(session, at(TUESDAY, 15)) == [("D0", "Julio Peña")]

    def test_without_a_choice_it_comes_at_eight(self, scene: Scene, session: Session) -> None:
        scene.owes(scene.person("Julio Peña"), TUESDAY)
        assert told(session, at(TUESDAY, 7)) == []
        assert told(session, at(TUESDAY, 8)) == [("D0", "Julio Peña")]


class TestChannels:
    def test_who_wants_only_what_is_overdue_is_told_once_it_is(
        self, scene: Scene, session: Session, now: datetime
    ) -> None:
        julio = scene.person("Julio Peña")
        preferences.change(session, julio.id, 8, "none", now=now)
        scene.owes(julio, TUESDAY)
        assert told(session, at(TUESDAY)) == []
        assert told(session, at(date(2026, 11, 25))) == [("D+1", "Julio Peña")]

    def test_a_webhook_takes_the_place_of_the_mail(self, scene: Scene, session: Session, now: datetime) -> None:
        julio = scene.person("Julio Peña")
        hook = preferences.set_webhook(session, julio.id, HOOK, by=BY, now=now)
        preferences.change(session, julio.id, 8, "webhook", now=now)
        scene.owes(julio, TUESDAY)
        told(session, at(TUESDAY))
        row = session.scalars(select(Message)).one()
        assert (row.channel, row.webhook_id) == ("webhook", hook.id)

    def test_who_has_no_address_is_told_once_there_is_one(self, scene: Scene, session: Session) -> None:
        julio = scene.person("Julio Peña")
        julio.email = ""
        scene.owes(julio, TUESDAY)
        assert told(session, at(TUESDAY)) == []
        julio.email = "julio@example.org"
        session.flush()
        assert told(session, at(TUESDAY, 10)) == [("D0", "Julio Peña")]

    def test_an_address_that_refused_is_not_used_until_it_is_another(
        self, scene: Scene, session: Session, now: datetime
    ) -> None:
        julio = scene.person("Julio Peña")
        preferences.mark_bounced(session, julio.id, julio.email, now=now)
        scene.owes(julio, TUESDAY)
        session.flush()
        assert told(session, at(TUESDAY)) == []
        assert preferences.count_unreachable(session) == 1
        julio.email = "otro@example.org"
        session.flush()
        assert told(session, at(TUESDAY, 10)) == [("D0", "Julio Peña")]
        assert preferences.count_unreachable(session) == 0

    def test_disabled_people_are_told_nothing(self, scene: Scene, session: Session, now: datetime) -> None:
        julio = scene.person("Julio Peña")
        julio.disabled_at = now
        scene.owes(julio, TUESDAY)
        assert told(session, at(TUESDAY)) == []


class TestAbsences:
    @pytest.fixture
    def julio(self, scene: Scene) -> Person:
        return scene.person("Julio Peña")

    @pytest.fixture
    def lent(self, scene: Scene, session: Session, julio: Person) -> Person:
        """Who stands in for Julio, who is away."""
        sara = scene.person("Sara Paz")
        session.add(Delegation(from_id=julio.id, to_id=sara.id, role=None, since=TUESDAY, until=TUESDAY))
        session.add(Absence(person_id=julio.id, kind="vacaciones", since=TUESDAY, until=TUESDAY))
        session.flush()
        return sara

    def test_the_delegate_is_told_on_behalf_of_who_is_away(
        self, scene: Scene, session: Session, julio: Person, lent: Person
    ) -> None:
        scene.owes(julio, TUESDAY)
        assert told(session, at(TUESDAY)) == [("D0", "Sara Paz")]
        assert set(session.scalars(select(Reminder.on_behalf_of))) == {julio.id}

    @pytest.mark.parametrize(
        ("since", "until", "said"),
        [
            (date(2026, 11, 24), date(2026, 11, 24), "el 24 de noviembre de 2026"),
            (date(2026, 11, 24), date(2026, 11, 27), "del 24 al 27 de noviembre de 2026"),
            (date(2026, 11, 24), date(2026, 12, 4), "del 24 de noviembre al 4 de diciembre de 2026"),
            (date(2026, 12, 24), date(2027, 1, 8), "del 24 de diciembre de 2026 al 8 de enero de 2027"),
            (date(2026, 11, 24), None, "desde el 24 de noviembre de 2026"),
        ],
    )
    def test_from_when_to_when_is_said_plainly(self, since: date, until: date | None, said: str) -> None:
        assert standing_in.span(since, until) == said

    def test_who_comes_back_is_told_of_what_is_still_open(
        self, scene: Scene, session: Session, julio: Person, lent: Person
    ) -> None:
        scene.owes(julio, TUESDAY)
        told(session, at(TUESDAY))
        assert told(session, at(date(2026, 11, 25))) == [("D+1", "Julio Peña")]

    def test_without_a_delegate_who_is_away_is_told_all_the_same(
        self, scene: Scene, session: Session, julio: Person
    ) -> None:
        session.add(Absence(person_id=julio.id, kind="vacaciones", since=TUESDAY, until=TUESDAY))
        scene.owes(julio, TUESDAY)
        assert told(session, at(TUESDAY)) == [("D0", "Julio Peña")]

    def test_a_delegate_who_is_away_too_does_not_count(
        self, scene: Scene, session: Session, julio: Person, lent: Person
    ) -> None:
        session.add(Absence(person_id=lent.id, kind="vacaciones", since=TUESDAY, until=TUESDAY))
        scene.owes(julio, TUESDAY)
        assert told(session, at(TUESDAY)) == [("D0", "Julio Peña")]

    def test_who_is_there_is_told_in_spite_of_a_delegation(self, scene: Scene, session: Session, julio: Person) -> None:
        sara = scene.person("Sara Paz")
        session.add(Delegation(from_id=julio.id, to_id=sara.id, role=None, since=TUESDAY, until=TUESDAY))
        scene.owes(julio, TUESDAY)
        assert told(session, at(TUESDAY)) == [("D0", "Julio Peña")]

    def test_a_delegate_of_another_role_is_not_told(self, scene: Scene, session: Session) -> None:
        elena, sara = scene.person("Elena Soto", "der_monitoring"), scene.person("Sara Paz")
        session.add(Delegation(from_id=elena.id, to_id=sara.id, role="der_reviewer", since=TUESDAY, until=TUESDAY))
        session.add(Absence(person_id=elena.id, kind="vacaciones", since=TUESDAY, until=TUESDAY))
        scene.owes(None, date(2026, 11, 17))
        rows = told(session, at(TUESDAY))
        assert ("D+5", "Elena Soto") in rows
        assert "Sara Paz" not in {name for _, name in rows}


class TestOutage:
    def test_a_digest_that_still_waits_goes_into_the_next_one(self, scene: Scene, session: Session) -> None:
        julio = scene.person("Julio Peña")
        scene.owes(julio, TUESDAY)
        scene.owes(julio, date(2026, 11, 26), subject_id=99)
        told(session, at(date(2026, 11, 20)))
        told(session, at(TUESDAY))
        old, new = session.scalars(select(Message).order_by(Message.id)).all()
        session.refresh(old)
        assert (old.status, new.status) == (MessageStatus.CANCELLED, MessageStatus.QUEUED)
        carried = select(Reminder.rung).where(Reminder.message_id == new.id).order_by(Reminder.rung)
        assert list(session.scalars(carried)) == ["D-2", "D-2", "D-5", "D0"]

    def test_what_is_being_sent_is_left_alone(self, scene: Scene, session: Session) -> None:
        scene.owes(scene.person("Julio Peña"), TUESDAY)
        told(session, at(date(2026, 11, 20)))
        old = session.scalars(select(Message)).one()
        old.status = MessageStatus.SENDING
        session.flush()
        told(session, at(TUESDAY))
        session.refresh(old)
        assert old.status == MessageStatus.SENDING


def test_a_round_needs_no_more_memory_for_more_obligations(scene: Scene, session: Session, now: datetime) -> None:
    julio = scene.person("Julio Peña")
    scene.person("Elena Soto", "der_monitoring")
    peaks = []
    for count in (20, 150, 1500):
        model = scene.owes(julio, date(2026, 11, 17), subject_id=count * 10)
        same = {column.key: getattr(model, column.key) for column in Obligation.__table__.c if column.key != "id"}
        session.execute(insert(Obligation), [{**same, "subject_id": count * 10 + n} for n in range(1, count)])
        session.execute(delete(Reminder))
        session.execute(delete(Message))
        session.expunge_all()
        tracemalloc.start()
        turn = reminders.begin(session, now=at(TUESDAY))
        assert turn is not None
        assert reminders.tell(session, turn, reminders.people(session, turn, after=0)).reminders > count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    _, few, many = peaks  # the first time, statements and the like are kept for the next ones
    assert many < 3 * few  # for ten times as many
