"""Extra non-working days by place, the cut-off hour, and the versions of the calendar."""

from datetime import date
from datetime import datetime
from datetime import time

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory.models import Region
from directory.models import RegionScheme
from notifications import days
from notifications.calendar import LAW
from tests.directory.conftest import AddEntity
from tests.meanwhile import during

FEAST = date(2026, 11, 26)


def test_without_changes_the_law_alone_counts(session: Session) -> None:
    assert days.load(session) == LAW
    assert days.current(session) == 0


def test_a_national_day_reaches_everybody(session: Session, place: AddEntity, now: datetime) -> None:
    days.add(session, FEAST, "national", "", "Día cívico", by=SYSTEM, now=now)
    found = days.load(session, entity_id=place("Mompós", "13468").id)
    assert not found.is_working(FEAST)
    assert found.why_not(FEAST) == "Día cívico"
    assert found.version == 1


@pytest.mark.parametrize("kind", ["department", "entity", "region"])
def test_a_day_of_a_place_stays_there(session: Session, place: AddEntity, now: datetime, kind: str) -> None:
    here, there = place("Mompós", "13468"), place("Leticia", "91001")
    region_id = _region(session)
    code = {"department": "13", "entity": str(here.id), "region": str(region_id)}[kind]
    days.add(session, FEAST, kind, code, "Fiesta local", by=SYSTEM, now=now)
    assert days.load(session, entity_id=here.id, region_id=region_id).is_working(FEAST) is False
    assert days.load(session, entity_id=there.id).is_working(FEAST)
    assert days.load(session).is_working(FEAST)


def test_a_day_taken_back_is_worked_again_and_stays_on_record(session: Session, now: datetime) -> None:
    row = days.add(session, FEAST, "national", "", "Paro", by=SYSTEM, now=now)
    days.remove(session, row.id, "Se levantó", by=SYSTEM, now=now)
    found = days.load(session)
    assert (found.is_working(FEAST), found.version) == (True, 2)
    assert row.removed_at == now
    assert [act.summary for act in history.of(session, days.CHAIN)] == [
        "Declaró no hábil el 26 de noviembre de 2026: Paro.",
        "Volvió hábil el 26 de noviembre de 2026.",
    ]
    assert [version.number for version in days.versions(session)] == [2, 1]


def test_the_cut_off_hour_stays_through_later_changes(session: Session, now: datetime) -> None:
    days.set_cut_off(session, time(18), "Jornada extendida", by=SYSTEM, now=now)
    days.add(session, FEAST, "national", "", "Día cívico", by=SYSTEM, now=now)
    assert days.load(session).cut_off == time(18)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ((date(2026, 12, 25), "national", "", "Navidad"), "day"),
        ((date(2026, 11, 28), "national", "", "Sábado"), "day"),
        ((FEAST, "national", "", " "), "reason"),
        ((FEAST, "planet", "", "Fiesta"), "scope_kind"),
        ((FEAST, "department", "99", "Fiesta"), "scope_code"),
        ((FEAST, "entity", "x", "Fiesta"), "scope_code"),
        ((FEAST, "national", "13", "Fiesta"), "scope_code"),
    ],
)
def test_a_wrong_day_is_refused_at_its_field(
    session: Session, now: datetime, values: tuple[date, str, str, str], path: str
) -> None:
    with pytest.raises(InvalidData) as refused:
        days.add(session, *values, by=SYSTEM, now=now)
    assert list(refused.value.errors) == [path]
    assert days.current(session) == 0


def test_nothing_is_declared_or_taken_back_twice(session: Session, now: datetime) -> None:
    row = days.add(session, FEAST, "national", "", "Paro", by=SYSTEM, now=now)
    with pytest.raises(Conflict):
        days.add(session, FEAST, "national", "", "Otra vez", by=SYSTEM, now=now)
    days.remove(session, row.id, "Se levantó", by=SYSTEM, now=now)
    with pytest.raises(Conflict):
        days.remove(session, row.id, "Se levantó", by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        days.remove(session, row.id + 1, "No existe", by=SYSTEM, now=now)


def test_two_changes_at_once_follow_each_other(database: None, now: datetime) -> None:
    with transaction() as session:
        days.add(session, FEAST, "national", "", "Día cívico", by=SYSTEM, now=now)
    during(
        lambda session: days.add(session, date(2026, 11, 27), "national", "", "Paro", by=SYSTEM, now=now),
        lambda session: days.set_cut_off(session, time(16), "Jornada especial", by=SYSTEM, now=now),
    )
    with reading() as session:
        assert [row.number for row in days.versions(session)] == [3, 2, 1]
        assert len(history.of(session, days.CHAIN)) == 3


def test_an_hour_out_of_bounds_is_refused(session: Session, now: datetime) -> None:
    with pytest.raises(InvalidData) as refused:
        days.set_cut_off(session, time(6), "Madrugar", by=SYSTEM, now=now)
    assert list(refused.value.errors) == ["cut_off"]


def _region(session: Session) -> int:
    scheme = RegionScheme(key="uno", name="Uno", region_count=1, current=True)
    session.add(scheme)
    session.flush()
    region = Region(scheme_id=scheme.id, name="Caribe")
    session.add(region)
    session.flush()
    return region.id
