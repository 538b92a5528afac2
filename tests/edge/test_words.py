"""Dates and numbers as people in Colombia read them."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

import pytest

from db.clock import BOGOTA
from db.clock import local_date
from edge import words
from notifications.calendar import WorkingDays

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def test_a_long_date() -> None:
    assert words.long_date(NOW) == "martes 24 de noviembre de 2026"


def test_an_instant_is_shown_in_bogota() -> None:
    assert words.moment(datetime(2026, 11, 25, 3, 42, tzinfo=UTC)) == "24 de noviembre a las 10:42 p. m."


@pytest.mark.parametrize(("text", "said"), [("a las 10:42 p. m.", "a las 10:42 p. m."), ("ayer", "ayer.")])
def test_a_sentence_ends_with_one_stop(text: str, said: str) -> None:
    assert words.ended(text) == said


def test_one_o_clock_is_singular() -> None:
    assert words.moment(datetime(2026, 11, 24, 18, 5, tzinfo=UTC)) == "24 de noviembre a la 1:05 p. m."
    assert words.full_moment(datetime(2026, 11, 24, 18, 5, tzinfo=UTC)) == "24 de noviembre de 2026 a la 1:05 p. m."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "hace un momento"),
        (60, "hace 1 minuto"),
        (125, "hace 2 minutos"),
        (3 * 3600, "hace 3 horas"),
        (5 * 86_400, "hace 5 días"),
        (400 * 86_400, "el lunes 20 de octubre de 2025"),
    ],
)
def test_how_long_ago(seconds: int, said: str) -> None:
    assert words.ago(NOW - timedelta(seconds=seconds), now=NOW) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 27), "vence el viernes 27 de noviembre, en 3 días hábiles"),
        (date(2026, 11, 25), "vence el miércoles 25 de noviembre, en 1 día hábil"),
        (date(2026, 11, 24), "vence hoy"),
        (date(2026, 11, 20), "venció el viernes 20 de noviembre, hace 2 días hábiles"),
        (date(2027, 1, 4), "vence el lunes 4 de enero de 2027, en 26 días hábiles"),
    ],
)
def test_when_it_is_due(day: date, said: str) -> None:
    assert words.due(day, now=NOW) == said


def test_a_declared_day_is_not_counted() -> None:
    """Tuesday to Friday are three working days; two when one of them was declared to be none."""
    day = local_date(NOW) + timedelta(days=3)
    assert words.due(day, now=NOW).endswith("en 3 días hábiles")
    declared = WorkingDays({day - timedelta(days=1): "Día cívico"})
    assert words.due(day, now=NOW, days=declared).endswith("en 2 días hábiles")


def test_on_the_day_the_hour_counts() -> None:
    assert words.due(NOW + timedelta(hours=8), now=NOW) == "vence hoy a las 5:00 p. m."
    assert words.due(NOW - timedelta(hours=1), now=NOW) == "venció hoy a las 8:00 a. m."


@pytest.mark.parametrize(
    ("value", "said"),
    [(Decimal("1234567.5"), "1.234.567,5"), (1234, "1.234"), (Decimal("0.10"), "0,1"), (-3, "-3")],
)
def test_numbers(value: Decimal | int, said: str) -> None:
    assert words.number(value) == said


def test_percentages_are_already_out_of_a_hundred() -> None:
    assert words.percent(Decimal("45.56")) == "45,6 %"


def test_on_a_free_day_what_was_due_before_is_told_in_days() -> None:
    sunday = datetime(2026, 11, 22, 9, tzinfo=BOGOTA)
    assert words.due(date(2026, 11, 20), now=sunday) == "venció el viernes 20 de noviembre, hace 2 días"
    assert words.due(date(2026, 11, 21), now=sunday) == "venció el sábado 21 de noviembre, hace 1 día"
