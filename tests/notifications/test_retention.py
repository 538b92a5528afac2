"""What was sent keeps its body for some months; then who, what and when remain."""

from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import retention as db_retention
from db import settings
from db.errors import Conflict
from db.retention import TERMS
from directory.models import Person
from directory.principal import Grant
from directory.principal import Principal
from notifications import outbox
from notifications import postmaster
from notifications import retention
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.senders import Answer
from notifications.senders import Outcome
from tests.notifications.scene import Scene

OPERATOR = Principal(1, "Ada Mora", None, (Grant("administrator", "national"),))
LONG = timedelta(days=731)


@pytest.fixture
def julio(session: Session, now: datetime) -> Person:
    return Scene(session, now).person("Julio Peña")


def event(session: Session, person: Person, at: datetime, key: str = "uno") -> Message:
    context = {"subject": "Su informe volvió", "paragraphs": ["Faltan los soportes."], "link": "/informes/1"}
    row = outbox.enqueue(session, key, "event", "email", person.id, context, stale_at=None, now=at)
    session.flush()
    return row


def sent(session: Session, person: Person, at: datetime) -> Message:
    row = event(session, person, at)
    (parcel,) = outbox.claim(session, [row.id], now=at)
    outbox.record(session, parcel, Answer(Outcome.SENT, "250", "Recibido por mx"), now=at)
    session.flush()
    return row


def run(session: Session, now: datetime) -> int:
    term = TERMS[retention.KEY]
    limit = db_retention.limit(term, db_retention.length(session, term), now)
    assert limit is not None
    foreseen = db_retention.waiting(session, term, db_retention.length(session, term), now)
    done = retention.forget(session, limit, now)
    assert done == foreseen
    session.flush()
    session.expire_all()
    return done


def test_the_body_goes_and_who_what_when_stay(session: Session, julio: Person, now: datetime) -> None:
    row = sent(session, julio, now)
    assert run(session, now + LONG) == 2
    attempt = session.scalars(select(DeliveryAttempt)).one()
    assert row.content is None
    assert "soportes" not in str(row.context)
    assert (row.subject, row.address, row.sent_at) == ("Su informe volvió", julio.email, now)
    assert (attempt.at, attempt.outcome, attempt.code, attempt.detail) == (now, "sent", "250", "")
    assert postmaster.preview(row) is None


def test_the_second_time_it_finds_nothing(session: Session, julio: Person, now: datetime) -> None:
    sent(session, julio, now)
    run(session, now + LONG)
    assert run(session, now + LONG) == 0


def test_what_never_left_loses_its_body_too(session: Session, julio: Person, now: datetime) -> None:
    row = event(session, julio, now)
    row.status = MessageStatus.CANCELLED
    assert run(session, now + LONG) == 1
    assert row.subject == "Su informe volvió"
    assert "soportes" not in str(row.context)
    assert run(session, now + LONG) == 0


@pytest.mark.parametrize("months", [24, 6])
def test_the_setting_decides(session: Session, julio: Person, now: datetime, months: int) -> None:
    sent(session, julio, now)
    settings.put(session, retention.KEY, months, by=SYSTEM, now=now)
    assert run(session, now + timedelta(days=months * 365 // 12)) == 0
    assert run(session, now + timedelta(days=months * 365 // 12, minutes=1)) == 2


def test_what_still_waits_is_kept(session: Session, julio: Person, now: datetime) -> None:
    row = event(session, julio, now)
    assert run(session, now + LONG) == 0
    assert "soportes" in str(row.context)


def test_it_is_not_sent_again(session: Session, julio: Person, now: datetime) -> None:
    row = sent(session, julio, now)
    run(session, now + LONG)
    with pytest.raises(Conflict, match="ya no se conserva"):
        postmaster.resend(session, row.id, "No le llegó", by=OPERATOR, now=now + LONG)
