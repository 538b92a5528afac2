"""Ratings from 1 to 5 of rows that the case gives: an error says the range and whose rating it is."""

import pytest
from sqlalchemy.orm import Session

from db.errors import InvalidData
from forms.declaration import Form
from forms.declaration import Section
from forms.load import load
from workflows.forms import fields


def rating() -> Form:
    table = fields.table(
        "scores", "Calificación de cada enlace", item="enlace", max_items=9, help="De 1 a 5.", example="Ana · 5",
        columns=(
            fields.text("advisor", "Enlace", example="Ana", fixed=True),
            fields.integer("score", "Calificación", example="5", required=True, minimum="1", maximum="5"),
        ),
        source="P010",
    )  # fmt: skip
    return Form("rating", "Calificaciones", sections=(Section("scores", "Calificaciones", (table,)),))


@pytest.mark.parametrize(
    ("score", "told"),
    [
        ("4,5", "Escriba la calificación del enlace 1 (Ana Ruiz) sin decimales, de 1 a 5."),
        ("bien", "Escriba la calificación del enlace 1 (Ana Ruiz) como un número entero, de 1 a 5."),
        ("", "Escriba la calificación del enlace 1 (Ana Ruiz)."),
    ],
)
def test_it_says_the_range_and_who(session: Session, score: str, told: str) -> None:
    with pytest.raises(InvalidData) as refused:
        load(session, rating(), {"scores": [{"advisor": "Ana Ruiz", "score": score}]})
    assert refused.value.errors == {"scores/0/score": [told]}
