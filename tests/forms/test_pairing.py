"""A row stays the same row however it is moved and edited."""

import pytest

from forms import pairing
from forms.declaration import Field
from forms.declaration import Kind
from forms.declaration import Option

LINKS = (Option("inputs", "Insumos"), Option("outputs", "Productos"))
TABLE = Field(
    kind=Kind.TABLE,
    name="chain",
    label="Cadena de valor",
    columns=(
        Field(kind=Kind.CHOICE, name="link", label="Eslabón", options=LINKS),
        Field(kind=Kind.TEXT, name="statement", label="Enunciado"),
        Field(kind=Kind.INTEGER, name="count", label="Cantidad"),
    ),
)


def row(statement: str, link: str = "inputs", count: int = 1) -> dict[str, object]:
    return {"link": link, "statement": statement, "count": count}


EXPERTS = row("Expertos en finanzas territoriales")
WORKSHOPS = row("Talleres con los equipos de planeación de cada municipio", "outputs")
GUIDE = row("Guía de rendición de cuentas")
EDITED = row("Talleres y visitas con los equipos de planeación de cada municipio", "outputs", 4)
OTHER = row("Convenio con la gobernación")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([EXPERTS, WORKSHOPS], [EDITED, GUIDE, EXPERTS], [(1, 0), (None, 1), (0, 2)]),
        ([EXPERTS, WORKSHOPS], [EDITED, GUIDE], [(1, 0), (None, 1), (0, None)]),
        ([EXPERTS, WORKSHOPS, GUIDE], [EXPERTS, GUIDE, WORKSHOPS], [(0, 0), (2, 1), (1, 2)]),
        ([EXPERTS, EXPERTS], [EXPERTS], [(0, 0), (1, None)]),
        ([EXPERTS, GUIDE, WORKSHOPS], [EXPERTS, OTHER, WORKSHOPS], [(0, 0), (1, 1), (2, 2)]),
        ([], [GUIDE], [(None, 0)]),
    ],
)
def test_rows_are_followed(
    old: list[pairing.Row], new: list[pairing.Row], expected: list[pairing.Pair]
) -> None:  # fmt: skip
    assert pairing.pairs(TABLE, old, new) == expected


def test_options_and_figures_alone_make_no_two_rows_the_same() -> None:
    assert pairing.likeness(TABLE, EXPERTS, OTHER) == 0
    assert pairing.likeness(TABLE, WORKSHOPS, EDITED) > pairing.ALIKE


@pytest.mark.parametrize(("order", "expected"), [([0, 1, 2], 0), ([1, 2, 3, 0], 1), ([1, 0], 1)])
def test_the_fewest_rows_are_said_to_have_moved(order: list[int], expected: int) -> None:
    assert len(pairing.moved([(old, new) for new, old in enumerate(order)])) == expected


def test_a_table_written_anew_does_not_take_long() -> None:
    old, new = ([row(f"{word} {number}") for number in range(200)] for word in ("uno", "otro"))
    assert pairing.pairs(TABLE, old, new)[0] == (0, 0)


def test_rows_that_the_case_gives_are_known_by_what_it_calls_them() -> None:
    columns = (Field(kind=Kind.INTEGER, name="number", label="Número", fixed=True), *TABLE.columns)
    table = Field(kind=Kind.TABLE, name="chain", label="Cadena", columns=columns)
    one, two = {"number": 1, **EXPERTS}, {"number": 2, **EXPERTS}
    assert pairing.pairs(table, [one, two], [{**two, "number": "2"}, {"number": 1}]) == [(1, 0), (0, 1)]
