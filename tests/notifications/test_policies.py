"""Policies: checked field by field, installed once, changed with a reason, tried before they are changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.models import Person
from directory.principal import Grant
from directory.principal import Principal
from notifications import foreseen
from notifications import governing
from notifications import kinds
from notifications import ledger
from notifications import policies
from notifications import preview
from notifications import sources
from notifications import specs
from notifications import versions
from notifications.policies import Shipped
from notifications.preview import Preview
from tests.notifications import desk


@pytest.fixture
def monitor(session: Session, now: datetime) -> Principal:
    person = Person(name="Mario Monitor", search_name="mario monitor", created_at=now)
    session.add(person)
    session.flush()
    return Principal(person.id, person.name, None, (Grant("der_monitoring", "national"),))


@pytest.fixture(autouse=True)
def nobody() -> Iterator[None]:
    desk.present.clear()
    yield
    desk.present.clear()


def data(**changes: Any) -> dict[str, Any]:
    return {**specs.to_json(desk.spec()), **changes}


def test_what_is_kept_is_what_is_read() -> None:
    assert specs.from_json(data()) == specs.stored(data()) == desk.spec()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"title": " "}, "title"),
        ({"owes": None}, "owes"),
        ({"subjects": "nobody"}, "subjects"),
        ({"frequency": "hourly"}, "frequency"),
        ({"due": {"rule": "never"}}, "due"),
        ({"due": {"rule": "weekday", "day": 5}}, "due"),
        ({"due": {"rule": "day_of_next_month", "day": 32}}, "due/day"),
        ({"due": {"rule": "working_days_after"}}, "due/count"),
        ({"frequency": "event", "due": {"rule": "term", "term": "P1D"}}, "due/term"),
        ({"frequency": "event"}, "due"),
        ({"frequency": "dates", "due": {"rule": "dates"}}, "periods"),
        ({"periods": [{"key": "x"}]}, "periods"),
        ({"non_working": "sideways"}, "non_working"),
        ({"grace": -1}, "grace"),
        ({"grace": True}, "grace"),
        ({"ladder": "x"}, "ladder"),
        ({"ladder": [{"days": 1, "to": "king"}]}, "ladder/0/to"),
        ({"ladder": [{"days": "1", "to": "der"}]}, "ladder/0/days"),
        ({"ladder": [{"days": 0, "to": "debtor"}, {"days": 0, "to": "debtor"}]}, "ladder"),
        ({"escalates": False}, "ladder/3"),
        ({"escalates": "no"}, "escalates"),
        ({"met_by": []}, "met_by"),
        ({"met_by": ["nothing.known"]}, "met_by/0"),
        ({"since": "mañana"}, "since"),
        ({"since": "1999-12-31"}, "since"),
        ({"until": "9999-12-31"}, "until"),
        (
            {
                "frequency": "dates",
                "due": {"rule": "dates"},
                "periods": [
                    {"key": "x", "label": "Cierre", "start": "2026-01-01", "end": "2026-12-31", "due": "9999-12-31"}
                ],
            },
            "periods/0/due",
        ),
        ({"until": "2020-01-01"}, "until"),
        ({"color": "azul"}, "color"),
    ],
)
def test_each_wrong_field_is_named(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidData) as caught:
        specs.from_json(data(**changes))
    assert path in caught.value.errors


def test_dated_periods_are_read_in_order() -> None:
    rows = [
        {"key": "2026-H2", "label": "Cierre", "start": "2026-07-01", "end": "2026-12-31", "due": "2026-12-31"},
        {"key": "2026-H1", "label": "Octavo", "start": "2026-01-01", "end": "2026-06-30", "due": "2026-06-30"},
    ]
    spec = specs.from_json(data(frequency="dates", due={"rule": "dates"}, periods=rows, since="2026-01-01"))
    assert [one.key for one in spec.periods] == ["2026-H1", "2026-H2"]
    assert specs.stored(specs.to_json(spec)) == spec


def test_installing_twice_is_installing_once(session: Session, now: datetime) -> None:
    shipped = [Shipped("informe", desk.spec()), Shipped("quincena", desk.spec(frequency="fortnightly"), enabled=False)]
    day = date(2026, 11, 20)
    assert policies.install(session, shipped, since=day, by=SYSTEM, now=now) == ["informe", "quincena"]
    assert policies.install(session, shipped, since=date(2027, 1, 1), by=SYSTEM, now=now) == []
    assert [(one.key, one.spec.since, one.enabled) for one in policies.every(session)] == [
        ("informe", date(2026, 11, 1), True),
        ("quincena", date(2026, 11, 16), False),
    ]
    assert [one.key for one in policies.enabled(session)] == ["informe"]


def test_an_upgrade_brings_new_words_unless_people_changed_the_policy(
    session: Session, now: datetime, monitor: Principal
) -> None:
    known = desk.ship(session, now)
    newer = Shipped("informe", desk.spec(owes="el informe del mes, con sus anexos"))
    assert policies.install(session, [newer], since=date(2027, 1, 1), by=SYSTEM, now=now) == ["informe"]
    updated = policies.get(session, "informe")
    assert (updated.version, updated.spec.since) == (2, known.spec.since)
    policies.change(session, "informe", data(grace=3), enabled=True, reason="Acuerdo", version=2, by=monitor, now=now)
    assert policies.install(session, [newer], since=date(2027, 1, 1), by=SYSTEM, now=now) == []
    assert policies.get(session, "informe").spec.grace == 3


def test_a_change_is_a_version_with_its_reason(session: Session, now: datetime, monitor: Principal) -> None:
    known = desk.ship(session, now)
    changed = policies.change(
        session, "informe", data(grace=1), enabled=True, reason="Lo pidió la DER", version=1, by=monitor, now=now
    )
    assert (changed.version, changed.spec.grace) == (2, 1)
    newest = policies.versions(session, known.id)[0]
    assert (newest.number, newest.reason) == (2, "Lo pidió la DER")
    last = history.of(session, history.Subject("policy", known.id))[-1]
    assert (last.actor_name, last.details) == ("Mario Monitor", {"grace": [0, 1]})


def test_a_change_needs_a_reason_and_the_version_that_was_read(
    session: Session, now: datetime, monitor: Principal
) -> None:
    desk.ship(session, now)

    def change(**values: Any) -> None:
        asked = {"enabled": True, "reason": "Porque sí", "version": 1, "by": monitor, "now": now, **values}
        policies.change(session, "informe", data(grace=1), **asked)

    with pytest.raises(InvalidData, match="corregir") as caught:
        change(reason=" ")
    assert "reason" in caught.value.errors
    with pytest.raises(Conflict):
        change(version=9)
    with pytest.raises(NotAllowed):
        change(by=replace(monitor, grants=(Grant("administrator", "national"),)))


def test_a_preview_tells_what_opens_moves_and_is_waived(session: Session, now: datetime, monitor: Principal) -> None:
    known = desk.ship(session, now)
    desk.present.extend([desk.subject(monitor.person_id), desk.subject(None, id=99, label="Otra")])
    desk.sweep(session, now, desk.present)
    assert len(desk.rows(session)) == 6  # September, October and November

    def foresee(since: date = date(2026, 7, 1), enabled: bool = True, **changes: Any) -> Preview:
        return preview.of(session, known, data(**changes), enabled=enabled, applies_from=since, now=now)

    moved = foresee(due={"rule": "day_of_next_month", "day": 10})
    assert (moved.opened.count, moved.moved.count, moved.waived.count) == (0, 4, 0)  # 10 October is a Saturday
    assert moved.moved.examples[0].before != moved.moved.examples[0].after

    other = foresee(frequency="quarterly")
    assert (other.opened.count, other.moved.count, other.waived.count) == (2, 0, 6)

    off = foresee(enabled=False)
    assert (off.opened.count, off.moved.count, off.waived.count) == (0, 0, 6)
    assert preview.of_switch(session, known, enabled=False, now=now).waived.count == 6

    later = preview.of(session, known, data(due={"rule": "period_end"}), enabled=True, now=now)
    assert (later.since, later.label) == (date(2026, 12, 1), "diciembre de 2026")
    assert (later.opened.count, later.moved.count, later.waived.count) == (0, 0, 0)
    half = foresee(date(2026, 10, 1), due={"rule": "day_of_next_month", "day": 10})
    assert half.moved.count == 4  # October and November of both; September keeps the 9th
    with pytest.raises(InvalidData) as wrong:
        foresee(date(2026, 10, 2))
    assert list(wrong.value.errors) == ["applies_from"]
    assert len(desk.rows(session)) == 6  # nothing was written


def test_a_preview_tells_what_changes_and_how_many_open_terms_follow_it(
    session: Session, now: datetime, monitor: Principal
) -> None:
    known = desk.ship(session, now)
    desk.sweep(session, now, [desk.subject(monitor.person_id)])

    def foresee(**changes: Any) -> Preview:
        november = date(2026, 11, 1)
        return preview.of(session, known, data(**changes), enabled=True, applies_from=november, now=now)

    met = foresee(met_by=[desk.OTHER], ladder=[{"days": 0, "to": "debtor"}])
    assert (met.moved.count, met.touched) == (0, 1)  # November; September and October keep what they had
    assert set(met.changes) == {"met_by", "ladder"}
    assert met.changes["met_by"] == [[desk.DONE], [desk.OTHER]]
    renamed = foresee(title="Informe nuevo")
    assert (renamed.touched, set(renamed.changes)) == (0, {"title"})  # what is open keeps its name
    assert foresee().changes == {}


def test_a_fact_about_something_else_meets_nothing(session: Session) -> None:
    def wrong(**changes: Any) -> dict[str, list[str]]:
        with pytest.raises(InvalidData) as caught:
            specs.from_json(data(**changes))
        return caught.value.errors

    unfit = "«hacer el corte de prueba» no es de «Personas de prueba»"
    sources.source("test_people", "Personas de prueba", about="person")(lambda _session, _on: ())
    of_office = kinds.declare("test.cut", "hacer el corte de prueba", about="office:1")
    told = wrong(subjects="test_people", met_by=[desk.DONE, of_office])
    assert told == {"met_by": [f"El hecho {unfit}: no cumpliría ninguno de sus plazos."]}
    of_person = kinds.declare("test.person", "hacer lo de una persona", about="person")
    fitting = [desk.DONE, of_person, kinds.STATEMENT]
    assert specs.from_json(data(subjects="test_people", met_by=fitting)).met_by == tuple(fitting)


def changed(session: Session, now: datetime, by: Principal, since: date | None = None, **said: Any) -> policies.Held:
    known = policies.get(session, "informe")
    return policies.change(
        session, "informe", data(**said), enabled=True, reason="Acuerdo", version=known.version, applies_from=since,
        by=by, now=now,
    )  # fmt: skip


def test_what_an_earlier_change_still_moves_is_not_foreseen_of_a_later_one(
    session: Session, now: datetime, monitor: Principal
) -> None:
    desk.ship(session, now)
    desk.present.extend([desk.subject(monitor.person_id), desk.subject(None, id=99, label="Otra")])
    desk.sweep(session, now, desk.present)
    closed = (date(2026, 12, 9), "national", "", "Cierre del edificio")
    usual = foreseen.of_added(session, *closed).count
    moved = {"due": {"rule": "day_of_next_month", "day": 11}}
    known = changed(session, now, monitor, date(2026, 7, 1), **moved)
    waits = {"enabled": True, "applies_from": date(2026, 7, 1), "now": now}
    assert preview.of(session, known, data(**moved, grace=3), **waits).moved.count == 0
    assert preview.of(session, known, data(), **waits).moved.count > 0
    assert usual > 0
    assert foreseen.of_added(session, *closed).count == 0
    more = [*desk.present, desk.subject(None, id=98, label="Nueva")]
    desk.present[:] = more
    assert preview.of(session, known, data(**moved, grace=3), **waits).opened.count == 0


def test_a_change_rules_from_the_next_period_that_is_not_open(
    session: Session, now: datetime, monitor: Principal
) -> None:
    desk.ship(session, now)
    held = changed(session, now, monitor, grace=2)
    assert held.opening == date(2026, 12, 1)
    assert [(part.since, part.until, part.spec.grace) for part in held.parts()] == [
        (date.min, date(2026, 12, 1), 0), (date(2026, 12, 1), date.max, 2),
    ]  # fmt: skip
    assert policies.get(session, "informe") == held
    assert [held.at(date(2026, month, 1)).spec.grace for month in (9, 11, 12)] == [0, 0, 2]


def test_periods_before_a_change_keep_the_version_that_they_had(
    session: Session, now: datetime, monitor: Principal
) -> None:
    desk.ship(session, now)
    subject = desk.subject(monitor.person_id)
    desk.sweep(session, now, [subject])
    changed(session, now, monitor, date(2026, 11, 1), due={"rule": "period_end"}, title="Informe nuevo")
    assert desk.refresh(session, now).moved == 1
    september, october, november = desk.rows(session)
    assert (september.due_on, october.due_on) == (date(2026, 10, 9), date(2026, 11, 9))
    assert november.due_on == date(2026, 11, 30)
    assert {row.policy_version for row in (september, october, november)} == {2}
    assert desk.refresh(session, now).total == 0
    december = datetime(2026, 12, 2, 15, tzinfo=now.tzinfo)
    desk.sweep(session, december, [subject])
    assert [row.title for row in desk.rows(session)][2:] == [
        "Informe mensual, noviembre de 2026", "Informe nuevo, diciembre de 2026",
    ]  # fmt: skip


def test_another_frequency_begins_with_its_own_period(session: Session, now: datetime, monitor: Principal) -> None:
    desk.ship(session, now)
    subject = desk.subject(monitor.person_id)
    desk.sweep(session, now, [subject])
    with pytest.raises(InvalidData):
        changed(session, now, monitor, date(2026, 12, 1), frequency="quarterly")
    changed(session, now, monitor, frequency="quarterly")
    assert desk.refresh(session, now).total == 0
    new_year = datetime(2027, 1, 4, 15, tzinfo=now.tzinfo)
    desk.sweep(session, new_year, [subject])
    assert [row.period for row in desk.rows(session)] == ["2026-09", "2026-10", "2026-11", "2026-12", "2027-Q1"]


def test_a_later_change_covers_what_an_earlier_one_would_have_ruled(
    session: Session, now: datetime, monitor: Principal
) -> None:
    desk.ship(session, now)
    changed(session, now, monitor, date(2027, 3, 1), grace=2)
    changed(session, now, monitor, date(2027, 1, 1), grace=5)
    held = policies.get(session, "informe")
    assert [(part.since, part.spec.grace) for part in held.parts()] == [(date.min, 0), (date(2027, 1, 1), 5)]
    changed(session, now, monitor, date(2027, 1, 1), grace=0)
    assert [part.spec.grace for part in policies.get(session, "informe").parts()] == [0]


def test_a_policy_is_switched_off_and_on_with_a_reason(session: Session, now: datetime, monitor: Principal) -> None:
    desk.ship(session, now)
    subject = desk.subject(monitor.person_id)
    desk.sweep(session, now, [subject])
    changed(session, now, monitor, grace=2)
    with pytest.raises(InvalidData) as wrong:
        policies.switch(session, "informe", enabled=False, reason=" ", version=2, by=monitor, now=now)
    assert list(wrong.value.errors) == ["reason"]
    off = policies.switch(session, "informe", enabled=False, reason="Se suspendió", version=2, by=monitor, now=now)
    assert (off.enabled, off.version, off.opening) == (False, 3, date(2026, 12, 1))
    assert desk.refresh(session, now).waived == 3
    with pytest.raises(Conflict):
        policies.switch(session, "informe", enabled=False, reason="Otra vez", version=3, by=monitor, now=now)
    desk.present.append(subject)
    off = policies.get(session, "informe")
    foreseen_again = preview.of_switch(session, off, enabled=True, now=now)
    assert (foreseen_again.revived.count, foreseen_again.opened.count) == (3, 0)
    assert foreseen_again.revived.examples[0].label == "septiembre de 2026"
    on = policies.switch(session, "informe", enabled=True, reason="Se reanudó", version=3, by=monitor, now=now)
    assert [part.spec.grace for part in on.parts()] == [0, 2]
    assert preview.of(session, on, data(grace=2), enabled=True, now=now).revived.count == 0  # it returns without that
    assert desk.sweep(session, now, [subject]).revived == 3
    told = history.of(session, ledger.obligation_chain(desk.rows(session)[0].id))[-1]
    assert (told.summary, told.reason) == ("Volvió a deberse.", "La política vuelve a pedirlo. Se reanudó")


def test_switching_on_what_nobody_waived_yet_tells_that_it_goes_on(
    session: Session, now: datetime, monitor: Principal
) -> None:
    desk.ship(session, now)
    desk.present.append(desk.subject(monitor.person_id))
    desk.sweep(session, now, desk.present)
    off = policies.switch(session, "informe", enabled=False, reason="Error", version=1, by=monitor, now=now)
    assert preview.of_switch(session, off, enabled=True, now=now).revived.count == 3


def test_a_policy_of_ones_own_opens_what_its_preview_says(session: Session, now: datetime, monitor: Principal) -> None:
    desk.present.append(desk.subject(monitor.person_id))
    assert preview.of_new(session, data(), now=now).opened.count == 3
    made = policies.create(session, "informe_propio", data(), reason="Lo pidió la DER", by=monitor, now=now)
    assert (made.version, made.enabled, made.opening) == (1, True, None)
    assert desk.sweep(session, now, desk.present).opened == 3
    with pytest.raises(Conflict):
        policies.create(session, "informe_propio", data(), reason="Otra", by=monitor, now=now)
    with pytest.raises(InvalidData) as wrong:
        policies.create(session, "Con espacios", data(), reason="", by=monitor, now=now)
    assert set(wrong.value.errors) == {"key", "reason"}
    with pytest.raises(NotAllowed):
        policies.create(
            session, "otra", data(), reason="x", by=replace(monitor, grants=(Grant("administrator", "national"),)),
            now=now,
        )  # fmt: skip


def test_from_when_a_change_may_rule(now: datetime) -> None:
    today = date(2026, 11, 24)
    monthly = governing.choices(desk.spec(), [date(2026, 10, 1), date(2026, 11, 1)], today)
    assert [day for day, _ in monthly] == ["2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"]
    assert monthly[2][1] == "diciembre de 2026"
    event = desk.spec(frequency="event", due={"rule": "term", "term": "working_days:5"})
    assert governing.choices(event, [], today) == [("2026-11-25", "lo que ocurra desde el 25 de noviembre de 2026")]


def test_versions_say_what_each_changed_and_until_when_it_ruled(
    session: Session, now: datetime, monitor: Principal
) -> None:
    desk.ship(session, now)
    changed(session, now, monitor, date(2026, 11, 1), met_by=[desk.OTHER])
    changed(session, now, monitor, date(2026, 11, 1))
    changed(session, now, monitor, date(2027, 3, 1), grace=2)
    held = changed(session, now, monitor, date(2027, 1, 1), grace=5)
    policies.switch(session, "informe", enabled=False, reason="Se suspendió", version=5, by=monitor, now=now)
    found = {one.number: one for one in versions.of(session, held)}
    assert list(found) == [6, 5, 4, 3, 2, 1]
    assert found[1].before is None
    assert (found[2].before, found[2].spec.met_by) == (found[1].spec, (desk.OTHER,))
    assert [(found[n].replaced_by, found[n].ruled) for n in (2, 4)] == [(3, True), (5, False)]
    assert [(found[n].since, found[n].until, found[n].replaced_by) for n in (3, 5, 6)] == [
        (date(2026, 11, 1), date(2027, 1, 1), None), (date(2027, 1, 1), None, None), (date(2027, 1, 1), None, None),
    ]  # fmt: skip
    assert [found[n].enabled for n in range(1, 7)] == [None] * 5 + [False]
