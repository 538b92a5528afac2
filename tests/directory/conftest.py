"""Fixtures of this room: a few people and places."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from directory import people
from directory import units
from directory.models import Department
from directory.models import Entity
from directory.models import Person
from directory.models import Region
from directory.models import RegionDepartment
from directory.models import RegionScheme
from directory.names import normalise

AddPerson = Callable[..., Person]
AddEntity = Callable[..., Entity]


@pytest.fixture
def add_person(session: Session, now: datetime) -> AddPerson:
    """Adds a person by name."""
    return lambda name="Ana Ruiz", **values: people.add(session, name, by=SYSTEM, now=now, **values)


@pytest.fixture
def place(session: Session) -> AddEntity:
    """Adds an entity, its department included."""

    def add(name: str, code: str, kind: str = "municipality", department: str = "") -> Entity:
        if session.get(Department, code[:2]) is None:
            named = department or f"Departamento {code[:2]}"
            session.add(Department(code=code[:2], name=named, search_name=normalise(named)))
            session.flush()
        entity = Entity(kind=kind, code=code, name=name, search_name=normalise(name), department_code=code[:2])
        session.add(entity)
        session.flush()
        return entity

    return add


@pytest.fixture
def scheme(session: Session, place: AddEntity) -> RegionScheme:
    """A current scheme of one region, Caribe, with the department 13."""
    place("Mompós", "13468")
    scheme = RegionScheme(key="uno", name="Uno", region_count=1, current=True)
    session.add(scheme)
    session.flush()
    region = Region(scheme_id=scheme.id, name="Caribe")
    session.add(region)
    session.flush()
    session.add(RegionDepartment(scheme_id=scheme.id, department_code="13", region_id=region.id))
    session.flush()
    return scheme


@pytest.fixture
def unit_id(session: Session, now: datetime) -> int:
    """A unit."""
    return units.add(session, "DER", "Dirección de Estrategia Regional", by=SYSTEM, now=now).id
