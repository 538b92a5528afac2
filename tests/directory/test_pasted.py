"""Lists of entities as people paste them."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from directory import seed
from directory.models import Entity
from directory.pasted import Recognised
from directory.pasted import recognise


@pytest.fixture
def country(session: Session, now: datetime) -> None:
    """Every municipality of the country."""
    seed.load_catalogues(session, by=SYSTEM, now=now)


def read(session: Session, *lines: str) -> tuple[list[str], dict[str, str]]:
    """The codes that `lines` name, in order, and what is refused."""
    found: Recognised = recognise(session, lines)
    return [session.get_one(Entity, key).code for key in found.ids], found.refused


def test_lines_are_read_as_they_are_pasted(session: Session, country: None) -> None:
    readings = {
        "05034": ["05034"],
        "5034": ["05034"],
        "Cértegui": ["27160"],
        "CERTEGUI": ["27160"],
        "• Andes (Antioquia)": ["05034"],
        "2. Andes, Antioquia": ["05034"],
        "Andes\tAntioquia": ["05034"],
        "Antioquia\tAndes": ["05034"],
        "15693\tSanta Rosa de Viterbo": ["15693"],
        "05001 Medellín": ["05001"],
        "5002\tAbejorral": ["05002"],
        "Abejorral\t5002": ["05002"],
        "Buenavista (70110)": ["70110"],
        "70110 BUENAVISTA, Sucre": ["70110"],
        "Cuaspud (Nariño)": ["52224"],
        "Tablón de Gómez (Nariño)": ["52258"],
        "Lloró (Chocó); Atrato (Chocó).": ["27413", "27050"],
        "Gobernación del Chocó": ["27"],
        "27": ["27"],
        "El Carmen de Atrato": ["27245"],
    }
    assert {line: read(session, line) for line in readings} == {line: (codes, {}) for line, codes in readings.items()}


def test_the_same_entity_counts_once(session: Session, country: None) -> None:
    assert read(session, "05034", "Andes (Antioquia)", "5034") == (["05034"], {})


def test_a_department_brings_all_its_municipalities(session: Session, country: None) -> None:
    codes, refused = read(session, "Todos los municipios de Nariño")
    of_narino = [row["code"] for row in seed.read("municipalities.csv") if row["department_code"] == "52"]
    assert (codes, refused) == (sorted(of_narino), {})


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Tablón", "¿Quiso decir El Tablón de Gómez (Nariño), código 52258?"),  # part of a name, anywhere
        ("Argelia", "Argelia (Antioquia), código 05055 o Argelia ("),
        ("Buenavista", "Buenavista (Sucre), código 70110"),
        ("05002 Medellín", "No es seguro cuál es «05002 Medellín»"),
        ("Macondo", "No se encontró «Macondo»"),
        ("99999", "No hay ninguna entidad con el código DANE 99999."),
        ("municipios de Atlantis", "No se encontró"),
        ("Andez (Antioquia)", "¿Quiso decir Andes (Antioquia), código 05034"),
    ],
)
def test_what_is_not_sure_is_asked(session: Session, country: None, line: str, told: str) -> None:
    codes, refused = read(session, line)
    assert codes == []
    assert told in refused[line]


def test_a_code_is_known_without_reading_the_country(session: Session, country: None) -> None:
    assert read(session) == ([], {})
    assert read(session, "CTP-99-1")[1] == {
        "CTP-99-1": "No se encontró «CTP-99-1». Escriba su código DANE, o su nombre y su departamento, como "
        "«Abejorral, Antioquia»."
    }


def test_only_the_first_lines_get_suggestions(session: Session, country: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("directory.pasted.SUGGESTED", 1)
    codes, refused = read(session, "Andez (Antioquia)", "05034", "Tablón", "999")
    assert codes == ["05034"]
    first, second, third = refused.values()
    assert "¿Quiso decir Andes (Antioquia), código 05034" in first
    assert second.startswith("No se reconoció «Tablón»")
    assert third == "No hay ninguna entidad con el código DANE 999."


def test_a_list_without_end_is_not_read_to_its_end(
    session: Session, country: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("directory.pasted.MOST", 2)
    codes, refused = read(session, "05034", "27160", "27245")
    assert (codes, list(refused)) == (["05034", "27160"], ["27245"])
    assert "pegue esta después" in refused["27245"]
