"""Versions of processes from the command line: by people with their password, one who proposes and another."""

from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from click.testing import Result

import workflows
from att.cli import main
from att.setup import deploy_built_in
from db import SYSTEM
from db import clock
from db import transaction
from directory import accounts
from directory import grants
from directory import people
from directory import sealed
from directory import second_factor
from engine import definitions
from engine import instances
from engine import registry
from engine import seal
from engine.instances import Links
from workflows import diagrams

KEY = "gobernanza"
PASSWORD = "una clave bastante larga"
OLD = diagrams.files(KEY)[f"{KEY}.bpmn"]


@pytest.fixture
def installed(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in processes, and two people who may decide."""
    monkeypatch.setattr("att.commands.deploy.connected", lambda: None)  # to the database of this test
    seal.use("a secret of the tests")
    workflows.register()
    deploy_built_in()
    with transaction() as session:
        for name, role in (("ivan", "administrator"), ("elena", "der_monitoring")):
            person = people.add(session, name.title(), by=SYSTEM, now=clock.now())
            accounts.create(session, person.id, name, PASSWORD, by=SYSTEM, now=clock.now())
            grants.add(session, person.id, role, by=SYSTEM, now=clock.now())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A changed diagram."""
    found = tmp_path / f"{KEY}.bpmn"
    found.write_text(OLD.replace('value="subdirectorate"', 'value="technical_lead"').replace(
        'name="Definir', 'name="Acordar'), encoding="utf-8")  # fmt: skip
    assert found.read_text(encoding="utf-8") != OLD
    return found


def run(*words: object, who: str, password: str = PASSWORD, code: str = "") -> Result:
    given = ("--user", who, "--reason", "Lo acordó la mesa")
    secret = {"ATT_PASSWORD": password}
    return CliRunner().invoke(main, ["deploy", *map(str, words), *given], input=f"{code}\n", env=secret)


def newest() -> int:
    with transaction() as session:
        return definitions.latest(session, KEY).version


def test_one_proposes_and_another_publishes(installed: None, file: Path) -> None:
    proposed = run("propose", KEY, file, who="ivan")
    assert "Propuesta 1" in proposed.output
    assert "Nombre: pasa de" in proposed.output
    assert "Lo acordó la mesa" in CliRunner().invoke(main, ["deploy", "proposals"]).output
    assert (run("publish", 1, who="ivan").exit_code, newest()) == (1, 1)
    assert run("publish", 1, who="elena").output == f"Proceso {KEY} v2\n"
    assert newest() == 2


def test_one_proposes_and_another_rejects(installed: None, file: Path) -> None:
    run("propose", KEY, file, who="ivan")
    assert "rechazada" in run("reject", 1, who="elena").output
    assert (run("publish", 1, who="elena").exit_code, newest()) == (1, 1)


def test_nobody_acts_with_a_password_that_is_not_theirs(installed: None, file: Path) -> None:
    refused = run("propose", KEY, file, who="ivan", password="otra clave cualquiera")
    assert (refused.exit_code, refused.stderr) == (1, f"Error: {accounts.REFUSED}\n")


def test_whoever_enters_with_a_telephone_gives_a_code_too(installed: None, file: Path) -> None:
    sealed.use("a secret of the tests")
    with transaction() as session:
        account, now = accounts.find(session, "ivan"), clock.now()
        assert account is not None
        shows = pyotp.TOTP(second_factor.begin(session, account.person_id, now=now).secret)
        codes = second_factor.confirm(session, account.person_id, shows.at(now), by=SYSTEM, now=now)
    refused = run("propose", KEY, file, who="ivan", code="una palabra")
    assert (refused.exit_code, "El código no es correcto" in refused.stderr) == (1, True)
    assert "Propuesta 1" in run("propose", KEY, file, who="ivan", code=codes[0]).output


def test_what_the_gate_refuses_names_the_place(installed: None, file: Path) -> None:
    file.write_text(OLD.replace('value="technical_lead"', 'value="king"'), encoding="utf-8")
    assert f"({KEY}.bpmn, " in run("propose", KEY, file, who="ivan").stderr


def test_an_upgrade_says_where_it_comes_over_what_people_published(
    installed: None, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("propose", KEY, file, who="ivan")
    run("publish", 1, who="elena")
    assert "en lugar" not in CliRunner().invoke(main, ["deploy"]).output
    newer = {f"{KEY}.bpmn": OLD.replace('name="Definir', 'name="Precisar')}
    monkeypatch.setitem(registry._processes, KEY, replace(registry.process(KEY), files=newer))
    assert f"{KEY} v3, en lugar de la v2, que publicaron personas" in CliRunner().invoke(main, ["deploy"]).output


def test_what_is_built_in_is_deployed_without_anybody(installed: None) -> None:
    assert f"Proceso {KEY} v1" in CliRunner().invoke(main, ["deploy"]).output


def test_cases_are_taken_to_the_version_that_rules(
    installed: None, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("att.commands.migrate.connected", lambda: None)
    with transaction() as session:
        case = instances.start(session, KEY, "E-1", links=Links("Estrategia Norte"), by=SYSTEM, now=clock.now()).id
    run("propose", KEY, file, who="ivan")
    run("publish", 1, who="elena")
    given = ["migrate", KEY, "--user", "ivan", "--password", PASSWORD, "--reason", "Rige otro nombre"]
    assert CliRunner().invoke(main, [*given, "--dry-run"]).output.endswith("Pueden pasar 1 de 1.\n")
    assert CliRunner().invoke(main, given).output.endswith("Pasaron 1 de 1.\n")
    with transaction() as session:
        assert instances.get(session, case).definition.version == 2
    assert "Ningún caso en curso" in CliRunner().invoke(main, given).stderr
