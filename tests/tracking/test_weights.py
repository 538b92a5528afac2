"""Weights add up to exactly 100, by group and overall."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import InvalidData
from tracking import catalogue
from tracking import templates
from tracking.percent import equal_shares
from tracking.percent import share
from tracking.weights import Asked
from tracking.weights import complete

D = Decimal


def asked(*rows: tuple[str, str | None, str | None]) -> list[Asked]:
    return [Asked(group, D(w) if w else None, D(g) if g else None) for group, w, g in rows]


def test_weights_left_out_are_equal_and_close_exactly() -> None:
    rows = complete(asked(("", None, None), ("", None, None), ("", None, None)))
    assert [row.weight for row in rows] == [D("33.33"), D("33.33"), D("33.34")]


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60))
def test_left_out_weights_always_add_to_100(groups: list[int]) -> None:
    rows = complete([Asked(str(group), None, None) for group in groups])
    assert sum(row.total for row in rows) == 100


def test_total_weight_is_exact() -> None:
    rows = complete(asked(("a", "33.33", "10"), ("a", "66.67", "10"), ("b", None, "90")))
    assert [row.total for row in rows] == [D("3.333"), D("6.667"), D("90")]


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        ([("a", "40", None), ("a", "50", None)], "milestones/1/weight"),
        ([("a", "40", None), ("a", None, None)], "milestones/1/weight"),
        ([("a", None, "40"), ("b", None, "50")], "milestones/1/group_weight"),
        ([("a", None, "40"), ("b", None, None)], "milestones/1/group_weight"),
        ([("a", "50", "100"), ("a", "50", "90")], "milestones/1/group_weight"),
        ([("a", "33.333", None), ("a", "66.667", None)], "milestones/0/weight"),
        ([("a", "-1", None), ("a", "101", None)], "milestones/0/weight"),
    ],
)
def test_wrong_weights_say_where(rows: list[tuple[str, str | None, str | None]], path: str) -> None:
    with pytest.raises(InvalidData) as caught:
        complete(asked(*rows))
    assert path in caught.value.errors


@pytest.mark.parametrize("key", list(catalogue.KNOWN))
def test_known_templates_have_22_milestones_that_add_to_100(key: str) -> None:
    rows = templates.read(catalogue.load(key))
    assert len(rows) == 22
    assert sum(row.total_weight for row in rows) == 100


@pytest.mark.parametrize(
    ("key", "number", "weight", "total"),
    [
        ("gobierno_al_plan_fase_1", 16, "33.33", "3.333"),
        ("gobierno_al_plan_fase_1", 18, "33.34", "3.334"),
        ("gobierno_al_plan_fase_1", 10, "40", "12"),
        ("gobierno_al_plan_fase_2", 15, "70", "14"),
        ("gobierno_al_plan_fase_2_b", 15, "70", "7"),
        ("gobierno_al_plan_fase_2", 22, "100", "10"),
    ],
)
def test_known_weights(key: str, number: int, weight: str, total: str) -> None:
    row = next(row for row in templates.read(catalogue.load(key)) if row.number == number)
    assert (row.weight, row.total_weight) == (D(weight), D(total))


@pytest.mark.parametrize(("key", "groups"), [("gobierno_al_plan_fase_1", 5), ("gobierno_al_plan_fase_2", 10)])
def test_known_groups(key: str, groups: int) -> None:
    assert max(row.group_position for row in templates.read(catalogue.load(key))) == groups


def test_approval_comes_before_publication_though_numbered_after() -> None:
    numbers = [row.number for row in templates.read(catalogue.load("gobierno_al_plan_fase_1"))]
    assert numbers[-2:] == [22, 21]


def test_only_phase_one_is_confirmed() -> None:
    assert [known.key for known in catalogue.KNOWN.values() if known.confirmed] == ["gobierno_al_plan_fase_1"]


@given(st.integers(1, 200))
def test_equal_shares_close(count: int) -> None:
    assert sum(equal_shares(count)) == 100


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [("0", "0", "0"), ("1", "3", "33.333333"), ("3", "3", "100"), ("0.000001", "100000000", "0.000001")],
)
def test_share(part: str, whole: str, expected: str) -> None:
    assert share(D(part), D(whole)) == D(expected)


def test_a_group_spelt_otherwise_is_the_same_and_keeps_its_first_name() -> None:
    rows = [
        {"number": number, "name": f"Hito {number}", "group": group, "weight": "50"}
        for number, group in enumerate(("Gestión pública", "GESTION  publica"), start=1)
    ]
    read = templates.read(rows)
    assert [(row.group_name, row.group_position, row.total_weight) for row in read] == [("Gestión pública", 1, 50)] * 2
    later = templates.read(rows, known=["gestión Pública"])
    assert {row.group_name for row in later} == {"gestión Pública"}
