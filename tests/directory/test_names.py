"""Names as they are compared and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.names import normalise
from directory.names import telling_words
from directory.names import title_case


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bogotá, D.C.", "bogota d c"),
        ("  PUERTO   NARIÑO ", "puerto narino"),
        ("Piendamó - Tunía", "piendamo tunia"),
        ("Güicán", "guican"),
        ("CUASPUD- CARLOSAMA", "cuaspud carlosama"),
        ("¿?", ""),
    ],
)
def test_normalises(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_normalised_is_plain_words(text: str) -> None:
    assert all(
        word.isascii() and word.isalnum() and word == word.lower() for word in normalise(text).split(" ") if word
    )


@given(st.text(alphabet="abcdefáéíóúñü ABC"))
def test_case_does_not_matter(text: str) -> None:
    assert normalise(text.upper()) == normalise(text)


@given(st.text(), st.text())
def test_joined_names_are_joined_words(left: str, right: str) -> None:
    assert normalise(f"{left} {right}").split() == normalise(left).split() + normalise(right).split()


@pytest.mark.parametrize(
    ("capitals", "written"),
    [
        ("MEDELLÍN", "Medellín"),
        ("SAN JOSÉ DE LA MONTAÑA", "San José de la Montaña"),
        ("EL CARMEN DE BOLÍVAR", "El Carmen de Bolívar"),
        ("BOGOTÁ, D.C.", "Bogotá, D.C."),
        ("PIENDAMÓ - TUNÍA", "Piendamó - Tunía"),
        ("LA GUAJIRA", "La Guajira"),
    ],
)
def test_writes_names_in_spanish(capitals: str, written: str) -> None:
    assert title_case(capitals) == written


def test_particles_do_not_tell_names_apart() -> None:
    assert telling_words("san jose de la montana") == {"san", "jose", "montana"}
