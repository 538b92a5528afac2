"""What the errors carry and say."""

import pytest

from db.errors import AttError
from db.errors import DefinitionError
from db.errors import InvalidData
from db.errors import NotFound
from db.errors import Unavailable


def test_not_found_says_what_was_asked_for() -> None:
    error = NotFound("la tarea", 7)
    assert (error.message, error.key) == ("No se encontró la tarea «7».", 7)


def test_invalid_data_keeps_every_message_of_a_path() -> None:
    error = InvalidData({"hitos/2/peso": ("Escriba el peso.", "Use un número.")})
    assert error.errors == {"hitos/2/peso": ["Escriba el peso.", "Use un número."]}


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ({}, "Falta el flujo."),
        ({"file": "diseno.bpmn"}, "Falta el flujo. (diseno.bpmn)"),
        ({"file": "diseno.bpmn", "element": "Gateway_1"}, "Falta el flujo. (diseno.bpmn, Gateway_1)"),
    ],
)
def test_definition_error_says_where(where: dict[str, str], text: str) -> None:
    assert DefinitionError("Falta el flujo.", **where).message == text


def test_definition_error_names_the_line() -> None:
    assert DefinitionError("Falta el flujo.", line=12).message == "Falta el flujo. (línea 12)"


def test_every_error_can_be_caught_by_the_root() -> None:
    with pytest.raises(AttError, match="no está disponible"):
        raise Unavailable
