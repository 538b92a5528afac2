"""Numbers as they are typed, stored and shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import numbers

READ = [
    ("1.234,56", 2, "1234.56"),
    ("1,234.56", 2, "1234.56"),
    ("1.234.567,8", 2, "1234567.8"),
    ("1.234.567", 2, "1234567"),
    ("1.500", 2, "1500"),
    ("1.500", 3, "1.500"),
    ("1,5", 2, "1.5"),
    (" $ 2.000 ", 0, "2000"),
    ("-3", 0, "-3"),
]


@pytest.mark.parametrize(("typed", "decimals", "value"), READ)
def test_parse(typed: str, decimals: int, value: str) -> None:
    assert numbers.parse(typed, decimals=decimals) == Decimal(value)


@pytest.mark.parametrize(
    "typed", ["", "abc", "1.23.4", "1,2,3", "12.34,5", "1,2.3,4", "--1", "1e3", "Infinity", "٣", None, True, []]
)
def test_what_is_no_number(typed: object) -> None:
    with pytest.raises(numbers.NotANumber):
        numbers.parse(typed)


@given(st.decimals(-(10**15), 10**15, places=2), st.integers(0, 4))
def test_an_input_reads_back_what_it_shows(value: Decimal, decimals: int) -> None:
    stored = numbers.canonical(round(value, decimals), decimals)
    shown = numbers.typed(stored, decimals)
    assert numbers.canonical(numbers.parse(shown, decimals=decimals), decimals) == stored


@given(st.decimals(-(10**15), 10**15, places=2), st.integers(0, 4))
def test_the_stored_spelling_is_read_as_itself(value: Decimal, decimals: int) -> None:
    stored = numbers.canonical(round(value, decimals), decimals)
    assert numbers.canonical(numbers.parse(stored, decimals=decimals), decimals) == stored


@pytest.mark.parametrize("slip", ["1" * 40, 10**30, "1e999", "0." + "1" * 60])
@pytest.mark.parametrize("decimals", [0, 2, 4])
def test_a_slip_of_the_hand_stands_in_its_input_as_it_was_typed(slip: str | int, decimals: int) -> None:
    assert numbers.typed(str(slip), decimals).replace(",", ".") == str(slip)
