"""Periods: their keys, their bounds, their words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import periods


@pytest.mark.parametrize(
    ("frequency", "day", "key", "start", "end", "label"),
    [
        ("weekly", "2026-11-18", "2026-W47", "2026-11-16", "2026-11-22", "semana del 16 al 22 de noviembre de 2026"),
        ("weekly", "2027-01-02", "2026-W53", "2026-12-28", "2027-01-03",
         "semana del 28 de diciembre de 2026 al 3 de enero de 2027"),
        ("weekly", "2026-10-01", "2026-W40", "2026-09-28", "2026-10-04",
         "semana del 28 de septiembre al 4 de octubre de 2026"),
        ("fortnightly", "2026-11-15", "2026-11-F1", "2026-11-01", "2026-11-15",
         "primera quincena de noviembre de 2026"),
        ("fortnightly", "2028-02-16", "2028-02-F2", "2028-02-16", "2028-02-29", "segunda quincena de febrero de 2028"),
        ("monthly", "2026-02-10", "2026-02", "2026-02-01", "2026-02-28", "febrero de 2026"),
        ("quarterly", "2026-11-24", "2026-Q4", "2026-10-01", "2026-12-31", "cuarto trimestre de 2026"),
        ("half_yearly", "2026-06-30", "2026-H1", "2026-01-01", "2026-06-30", "primer semestre de 2026"),
        ("yearly", "2026-06-30", "2026", "2026-01-01", "2026-12-31", "vigencia 2026"),
    ],
)  # fmt: skip
def test_a_day_lies_in_one_period(frequency: str, day: str, key: str, start: str, end: str, label: str) -> None:
    found = periods.of(frequency, date.fromisoformat(day))
    assert (found.key, found.start.isoformat(), found.end.isoformat(), found.label) == (key, start, end, label)


@given(st.sampled_from(periods.REGULAR), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_periods_follow_each_other_without_gap(frequency: str, day: date) -> None:
    first, second = list(periods.starting(frequency, day, date(day.year + 3, 12, 31)))[:2]
    assert first.start >= day
    assert (second.start - first.end).days == 1
    assert not periods.of(frequency, day).start < day == first.start


@given(st.sampled_from(periods.REGULAR), st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_a_key_tells_its_period(frequency: str, day: date) -> None:
    period = periods.of(frequency, day)
    assert periods.of_key(period.key) == period


@pytest.mark.parametrize("key", ["", "2026-13", "2026-W60", "2026-Q5", "2026-11-F3", "abc", "E12"])
def test_other_keys_are_of_no_period(key: str) -> None:
    assert periods.of_key(key) is None


@pytest.mark.parametrize(
    ("frequency", "since", "of"),
    [
        ("weekly", "la semana del 23 al 29 de noviembre de 2026", "de la semana del 23 al 29 de noviembre de 2026"),
        ("fortnightly", "la segunda quincena de noviembre de 2026", "de la segunda quincena de noviembre de 2026"),
        ("monthly", "noviembre de 2026", "de noviembre de 2026"),
        ("quarterly", "el cuarto trimestre de 2026", "del cuarto trimestre de 2026"),
        ("half_yearly", "el segundo semestre de 2026", "del segundo semestre de 2026"),
        ("yearly", "la vigencia 2026", "de la vigencia 2026"),
    ],
)
def test_a_period_has_its_article_in_a_sentence(frequency: str, since: str, of: str) -> None:
    label = periods.of(frequency, date(2026, 11, 24)).label
    assert (periods.the(label), periods.of_the(label)) == (since, of)
