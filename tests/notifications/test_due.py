"""When things are due, and why on that day."""

from datetime import UTC
from datetime import date
from datetime import datetime
from typing import Any

import pytest

from notifications import due
from notifications import periods
from notifications.calendar import Due
from notifications.calendar import WorkingDays
from tests.notifications import desk

OCTOBER = periods.of("monthly", date(2026, 10, 5))
WEEK = periods.of("weekly", date(2026, 11, 18))


@pytest.mark.parametrize(
    ("rule", "non_working", "day", "words"),
    [
        ({"rule": "period_end"}, "keep", "2026-10-31", "Último día del periodo, sábado 31 de octubre de 2026."),
        ({"rule": "period_end"}, "backward", "2026-10-30",
         "Último día del periodo, 31 de octubre de 2026, que no es hábil (sábado): "
         "se adelanta al viernes 30 de octubre de 2026."),
        ({"rule": "period_end"}, "forward", "2026-11-03",
         "Último día del periodo, 31 de octubre de 2026, que no es hábil (sábado): "
         "pasa al martes 3 de noviembre de 2026; tampoco lo es el 2 de noviembre de 2026 (Día de Todos los Santos)."),
        ({"rule": "day_of_next_month", "day": 9}, "backward", "2026-11-09",
         "Día 9 del mes siguiente a octubre de 2026, lunes 9 de noviembre de 2026."),
        ({"rule": "day_of_next_month", "day": 31}, "keep", "2026-11-30",
         "Día 30 del mes siguiente a octubre de 2026, lunes 30 de noviembre de 2026."),
        ({"rule": "working_day_of_next_month", "count": 5}, "forward", "2026-11-09",
         "Día hábil número 5 del mes siguiente a octubre de 2026, lunes 9 de noviembre de 2026; no cuentan "
         "los fines de semana ni el 2 de noviembre de 2026 (Día de Todos los Santos)."),
        ({"rule": "working_day_of_next_month", "count": 1}, "forward", "2026-11-03",
         "Día hábil número 1 del mes siguiente a octubre de 2026, martes 3 de noviembre de 2026; no cuentan "
         "el fin de semana ni el 2 de noviembre de 2026 (Día de Todos los Santos)."),
        ({"rule": "working_days_after", "count": 1}, "forward", "2026-11-03",
         "1 día hábil después de terminar el periodo (31 de octubre de 2026), martes 3 de noviembre de 2026; no "
         "cuentan el fin de semana ni el 2 de noviembre de 2026 (Día de Todos los Santos)."),
    ],
)  # fmt: skip
def test_rules(rule: dict[str, Any], non_working: str, day: str, words: str) -> None:
    found = due.compute(desk.spec(due=rule, non_working=non_working), OCTOBER, WorkingDays())
    assert (found.on.isoformat(), found.explanation) == (day, words)
    assert found.at == found.limit_at == WorkingDays().at_cut_off(found.on)


def test_the_ninth_on_a_sunday_is_never_late() -> None:
    july = periods.of("monthly", date(2026, 7, 1))
    found = due.compute(desk.spec(), july, WorkingDays())
    assert found.on == date(2026, 8, 6)  # the 9th is a Sunday, the 8th a Saturday, the 7th a holiday
    assert "no es hábil (domingo)" in found.explanation


def test_a_week_day() -> None:
    weekly = desk.spec(frequency="weekly", due={"rule": "weekday", "day": 5}, non_working="backward")
    assert due.compute(weekly, WEEK, WorkingDays()).on == date(2026, 11, 20)


def test_grace_lengthens_the_limit_and_not_the_day() -> None:
    found = due.compute(desk.spec(grace=2), OCTOBER, WorkingDays())
    assert found.at == datetime(2026, 11, 9, 22, tzinfo=UTC)
    assert found.limit_at == datetime(2026, 11, 11, 22, tzinfo=UTC)
    assert found.explanation.endswith("con 2 días hábiles de gracia cuenta a tiempo hasta el 11 de noviembre de 2026.")


def test_days_of_a_place_and_its_hour_count() -> None:
    days = WorkingDays({date(2026, 11, 9): "Día cívico de Quibdó"}, 3, WorkingDays().cut_off.replace(hour=12))
    found = due.compute(desk.spec(), OCTOBER, days)
    assert found.at == datetime(2026, 11, 6, 17, tzinfo=UTC)
    assert "no es hábil (Día cívico de Quibdó)" in found.explanation


def test_an_extra_day_that_is_not_counted_is_named_with_its_reason() -> None:
    days = WorkingDays({date(2026, 11, 4): "Paro cívico", date(2026, 11, 5): "Paro cívico"})
    found = due.compute(desk.spec(due={"rule": "working_day_of_next_month", "count": 2}), OCTOBER, days)
    assert found.explanation == (
        "Día hábil número 2 del mes siguiente a octubre de 2026, viernes 6 de noviembre de 2026; no cuentan el fin "
        "de semana, el 2 de noviembre de 2026 (Día de Todos los Santos), el 4 de noviembre de 2026 (Paro cívico) ni "
        "el 5 de noviembre de 2026 (Paro cívico)."
    )


def test_a_term_runs_from_the_event() -> None:
    spec = desk.spec(frequency="event", due={"rule": "term", "term": "working_days:5"})
    found = due.compute(spec, periods.of_event(7, date(2026, 11, 13)), WorkingDays())
    assert found.on == date(2026, 11, 23)  # Monday 16 is a holiday
    assert found.explanation.startswith("5 días hábiles desde el 13 de noviembre de 2026")


def test_the_source_may_give_the_instant() -> None:
    spec = desk.spec(frequency="event", due={"rule": "given"})
    given = Due(datetime(2026, 11, 24, 22, tzinfo=UTC), "10 días hábiles desde el 9 de noviembre de 2026")
    found = due.compute(spec, periods.of_event(7, date(2026, 11, 9)), WorkingDays(), given)
    assert (found.at, found.explanation) == (given.at, "10 días hábiles desde el 9 de noviembre de 2026.")
