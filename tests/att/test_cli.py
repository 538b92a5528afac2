"""The command line speaks in sentences."""

import pytest
from click.testing import CliRunner

from att.cli import in_words
from att.cli import main
from db.errors import InvalidData
from db.errors import NotFound


@pytest.mark.parametrize(
    "name",
    ["audit", "deploy", "init", "operations", "schema", "serve", "sweep", "territory", "token", "users", "worker"],
)
def test_every_command_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0
    assert "Usage: main " + name in shown.output


def test_an_error_is_a_sentence_and_exit_1() -> None:
    shown = CliRunner().invoke(main, ["serve"], env={"ATT_PORT": "http"})
    assert shown.exit_code == 1
    assert shown.stderr.startswith("Error: La variable ATT_PORT no es válida")
    assert "Traceback" not in shown.output


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["volar"]).exit_code == 2


def test_every_problem_of_wrong_data_is_told() -> None:
    error = InvalidData({"username": ["Ya hay una cuenta."], "": ["Falta algo."]})
    assert in_words(error) == ["Error: Hay datos por corregir.", "  username: Ya hay una cuenta.", "  Falta algo."]


def test_a_plain_error_is_one_line() -> None:
    assert in_words(NotFound("la cuenta", "ana")) == ["Error: No se encontró la cuenta «ana»."]
