"""Entities, regions, and the catalogues with which the system begins."""

from datetime import datetime

import pytest
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import InvalidData
from db.errors import NotFound
from directory import entities
from directory import regions
from directory import seed
from directory import units
from directory.models import Entity
from directory.models import RegionDepartment
from directory.models import RegionScheme
from tests.departments import codes_of
from tests.directory.conftest import AddEntity


@pytest.fixture
def towns(place: AddEntity) -> None:
    """Municipalities with names that are like each other."""
    place("Santiago de Cali", "76001", department="Valle del Cauca")
    place("Calima", "76126")
    place("California", "68132", department="Santander")
    place("San Andrés de Tumaco", "52835", department="Nariño")
    place("San Andrés", "68669")
    place("Gobernación de Santander", "68", kind="governorate")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cali", ["Santiago de Cali", "California", "Calima"]),
        ("TUMACO", ["San Andrés de Tumaco"]),
        ("san andres", ["San Andrés", "San Andrés de Tumaco"]),
        ("calif sant", ["California"]),
        ("san andres narino", ["San Andrés de Tumaco"]),
        ("68669", ["San Andrés"]),
        ("no existe", []),
    ],
)
def test_search(session: Session, towns: None, text: str, expected: list[str]) -> None:
    assert [row.name for row in entities.search(session, text)] == expected


def test_search_by_kind_department_and_number(session: Session, towns: None) -> None:
    assert [row.kind for row in entities.search(session, kinds=["governorate"])] == ["governorate"]
    assert len(entities.search(session, department="76")) == 2
    assert len(entities.search(session, limit=1)) == 1


def test_search_by_alias(session: Session, towns: None, now: datetime) -> None:
    [calima] = entities.search(session, "calima")
    alias = entities.add_alias(session, calima.id, "El Darién", by=SYSTEM, now=now)
    assert entities.add_alias(session, calima.id, "EL DARIEN", by=SYSTEM, now=now) is alias
    assert entities.search(session, "el darien") == [calima]


def test_many_and_missing(session: Session, place: AddEntity) -> None:
    andes = place("Andes", "05034")
    assert entities.many(session, [andes.id, 99]) == {andes.id: andes}
    assert entities.missing(session, [andes.id, 99]) == {99}
    assert entities.missing(session, []) == set()


def test_unknown_entity(session: Session) -> None:
    with pytest.raises(NotFound):
        entities.get(session, 99)


def test_labels_name_the_department(session: Session, towns: None) -> None:
    departments = {row.code: row for row in entities.departments(session)}
    labels = [entities.label(row, departments[row.department_code]) for row in entities.search(session, "santander")]
    assert sorted(labels) == ["California (Santander)", "Gobernación de Santander", "San Andrés (Santander)"]


def test_other_beneficiaries_get_a_code_of_ours(session: Session, towns: None, now: datetime) -> None:
    rows = [
        entities.add(session, "planning_council", name, "76", by=SYSTEM, now=now) for name in ("CTP Uno", "CTP  Dos ")
    ]
    assert [(row.code, row.name) for row in rows] == [("CTP-76-1", "CTP Uno"), ("CTP-76-2", "CTP Dos")]
    assert history.of(session, history.Subject("entity", rows[0].id))[0].action == "entity.added"


@pytest.mark.parametrize(
    ("kind", "name", "department", "path"),
    [
        ("municipality", "X", "76", "kind"),
        ("council", " ", "76", "name"),
        ("council", "X", "00", "department_code"),
        ("association", "ASO uno", "76", "name"),
    ],
)
def test_wrong_beneficiaries(
    session: Session, towns: None, now: datetime, kind: str, name: str, department: str, path: str
) -> None:
    entities.add(session, "association", "Aso Uno", "76", by=SYSTEM, now=now)
    with pytest.raises(InvalidData) as caught:
        entities.add(session, kind, name, department, by=SYSTEM, now=now)
    assert list(caught.value.errors) == [path]


# --- Regions ---


def test_the_region_of_an_entity(session: Session, scheme: RegionScheme, place: AddEntity) -> None:
    [caribe] = regions.current(session)
    mompos = entities.search(session, "mompos")[0]
    leticia = place("Leticia", "91001")
    assert entities.regions_of(session, [mompos.id, leticia.id]) == {mompos.id: caribe.id}
    assert entities.region_of(session, leticia.id) is None
    assert codes_of(session, caribe.id) == ["13"]


def test_a_scheme_must_place_every_department(session: Session, scheme: RegionScheme, now: datetime) -> None:
    session.add(RegionScheme(key="dos", name="Dos", region_count=6))
    session.flush()
    with pytest.raises(InvalidData, match="datos por corregir") as caught:
        regions.make_current(session, "dos", by=SYSTEM, now=now)
    assert "Departamento 13" in caught.value.errors["key"][0]


def test_one_scheme_is_current(session: Session, scheme: RegionScheme, now: datetime) -> None:
    other = RegionScheme(key="dos", name="Dos", region_count=1)
    session.add(other)
    session.flush()
    [caribe] = regions.current(session)
    session.add(RegionDepartment(scheme_id=other.id, department_code="13", region_id=caribe.id))
    session.flush()
    regions.make_current(session, "dos", by=SYSTEM, now=now)
    assert [(row.key, row.current) for row in regions.schemes(session)] == [("dos", True), ("uno", False)]


def test_names_the_regions_of_a_declared_scheme(session: Session, scheme: RegionScheme, now: datetime) -> None:
    session.add(RegionScheme(key="2024", name="2024", region_count=1))
    session.flush()
    regions.define(session, "2024", {"Única": ["13"]}, by=SYSTEM, now=now)
    regions.make_current(session, "2024", by=SYSTEM, now=now)
    assert [row.name for row in regions.current(session)] == ["Única"]


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("uno", {"Otra": ["13"]}),
        ("2024", {"A": ["13"], "B": []}),
        ("2024", {"A": []}),
        ("2024", {"A": ["13", "13"]}),
        ("2024", {"A": ["13", "99"]}),
    ],
)
def test_wrong_regions(
    session: Session, scheme: RegionScheme, now: datetime, key: str, named: dict[str, list[str]]
) -> None:
    session.add(RegionScheme(key="2024", name="2024", region_count=1))
    session.flush()
    with pytest.raises(InvalidData):
        regions.define(session, key, named, by=SYSTEM, now=now)


# --- Catalogues ---


COUNTS = [("municipality", 1103), ("non_municipal_area", 18), ("island", 1), ("governorate", 32)]


@pytest.fixture
def catalogues(session: Session, now: datetime) -> None:
    """The catalogues, loaded."""
    seed.load_catalogues(session, by=SYSTEM, now=now)


@pytest.mark.parametrize(("kind", "count"), COUNTS)
def test_how_many_entities(session: Session, catalogues: None, kind: str, count: int) -> None:
    assert session.scalar(select(func.count(Entity.id)).where(Entity.kind == kind)) == count


def test_loading_twice_adds_nothing(session: Session, catalogues: None, now: datetime) -> None:
    assert not any(seed.load_catalogues(session, by=SYSTEM, now=now).values())
    assert len(history.of(session, history.Subject("catalogue", 1))) == 1


def test_every_department_is_in_one_of_seven_regions(session: Session, catalogues: None) -> None:
    placed = [code for region in regions.current(session) for code in codes_of(session, region.id)]
    assert len(regions.current(session)) == 7
    assert len(placed) == len(set(placed)) == 33


def test_schemes_without_names_are_declared_and_not_current(session: Session, catalogues: None) -> None:
    assert {(row.key, row.region_count, row.current) for row in regions.schemes(session)} == {
        ("2020-resultados", 7, True), ("decreto-1893", 6, False), ("2024", 8, False),
    }  # fmt: skip


def test_codes_begin_with_the_department() -> None:
    rows = seed.read("municipalities.csv")
    assert all(len(row["code"]) == 5 and row["code"].startswith(row["department_code"]) for row in rows)


def test_the_der_hangs_under_decentralisation(session: Session, catalogues: None) -> None:
    der, sgddt = units.find(session, "DER"), units.find(session, "SGDDT")
    assert der
    assert sgddt
    assert der.parent_id == sgddt.id


@pytest.mark.parametrize(
    ("name", "kind", "department", "said"),
    [
        ("Los Córdobas", "municipality", "Córdoba", "Los Córdobas, Córdoba"),
        ("Bogotá, D.C.", "municipality", "Bogotá, D.C.", "Bogotá, D.C."),
        ("Gobernación de Córdoba", "governorate", "Córdoba", "Gobernación de Córdoba"),
        ("Concejo de Montería", "council", "Córdoba", "Concejo de Montería, Córdoba"),
    ],
)
def test_a_place_is_said_with_its_department(name: str, kind: str, department: str, said: str) -> None:
    assert entities.said(name, kind, department) == said
