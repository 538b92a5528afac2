"""The command line speaks in sentences."""

import os
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from att import schema
from att.cli import in_words
from att.cli import main
from att.commands import territory
from db import SYSTEM
from db import clock
from db import connect
from db import transaction
from db.errors import InvalidData
from db.errors import NotFound
from db.errors import Unavailable
from directory import accounts
from directory import second_factor
from tests.directory.test_territory import as_csv
from tests.directory.test_territory import row
from tests.directory.test_territory import whole_country


@pytest.mark.parametrize(
    "name",
    [
        "audit",
        "bounce",
        "bounces",
        "deploy",
        "history",
        "init",
        "migrate",
        "operations",
        "schema",
        "serve",
        "sweep",
        "territory",
        "token",
        "users",
        "worker",
    ],
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


@pytest.mark.parametrize("word", ["sweep", "serve"])
def test_a_database_that_was_never_prepared_says_what_to_run(tmp_path: Path, word: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "att", word], env={**os.environ, "ATT_VAR": str(tmp_path / "var"), "ATT_PORT": "1"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 1
    assert ran.stderr == "Error: La base de datos no está preparada: ejecute att init.\n"


def test_an_older_database_says_so_too(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'att.db'}")
    schema.upgrade(engine, "0002")
    with engine.connect() as connection:
        assert schema.lacking(connection).startswith("La base de datos está en la versión 0002; falta llevarla a la ")
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert schema.lacking(connection) == ""
    engine.dispose()


def test_a_newer_database_says_that_the_program_is_too_old(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'att.db'}")
    schema.upgrade(engine)
    with engine.execution_options(att_write=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert "9999, que este programa no conoce: la dejó uno más nuevo" in schema.lacking(connection)
    with pytest.raises(Unavailable, match="Instale esa versión del programa"):
        schema.upgrade(engine)
    engine.dispose()


def test_the_regions_of_a_scheme_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ocho.csv"
    file.write_text("code,region\n05,Norte\n08,Norte\n11,Centro\n", encoding="utf-8")
    assert territory._regions_in(file) == {"Norte": ["05", "08"], "Centro": ["11"]}
    file.write_text("codigo,region\n05,Norte\n", encoding="utf-8")
    with pytest.raises(InvalidData):
        territory._regions_in(file)


def test_a_dry_run_names_what_would_change(tmp_path: Path) -> None:
    env = {"ATT_VAR": str(tmp_path / "var"), "ATT_SECRET_KEY": "k" * 40}
    assert CliRunner().invoke(main, ["init"], env=env).exit_code == 0
    first, *rest = whole_country()
    file = tmp_path / "divipola.csv"
    file.write_bytes(as_csv([{**first, "nom_mpio": "MEDELLÍN DEL NORTE"}, *rest[:-1], row("05999", "NUEVA")]))
    told = CliRunner().invoke(main, ["territory", "import", str(file), "--dry-run"], env=env).output
    for line in (f"~ {first['cod_mpio']} Medellín del Norte: nombre Medellín → Medellín del Norte", "+ 05999 Nueva",
                 f"? {rest[-1]['cod_mpio']} ", "impórtelo con --confirmed"):  # fmt: skip
        assert line in told
    refused = CliRunner().invoke(main, ["territory", "import", str(file)], env=env)
    assert (refused.exit_code, "El archivo no trae: " in refused.output) == (1, True)


def test_the_second_step_of_a_lost_telephone_is_taken_away(tmp_path: Path) -> None:
    env = {"ATT_VAR": str(tmp_path / "var"), "ATT_SECRET_KEY": "k" * 40}
    for words in (["init"], ["users", "add", "ana", "Ana Ruiz", "--password", "una clave bastante larga"]):
        assert CliRunner().invoke(main, words, env=env).exit_code == 0
    with transaction() as session:
        account = accounts.find(session, "ana")
        assert account
        telephone = pyotp.TOTP(second_factor.begin(session, account.person_id, now=clock.now()).secret)
        second_factor.confirm(session, account.person_id, telephone.now(), by=SYSTEM, now=clock.now())
    off = ["users", "second-step-off", "ana", "--reason", "perdió el teléfono"]
    assert CliRunner().invoke(main, off, env=env).output == "ana ingresa otra vez sólo con su contraseña.\n"
    assert "no tiene un segundo paso" in CliRunner().invoke(main, off, env=env).stderr


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["volar"]).exit_code == 2


def test_every_problem_of_wrong_data_is_told() -> None:
    error = InvalidData({"username": ["Ya hay una cuenta."], "": ["Falta algo."]})
    assert in_words(error) == ["Error: Hay datos por corregir.", "  username: Ya hay una cuenta.", "  Falta algo."]


def test_a_plain_error_is_one_line() -> None:
    assert in_words(NotFound("la cuenta", "ana")) == ["Error: No se encontró la cuenta «ana»."]
