"""A rehearsal sees what there is, may write everything, and leaves nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import SYSTEM
from db import reading
from db import settings
from db import transaction
from db.rehearsal import rehearsal


def put(session: Session, key: str, now: datetime) -> None:
    settings.put(session, key, "sí", by=SYSTEM, now=now)


def test_nothing_stays_of_a_rehearsal(database: None, now: datetime) -> None:
    with transaction() as session:
        put(session, "before", now)
    with rehearsal() as session:
        put(session, "during", now)
        session.flush()
        assert settings.get(session, "before", "") == "sí"
        assert settings.get(session, "during", "") == "sí"
    with reading() as session:
        assert settings.get(session, "during", "") == ""


def test_others_write_meanwhile(database: None, now: datetime) -> None:
    with rehearsal() as session:
        put(session, "during", now)
        session.flush()
        with transaction() as other:
            put(other, "meanwhile", now)
    with reading() as session:
        assert settings.get(session, "meanwhile", "") == "sí"
