"""Importing DANE's file, and matching pasted lists."""

import hashlib
import json
import time
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import InvalidData
from directory import divipola
from directory import entities
from directory import seed
from directory import territory
from directory.matching import Gazetteer
from directory.models import Entity
from directory.models import EntityAlias
from directory.models import TerritoryImport
from directory.territory import ImportReport

Row = dict[str, Any]


def row(code: str = "05034", name: str = "ANDES", department: str = "ANTIOQUIA", **changes: Any) -> Row:
    values = {
        "cod_dpto": code[:2], "dpto": department, "cod_mpio": code, "nom_mpio": name, "tipo_municipio": "Municipio",
        "longitud": "-75,878828", "latitud": "5,657194",
    }  # fmt: skip
    return values | changes


ANTIOQUIA = [row(), row("05002", "ABEJORRAL")]


def as_json(rows: list[Row]) -> bytes:
    return json.dumps(rows).encode()


def as_csv(rows: list[Row], delimiter: str = ",") -> bytes:
    lines = [delimiter.join(divipola.COLUMNS)]
    lines += [delimiter.join(f'"{values[column]}"' for column in divipola.COLUMNS) for values in rows]
    return "\r\n".join(lines).encode("utf-8-sig")


def load(
    session: Session, rows: list[Row], now: datetime, *, dry_run: bool = False, confirmed: bool = True
) -> ImportReport:
    return territory.import_file(
        session, as_json(rows), "divipola.json", dry_run=dry_run, confirmed=confirmed, by=SYSTEM, now=now
    )  # fmt: skip


# --- Reading ---


@pytest.mark.parametrize("content", [as_json(ANTIOQUIA), as_csv(ANTIOQUIA), as_csv(ANTIOQUIA, ";")])
def test_reads_json_and_csv(content: bytes) -> None:
    andes = divipola.read(content)[0]
    assert (andes.code, andes.name, andes.kind, andes.department) == ("05034", "Andes", "municipality", "Antioquia")
    assert (andes.latitude, andes.longitude) == (Decimal("5.657194"), Decimal("-75.878828"))


def test_reads_the_headings_of_the_portal() -> None:
    heading = (
        "Código Departamento,Nombre Departamento,Código Municipio,Nombre Municipio,"
        "Tipo: Municipio / Isla / Área no municipalizada,longitud,Latitud"
    )
    content = f'{heading}\n91,AMAZONAS,91263,EL ENCANTO,Área no municipalizada,"-73,2","-1,7"\n'.encode()
    [place] = divipola.read(content)
    assert (place.kind, place.latitude) == ("non_municipal_area", Decimal("-1.7"))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"cod_mpio": "5034"}, "fila 2/cod_mpio"),
        ({"cod_mpio": 5034}, "fila 2/cod_mpio"),
        ({"cod_mpio": "08034"}, "fila 2/cod_mpio"),
        ({"cod_mpio": "05002"}, "fila 2/cod_mpio"),
        ({"cod_mpio": "٠٥٠٣٤"}, "fila 2/cod_mpio"),
        ({"cod_dpto": "5"}, "fila 2/cod_dpto"),
        ({"dpto": "CALDAS"}, "fila 2/dpto"),
        ({"nom_mpio": None}, "fila 2/nom_mpio"),
        ({"tipo_municipio": "Vereda"}, "fila 2/tipo_municipio"),
        ({"latitud": "norte"}, "fila 2/latitud"),
        ({"latitud": "NaN"}, "fila 2/latitud"),
        ({"longitud": "75,8"}, "fila 2/longitud"),
    ],
)
def test_says_row_and_column(changes: Row, path: str) -> None:
    with pytest.raises(InvalidData) as caught:
        divipola.read(as_json([row("05002", "ABEJORRAL"), row(**changes)]))
    assert path in caught.value.errors


@pytest.mark.parametrize(
    "content", [b"", b"[", b'{"a": 1}', b"a,b\n1,2\n", "código".encode("latin-1"), b"[1, 2]", b"[]"]
)
def test_refuses_what_is_no_such_file(content: bytes) -> None:
    with pytest.raises(InvalidData):
        divipola.read(content)


def test_a_list_with_more_or_fewer_municipalities_is_shown_and_confirmed(session: Session, now: datetime) -> None:
    fewer = ["Hoy se conocen 33 departamentos y el archivo tiene 1.",
             "Hoy se conocen 1122 municipios, áreas e islas y el archivo tiene 2."]  # fmt: skip
    assert load(session, ANTIOQUIA, now, dry_run=True, confirmed=False).differences == fewer
    with pytest.raises(InvalidData) as caught:
        load(session, ANTIOQUIA, now, confirmed=False)
    assert caught.value.errors == {"confirmed": fewer}
    assert session.scalar(select(func.count(Entity.id))) == 0
    load(session, ANTIOQUIA, now)
    assert load(session, ANTIOQUIA, now, confirmed=False).differences == [], "what was loaded is what is known"
    more = [*ANTIOQUIA, row("05004", "ABRIAQUI")]
    assert load(session, more, now, dry_run=True, confirmed=False).differences == [
        "Hoy se conocen 2 municipios, áreas e islas y el archivo tiene 3.",
        "Llega lo que no se conocía: Abriaqui (05004).",
    ]
    assert [change.code for change in load(session, more, now).created] == ["05004"]


def test_a_swap_or_a_new_name_is_confirmed_though_the_number_stays(session: Session, now: datetime) -> None:
    load(session, ANTIOQUIA, now)
    other = [row(name="ANDES DEL SUR"), row("05004", "ABRIAQUI")]
    with pytest.raises(InvalidData) as caught:
        load(session, other, now, confirmed=False)
    assert caught.value.errors == {"confirmed": [
        "Llega lo que no se conocía: Abriaqui (05004).",
        "El archivo no trae: Abejorral (05002).",
        "Cambia de nombre, código, departamento o clase: Andes (05034) → Andes del Sur (05034).",
    ]}  # fmt: skip
    report = load(session, other, now)
    assert (report.updated[0].before, report.updated[0].after) == ({"name": "Andes"}, {"name": "Andes del Sur"})


def test_a_renamed_municipality_tells_it_in_its_own_history(session: Session, now: datetime) -> None:
    load(session, ANTIOQUIA, now)
    load(session, [row(name="ANDES DEL SUR", latitud="5,6"), row("05002", "ABEJORRAL", latitud="5,7")], now)
    told = session.scalars(select(history.HistoryRow).where(history.HistoryRow.subject_kind == "entity")).all()
    assert [one.summary for one in told] == ["El DANE la lista como Andes del Sur (05034); antes se llamaba «Andes»."]
    assert entities.other_names(session, told[0].subject_id) == ["Andes"]


def test_a_wrong_row_refuses_the_whole_file(session: Session, now: datetime) -> None:
    with pytest.raises(InvalidData):
        load(session, [*ANTIOQUIA, row("05004", "")], now)
    assert session.scalar(select(func.count(Entity.id))) == 0


# --- Importing ---


def test_creates_municipalities_and_their_gobernacion(session: Session, now: datetime) -> None:
    report = load(session, ANTIOQUIA, now)
    assert {change.code for change in report.created} == {"05", "05034", "05002"}
    assert [row.name for row in entities.search(session, kinds=["governorate"])] == ["Gobernación de Antioquia"]


def test_bogota_has_no_gobernacion(session: Session, now: datetime) -> None:
    report = load(session, [row("11001", "BOGOTÁ, D.C.", "BOGOTÁ, D.C.")], now)
    assert [change.name for change in report.created] == ["Bogotá, D.C."]


def test_the_same_file_twice_changes_nothing(session: Session, now: datetime) -> None:
    load(session, ANTIOQUIA, now)
    report = load(session, ANTIOQUIA, now)
    assert (report.created, report.updated, report.unchanged, report.unmatched) == ([], [], 3, [])


def test_a_dry_run_writes_nothing(session: Session, now: datetime) -> None:
    assert len(load(session, ANTIOQUIA, now, dry_run=True).created) == 3
    assert session.scalar(select(func.count(Entity.id))) == 0
    assert session.scalar(select(func.count(TerritoryImport.id))) == 0


def test_a_new_name_keeps_the_old_one_as_alias(session: Session, now: datetime) -> None:
    load(session, [row("13001", "CARTAGENA", "BOLÍVAR")], now)
    report = load(session, [row("13001", "CARTAGENA DE INDIAS", "BOLÍVAR")], now)
    assert report.updated[0].before == {"name": "Cartagena"}
    assert entities.search(session, "cartagena")[0].name == "Cartagena de Indias"
    [cartagena], whole = Gazetteer(session).meant("Cartagena", "Bolívar")
    assert (cartagena.code, whole) == ("13001", True)


def test_a_new_code_is_found_by_name(session: Session, now: datetime) -> None:
    load(session, [row("27086", "BELÉN DE BAJIRÁ", "CHOCÓ")], now)
    before = entities.search(session, "bajira")[0].id
    report = load(session, [row("27493", "BELÉN DE BAJIRÁ", "CHOCÓ")], now)
    assert [change.before for change in report.updated] == [{"code": "27086"}]
    assert entities.search(session, "27493")[0].id == before


def test_says_what_the_file_lacks(session: Session, now: datetime) -> None:
    load(session, ANTIOQUIA, now)
    assert [change.name for change in load(session, [row()], now).unmatched] == ["Abejorral"]


def test_keeps_where_the_data_come_from(session: Session, now: datetime) -> None:
    load(session, ANTIOQUIA, now)
    last = session.scalars(select(TerritoryImport)).one()
    assert (last.name, last.sha256) == ("divipola.json", hashlib.sha256(as_json(ANTIOQUIA)).hexdigest())
    assert last.imported_at == now
    assert "DANE" in last.source
    assert history.of(session, history.Subject("territory_import", last.id))[0].action == "territory.imported"


def test_the_country_as_it_is_shipped_is_that_of_dane(session: Session, now: datetime) -> None:
    seed.load_catalogues(session, by=SYSTEM, now=now)
    rows = whole_country()
    report = territory.import_file(session, as_json(rows), "divipola.json", dry_run=False, by=SYSTEM, now=now)
    assert (report.created, report.updated, report.unmatched, report.unchanged) == ([], [], [], 1122 + 32)
    assert len(entities.regions_of(session, list(session.scalars(select(Entity.id))))) == 1122 + 32


def test_awhole_country_over_an_older_catalogue_is_quick(session: Session, now: datetime) -> None:
    seed.load_catalogues(session, by=SYSTEM, now=now)
    session.execute(delete(EntityAlias))
    kept = session.execute(delete(Entity).where(Entity.department_code != "05", Entity.kind != "governorate"))
    start = time.perf_counter()
    report = territory.import_file(
        session, as_json(whole_country()), "divipola.json", dry_run=False, confirmed=True, by=SYSTEM, now=now
    )
    assert time.perf_counter() - start < 3
    assert (len(report.created), report.updated, report.unmatched) == (kept.rowcount, [], [])


def whole_country() -> list[Row]:
    """The catalogue as DANE's file has it: names in capitals, coordinates with the decimal comma."""
    names = {values["code"]: values["name"].upper() for values in seed.read("departments.csv")}
    kinds = {"municipality": "Municipio", "non_municipal_area": "Área no municipalizada", "island": "Isla"}
    return [
        row(
            values["code"], values["name"].upper(), names[values["department_code"]],
            tipo_municipio=kinds[values["kind"]], latitud=values["latitude"].replace(".", ","),
            longitud=values["longitude"].replace(".", ","),
        )
        for values in seed.read("municipalities.csv")
    ]  # fmt: skip


# --- Pasted lists ---


@pytest.fixture
def country(session: Session, now: datetime) -> None:
    """Some municipalities with long official names, and some alike."""
    places = [
        ("13001", "CARTAGENA DE INDIAS", "BOLÍVAR"),
        ("52835", "SAN ANDRÉS DE TUMACO", "NARIÑO"),
        ("73870", "VILLAHERMOSA", "TOLIMA"),
        ("05664", "SAN PEDRO DE LOS MILAGROS", "ANTIOQUIA"),
        ("05665", "SAN PEDRO DE URABÁ", "ANTIOQUIA"),
        ("05034", "ANDES", "ANTIOQUIA"),
        ("76126", "CALIMA", "VALLE DEL CAUCA"),
        ("91540", "PUERTO NARIÑO", "AMAZONAS"),
    ]
    load(session, [row(*place) for place in places], now)


@pytest.mark.parametrize(
    ("name", "department", "code"),
    [
        ("Cartagena", "Bolivar", "13001"),
        ("TUMACO", "Nariño", "52835"),
        ("VILLA HERMOSA", "Tolima", "73870"),
        ("PUERTO NARINO", "Amazonas", "91540"),
        ("Andes", "05", "05034"),
        ("Calima", "Valle", "76126"),
        ("Calima Darién", "Valle del Cauca", "76126"),
    ],
)
def test_matches(session: Session, country: None, name: str, department: str, code: str) -> None:
    assert [entity.code for entity in Gazetteer(session).meant(name, department)[0]] == [code]


@pytest.mark.parametrize(
    ("name", "department", "suggestions"),
    [
        ("San Pedro", "Antioquia", {"05664", "05665"}),
        ("Andez", "Antioquia", {"05034"}),
        ("Andes", "Atlantis", {"05034"}),
        ("Xyzzy", "Antioquia", set()),
        ("", "Antioquia", set()),
    ],
)
def test_suggests(session: Session, country: None, name: str, department: str, suggestions: set[str]) -> None:
    country = Gazetteer(session)
    assert len(country.meant(name, department)[0]) != 1
    assert {entity.code for entity in country.close(name, department)} == suggestions


def test_part_of_a_name_is_said(session: Session, country: None) -> None:
    country = Gazetteer(session)
    assert [country.meant(name, "Nariño")[1] for name in ("Tumaco", "San Andrés de Tumaco")] == [False, True]


def test_the_catalogue_matches_itself(session: Session, now: datetime) -> None:
    seed.load_catalogues(session, by=SYSTEM, now=now)
    departments = {row["code"]: row["name"] for row in seed.read("departments.csv")}
    known = seed.read("municipalities.csv")
    rows = [(values["name"].upper(), departments[values["department_code"]]) for values in known]
    country = Gazetteer(session)
    found = [[entity.code for entity in country.meant(*row)[0]] for row in rows]
    assert found == [[values["code"]] for values in known]
