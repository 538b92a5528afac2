"""People, entities and a file that sound answers point to."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from db import files
from directory.models import Department
from directory.models import Entity
from directory.models import Person
from tests.forms.samples import answers


@pytest.fixture
def sound(session: Session, now: datetime) -> dict[str, Any]:
    """Sound answers to EVERY_KIND, with what they point to in the database."""
    session.add_all([Department(code="05", name="Antioquia", search_name="antioquia")])
    session.flush()
    towns = [
        Entity(kind="municipality", code=code, name=name, search_name=name.lower(), department_code="05")
        for code, name in (("05034", "Andes"), ("05364", "Jardin"))
    ]
    person = Person(name="Ana Ruiz", search_name="ana ruiz", created_at=now)
    session.add_all([*towns, person])
    file = files.save(session, "acta.pdf", b"%PDF-1.7 acta", by=SYSTEM, now=now)
    session.flush()
    return answers(towns[0].id, towns[1].id, person.id, file.token)
