"""Unfinished answers that a page could show, and those that it could not."""

from typing import Any

import pytest

from forms import shape
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section

ROWS = Field(
    kind=Kind.TABLE,
    name="rows",
    label="Filas",
    columns=(Field(kind=Kind.TEXT, name="a", label="A"), Field(kind=Kind.FILES, name="b", label="B")),
)
FORM = Form(
    name="forma",
    title="Forma",
    sections=(
        Section("uno", "Uno", (Field(kind=Kind.DATE, name="day", label="Día"), ROWS)),
        Section("dos", "Dos", (Field(kind=Kind.CHOICES, name="several", label="Varias"),)),
    ),
)


@pytest.mark.parametrize(
    ("raw", "paths"),
    [
        ({"day": "mañana", "several": ["x", 3], "rows": [{"a": "", "b": ["token"]}, {}]}, []),
        ({"day": None, "several": None, "rows": None}, []),
        ({"day": [1, {"z": None}]}, ["day"]),
        ({"day": {"q": 1}, "several": {"q": 1}}, ["day", "several"]),
        ({"several": "x"}, ["several"]),
        ({"several": [["x"]]}, ["several"]),
        ({"rows": {"a": 1}}, ["rows"]),
        ({"rows": ["x", {"a": [1], "b": "t", "c": 1}]}, ["rows/0", "rows/1/a", "rows/1/b", "rows/1/c"]),
        ({"other": 1}, ["other"]),
    ],
)
def test_what_has_the_shape_of_its_question_is_kept(raw: dict[str, Any], paths: list[str]) -> None:
    assert list(shape.problems(FORM, raw)) == paths
    assert set(shape.sound(FORM, raw)) == set(raw) - {path.partition("/")[0] for path in paths}
