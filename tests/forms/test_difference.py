"""What changed between two versions of the same form."""

from typing import Any

import pytest

from forms.declaration import Kind
from forms.difference import difference
from tests.forms.samples import EVERY_KIND

A, B, C = {"name": "a", "weight": "1.00"}, {"name": "b"}, {"name": "c"}

CASES: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = [
    ({"name": "x"}, {"name": "x"}, []),
    ({"name": "x"}, {"name": "y"}, [("name", "changed")]),
    ({}, {"name": "y"}, [("name", "added")]),
    ({"name": "x"}, {"name": ""}, [("name", "removed")]),
    ({}, {"causes": []}, []),
    ({"milestones": [A, B]}, {"milestones": [A, C, B]}, [("milestones/1", "added")]),
    ({"milestones": [A, C, B]}, {"milestones": [A, B]}, [("milestones/1", "removed")]),
    ({"milestones": [A]}, {"milestones": [{**A, "weight": "2.00"}]}, [("milestones/0/weight", "changed")]),
]


@pytest.mark.parametrize(("before", "after", "expected"), CASES)
def test_difference(before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(change.path, change.kind) for change in difference(EVERY_KIND, before, after)] == expected


def test_words_of_a_change() -> None:
    (change,) = difference(EVERY_KIND, {"start": "2026-11-24"}, {"start": "2026-11-25"})
    assert change.words() == ("24 de noviembre de 2026", "25 de noviembre de 2026")


def test_words_of_a_removed_row() -> None:
    (change,) = difference(EVERY_KIND, {"milestones": [A]}, {"milestones": []})
    assert change.words()[0] == "Nombre: a; Peso: 1\xa0%"


def test_a_set_says_who_left_and_who_came_whatever_the_order() -> None:
    entities = next(field.name for field in EVERY_KIND.fields() if field.kind is Kind.ENTITIES)
    assert list(difference(EVERY_KIND, {entities: [1, 2, 3]}, {entities: [3, 1, 2]})) == []
    (change,) = difference(EVERY_KIND, {entities: [1, 2, 3]}, {entities: [4, 3, 2]})
    assert (change.before, change.after) == ([1], [4])
