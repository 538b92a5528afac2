"""Settings that people change."""

from datetime import datetime
from datetime import timedelta

from sqlalchemy.orm import Session

from db import Actor
from db import settings

ANA = Actor(person_id=7, name="Ana Ruiz")


def test_an_unchanged_setting_has_its_default(session: Session) -> None:
    assert settings.get(session, "rondas", 3) == 3


def test_a_changed_setting_keeps_who_and_when(session: Session, now: datetime) -> None:
    settings.put(session, "rondas", 3, by=ANA, now=now)
    settings.put(session, "rondas", 5, by=ANA, now=now + timedelta(days=1))
    row = session.get_one(settings.Setting, "rondas")
    assert (row.value, row.changed_by, row.changed_at) == (5, 7, now + timedelta(days=1))
