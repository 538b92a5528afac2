"""A repeated request is answered again, not done again."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import reading
from db import transaction
from db.errors import InvalidData
from edge import idempotency
from edge.models import IdempotencyKey


class Counter:
    """Counts how often it acted."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, session: Session) -> dict[str, Any]:
        self.times += 1
        return {"times": self.times}


def keyed(person_id: int, payload: Any = 1) -> idempotency.Keyed | None:
    return idempotency.keyed("k-1", person_id, "route", payload)


def test_the_second_gets_what_the_first_got(person_id: int, now: datetime) -> None:
    act = Counter()
    first = idempotency.once(keyed(person_id), act, now=now)
    second = idempotency.once(keyed(person_id), act, now=now)
    assert (first.body, first.repeated) == ({"times": 1}, False)
    assert (second.body, second.repeated) == ({"times": 1}, True)


def test_without_a_key_it_is_done_again(person_id: int, now: datetime) -> None:
    act = Counter()
    idempotency.once(None, act, now=now)
    assert idempotency.once(None, act, now=now).body == {"times": 2}


def test_another_payload_under_the_same_key_is_refused(person_id: int, now: datetime) -> None:
    idempotency.once(keyed(person_id, 1), Counter(), now=now)
    with pytest.raises(InvalidData):
        idempotency.once(keyed(person_id, 2), Counter(), now=now)


def test_an_act_that_fails_keeps_no_key(person_id: int, now: datetime) -> None:
    def fails(session: Session) -> dict[str, Any]:
        raise InvalidData({"a": ["b"]})

    with pytest.raises(InvalidData):
        idempotency.once(keyed(person_id), fails, now=now)
    with reading() as session:
        assert session.query(IdempotencyKey).count() == 0


@pytest.mark.parametrize("key", ["con espacio", "ñ", "x" * 101])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(InvalidData):
        idempotency.keyed(key, 1, "route", None)


def test_old_answers_are_forgotten(person_id: int, now: datetime) -> None:
    idempotency.once(keyed(person_id), Counter(), now=now)
    with transaction() as session:
        idempotency.purge(session, now=now + idempotency.KEPT * 2)
        assert session.query(IdempotencyKey).count() == 0
