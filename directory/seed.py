"""The catalogues with which the system begins: units, regions, departments, gobernaciones and municipalities.

Units come from the DNP's structure of 2022 (Decreto 1893 de 2021). The 1,122 municipalities, non-municipal areas and
the island are those of DANE's DIVIPOLA, with its codes and coordinates; a newer file of DANE's is imported over them
(`territory.import_file`). Aliases are the names by which lists of the DNP call some of them: «El Carmen» (Chocó) is
ambiguous there and read as El Carmen de Atrato. The source names seven regions and not their departments: which
department lies in which region is our reading.
"""

import csv
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from directory import units
from directory.models import Department
from directory.models import Entity
from directory.models import EntityAlias
from directory.models import Region
from directory.models import RegionDepartment
from directory.models import RegionScheme
from directory.names import normalise

DATA = Path(__file__).parent / "data"

CURRENT_SCHEME = "2020-resultados"

SCHEMES: tuple[dict[str, Any], ...] = (
    {
        "key": CURRENT_SCHEME,
        "name": "Siete regiones de los resultados de 2020",
        "region_count": 7,
        "note": "Nombres de la fuente. La asignación de departamentos es una lectura nuestra.",
    },
    {
        "key": "decreto-1893",
        "name": "Seis grupos regionales del Decreto 1893 de 2021",
        "region_count": 6,
        "note": "La fuente no da los nombres.",
    },
    {
        "key": "2024",
        "name": "Ocho regiones de la estructura de 2024",
        "region_count": 8,
        "note": "La fuente muestra los nombres sólo en una imagen.",
    },
)


def load_catalogues(session: Session, *, by: Actor, now: datetime) -> dict[str, int]:
    """Add what is missing of the catalogues, leaving what is there as it is; returns how many rows of each it added."""
    created = {
        "units": _load_units(session, by, now),
        "departments": _load_departments(session),
        "region_schemes": _load_schemes(session),
        "entities": _load_entities(session),
        "aliases": _load_aliases(session),
    }
    if any(created.values()):
        summary = "Cargó los catálogos iniciales."
        subject = history.Subject("catalogue", 1)
        history.record(session, subject, "catalogue.loaded", by=by, now=now, summary=summary, details=created)
    return created


def read(name: str) -> list[dict[str, str]]:
    """The rows of a data file of this room (`departments.csv`)."""
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _load_units(session: Session, by: Actor, now: datetime) -> int:
    known = {unit.code: unit.id for unit in units.every(session, disabled=True)}
    before = len(known)
    for row in read("units.csv"):
        if row["code"] not in known:
            parent = known.get(row["parent"])
            known[row["code"]] = units.add(session, row["code"], row["name"], parent_id=parent, by=by, now=now).id
    return len(known) - before


def _load_departments(session: Session) -> int:
    known = set(session.scalars(select(Department.code)))
    rows = [_named(code=row["code"], name=row["name"]) for row in read("departments.csv") if row["code"] not in known]
    return _insert(session, Department, rows)


def _load_schemes(session: Session) -> int:
    known = set(session.scalars(select(RegionScheme.key)))
    some_current = session.scalars(select(RegionScheme.id).where(RegionScheme.current)).first() is not None
    new = [RegionScheme(**values, current=False) for values in SCHEMES if values["key"] not in known]
    session.add_all(new)
    session.flush()
    for scheme in new:
        if scheme.key == CURRENT_SCHEME:
            scheme.current = not some_current
            _load_regions(session, scheme)
    return len(new)


def _load_regions(session: Session, scheme: RegionScheme) -> None:
    rows = read("departments.csv")
    regions = {name: Region(scheme_id=scheme.id, name=name) for name in sorted({row["region"] for row in rows})}
    session.add_all(regions.values())
    session.flush()
    places = [
        {"scheme_id": scheme.id, "department_code": row["code"], "region_id": regions[row["region"]].id} for row in rows
    ]
    _insert(session, RegionDepartment, places)


def _load_entities(session: Session) -> int:
    known = set(session.scalars(select(Entity.code)))
    rows = [
        _named(
            kind="governorate",
            code=row["code"],
            name=row["governorate"],
            department_code=row["code"],
            latitude=None,
            longitude=None,
        )
        for row in read("departments.csv")
        if row["governorate"]
    ]
    rows += [
        _named(
            kind=row["kind"],
            code=row["code"],
            name=row["name"],
            department_code=row["department_code"],
            latitude=_degrees(row["latitude"]),
            longitude=_degrees(row["longitude"]),
        )
        for row in read("municipalities.csv")
    ]
    return _insert(session, Entity, [row for row in rows if row["code"] not in known])


def _load_aliases(session: Session) -> int:
    ids = {row.code: row.id for row in session.execute(select(Entity.code, Entity.id))}
    known = {(row.entity_id, row.search_name) for row in session.scalars(select(EntityAlias))}
    rows = [
        _named(entity_id=ids[row["code"]], name=alias)
        for row in read("municipalities.csv")
        for alias in row["aliases"].split("|")
        if alias
    ]
    return _insert(session, EntityAlias, [row for row in rows if (row["entity_id"], row["search_name"]) not in known])


def _degrees(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _named(*, name: str, **values: Any) -> dict[str, Any]:
    return {"name": name, "search_name": normalise(name), **values}


def _insert(session: Session, table: type[Any], rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> int:
    if rows:
        session.execute(insert(table), rows)
    return len(rows)
