"""Terms by Ley 4 de 1913: working days, calendar months and years, suspensions, places; each with its reason."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time

import pytest

from notifications.calendar import Suspension
from notifications.calendar import WorkingDays
from notifications.calendar import due

FEAST = WorkingDays({date(2026, 11, 26): "Día cívico"}, version=3)


def morning(day: date) -> datetime:
    return datetime.combine(day, time(14), UTC)


@pytest.mark.parametrize(
    ("term", "start", "end", "reason"),
    [
        (
            "working_days:5",
            date(2026, 11, 10),
            date(2026, 11, 18),
            "5 días hábiles desde el 10 de noviembre de 2026; "
            "no cuentan el fin de semana ni el 16 de noviembre de 2026 (Independencia de Cartagena)",
        ),
        (
            "working_days:2",
            date(2026, 11, 17),
            date(2026, 11, 19),
            "2 días hábiles desde el 17 de noviembre de 2026",
        ),
        (
            "working_days:10",
            date(2026, 11, 17),
            date(2026, 12, 1),
            "10 días hábiles desde el 17 de noviembre de 2026; no cuentan los fines de semana",
        ),
        ("months:1", date(2026, 1, 31), date(2026, 3, 2), None),  # 28 February is a Saturday
        ("months:1", date(2026, 3, 31), date(2026, 4, 30), "1 mes desde el 31 de marzo de 2026"),
        ("years:1", date(2028, 2, 29), date(2029, 2, 28), "1 año desde el 29 de febrero de 2028"),
        ("months:5", date(2026, 1, 1), date(2026, 6, 1), "5 meses desde el 1 de enero de 2026"),
        (
            "calendar_days:14",
            date(2026, 11, 24),
            date(2026, 12, 9),
            "14 días calendario desde el 24 de noviembre de 2026; el 8 de diciembre de 2026 no es hábil "
            "(La Inmaculada Concepción) y pasa al siguiente día hábil",
        ),
    ],
)
def test_a_term_ends_on_its_day_and_says_why(term: str, start: date, end: date, reason: str | None) -> None:
    found = due(term, morning(start))
    assert found.at.date() == end
    assert reason is None or found.reason == reason


def test_days_that_people_added_do_not_count() -> None:
    found = due("working_days:3", morning(date(2026, 11, 24)), FEAST)
    assert found.at.date() == date(2026, 11, 30)
    assert found.reason.endswith("no cuentan el fin de semana ni el 26 de noviembre de 2026 (Día cívico)")


def test_suspended_days_do_not_count() -> None:
    held = [Suspension(date(2026, 11, 25), date(2026, 11, 27))]
    found = due("working_days:3", morning(date(2026, 11, 24)), suspensions=held)
    assert found.at.date() == date(2026, 12, 2)
    assert "3 días suspendidos no cuentan" in found.reason


def test_a_suspension_moves_the_end_of_a_month() -> None:
    held = [Suspension(date(2026, 9, 10), date(2026, 9, 14))]
    assert due("months:1", morning(date(2026, 9, 1)), suspensions=held).at.date() == date(2026, 10, 6)


def test_a_suspension_that_begins_within_the_stretch_counts_too() -> None:
    held = [Suspension(date(2026, 9, 10), date(2026, 9, 14)), Suspension(date(2026, 10, 3), date(2026, 10, 4))]
    assert due("months:1", morning(date(2026, 9, 1)), suspensions=held).at.date() == date(2026, 10, 8)


def test_the_cut_off_hour_is_that_of_the_calendar() -> None:
    found = due("working_days:1", morning(date(2026, 11, 24)), WorkingDays(cut_off=time(18, 30)))
    assert found.at == datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
