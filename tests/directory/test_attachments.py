"""What uses a file, kept once, whoever comes first."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import files
from db import reading
from db import transaction
from db.files import FileUse
from db.history import Subject
from directory import attachments
from tests.meanwhile import during

CASE = Subject("instance", 1)


@pytest.fixture
def token(database: None, now: datetime) -> str:
    with transaction() as session:
        return files.save(session, "acta.pdf", b"%PDF-1.7", by=SYSTEM, now=now).token


def test_two_acts_at_once_use_a_file_for_the_same_thing(token: str, now: datetime) -> None:
    def attach(session: Session) -> None:
        attachments.use(session, [token], CASE, now=now)

    during(attach, attach)
    with reading() as session:
        assert [row.subject_id for row in session.scalars(select(FileUse))] == [CASE.id]
