"""Numbers as they are typed, stored and shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import display
from forms import numbers
from forms.declaration import Field
from forms.declaration import Kind

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


@pytest.mark.parametrize(
    ("sent", "value"), [(62.125, "62.125"), (1200, "1200"), (Decimal("1.500"), "1.5"), (1.5, "1.5")]
)
@pytest.mark.parametrize("decimals", [0, 2, 4])
def test_a_number_that_a_program_sends_is_what_it_is(sent: object, value: str, decimals: int) -> None:
    assert numbers.parse(sent, decimals=decimals) == Decimal(value)


@pytest.mark.parametrize(
    ("value", "decimals", "canonical"),
    [
        ("450000.00", 2, True), ("-1.50", 2, True), ("12", 0, True), ("1.5000", 4, True),
        ("450.000", 2, False), ("1.200", 0, False), ("20", 2, False), ("1.5", 2, False), ("1,50", 2, False),
        ("٣.00", 2, False), ("", 0, False), (450.0, 2, False), (None, 0, False),
    ],
)  # fmt: skip
def test_what_somebody_typed_is_not_taken_for_what_is_stored(value: object, decimals: int, canonical: bool) -> None:
    assert numbers.is_canonical(value, decimals) is canonical


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


@pytest.mark.parametrize(
    ("kind", "draft", "said"),
    [
        (Kind.MONEY, "450.000", "$\xa0450.000"), (Kind.MONEY, "450000.00", "$\xa0450.000"),
        (Kind.DECIMAL, "1.200", "1.200"),
        (Kind.PERCENT, "33,3", "33,3\xa0%"), (Kind.INTEGER, "1.250", "1.250"), (Kind.DECIMAL, 62.125, "62,12"),
        (Kind.MONEY, "mucho", "mucho"),
    ],
)  # fmt: skip
def test_what_a_draft_holds_is_said_as_it_was_meant(kind: Kind, draft: object, said: str) -> None:
    assert display.text(Field(kind=kind, name="n", label="N"), draft) == said
