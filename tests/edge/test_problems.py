"""The table from class to status."""

import pytest
from flask import Flask

from db import errors
from edge import problems
from edge.errors import NotIdentified
from edge.errors import PreconditionFailed
from edge.errors import PreconditionMissing


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("la tarea", 3), 404),
        (errors.NotAllowed("No."), 403),
        (errors.Conflict("Ya."), 409),
        (errors.InvalidData({"a": ["b"]}), 422),
        (errors.DefinitionError("Mal.", file="x.bpmn"), 422),
        (errors.Unavailable(), 503),
        (NotIdentified(), 401),
        (PreconditionFailed("Cambió."), 412),
        (PreconditionMissing(), 428),
        (RuntimeError("algo"), 500),
    ],
)
def test_every_error_has_its_status(error: Exception, status: int) -> None:
    with Flask("prueba").test_request_context():
        assert problems.problem_of(error).status == status


def test_every_error_of_the_tree_is_in_the_table() -> None:
    kinds = {kind for kind, _, _ in problems.TABLE}
    assert set(errors.AttError.__subclasses__()) <= kinds


def test_wrong_data_says_where() -> None:
    error = errors.InvalidData({"hitos/2/peso": ["Escriba un número.", "Falta."]})
    with Flask("prueba").test_request_context():
        found = problems.problem_of(error).as_json()["errors"]
    assert found == [
        {"path": "hitos/2/peso", "message": "Escriba un número."},
        {"path": "hitos/2/peso", "message": "Falta."},
    ]


def test_a_page_that_fails_still_answers(own_app: Flask) -> None:
    problems.render_pages_with(own_app, lambda problem: 1 / 0)
    response = own_app.test_client().get("/no-existe")
    assert response.status_code == 404
    assert "No se encontró" in response.text
    assert "ZeroDivisionError" not in response.text
