"""What a case gives to a form is shown, not typed, and put in place again when the case changed."""

from forms import fixed
from forms import posted
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section
from forms.declaration import from_json
from forms.declaration import to_json
from forms.json_schema import json_schema

COLUMNS = (
    Field(kind=Kind.INTEGER, name="number", label="Número", fixed=True),
    Field(kind=Kind.TEXT, name="name", label="Hito", fixed=True),
    Field(kind=Kind.TEXT, name="note", label="Nota"),
)
FORM = Form("f", "F", (Section("s", "S", (Field(kind=Kind.TABLE, name="rows", label="Hitos", columns=COLUMNS),)),))
GIVEN = {"rows": [{"number": 1, "name": "Uno"}, {"number": 3, "name": "Tres"}]}


def test_what_was_typed_stays_at_its_row_and_the_rest_is_as_the_case_says() -> None:
    typed = {"rows": [{"number": "3", "name": "Cambiado", "note": "Mía"}, {"number": "2", "note": "De otro"}]}
    assert fixed.in_place(FORM, typed, GIVEN) == {
        "rows": [{"number": 1, "name": "Uno"}, {"number": 3, "name": "Tres", "note": "Mía"}]
    }


def test_a_table_that_the_case_does_not_give_stays_as_it_is() -> None:
    typed = {"rows": [{"number": 5}]}
    assert fixed.in_place(FORM, typed, {}) == typed


def test_no_button_adds_removes_or_moves_a_given_row() -> None:
    for pressed in ("add:rows", "remove:rows:0", "up:rows:1", "down:rows:0"):
        assert posted.act(FORM, GIVEN, pressed) == GIVEN


def test_the_declaration_keeps_it_and_programs_are_told() -> None:
    assert from_json(to_json(FORM)) == FORM
    columns = json_schema(FORM)["properties"]["rows"]["items"]["properties"]
    assert columns["number"]["readOnly"]
    assert "readOnly" not in columns["note"]
