"""Test messages that people send themselves."""

from datetime import UTC
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from db.errors import Conflict
from notifications import postmaster
from notifications.models import MessageStatus
from tests.notifications.scene import Scene

LATE_IN_THE_EVENING = datetime(2026, 11, 24, 4, tzinfo=UTC)  # the 23rd in Bogotá
IN_THE_MORNING = datetime(2026, 11, 24, 13, tzinfo=UTC)


def test_the_tests_of_a_day_are_those_of_the_day_in_colombia(session: Session) -> None:
    person = Scene(session, LATE_IN_THE_EVENING).person("Julio Peña")
    for _ in range(postmaster.TESTS_A_DAY):
        postmaster.send_test(session, person.id, now=LATE_IN_THE_EVENING).status = MessageStatus.SENT
    with pytest.raises(Conflict, match="hoy"):
        postmaster.send_test(session, person.id, now=LATE_IN_THE_EVENING)
    assert postmaster.send_test(session, person.id, now=IN_THE_MORNING)
