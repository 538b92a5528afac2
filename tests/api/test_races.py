"""Two at once: one does it, the other is told who and when, or gets the same receipt."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from db import clock
from db import reading
from engine.models import Submission
from tests.api.callers import Caller
from tests.api.conftest import Api

SENT = {"data": {"text": "Hola"}}
ROUNDS = range(3)
AT_ONCE = 4


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Moves the clock on by some minutes."""
    first: datetime = clock.now()

    def move(minutes: int) -> None:
        monkeypatch.setattr("db.clock.now", lambda: first + timedelta(minutes=minutes))

    move(0)
    return move


def send(caller: Caller, task_id: int, *, if_match: str = "*", key: str = "", status: int = 200) -> TestResponse:
    headers = {"If-Match": if_match, **({"Idempotency-Key": key} if key else {})}
    return caller("POST", f"/tasks/{task_id}/complete", json=SENT, headers=headers, _expected_status=status)


def at_once(app: Flask, caller: Caller, task_id: int, keys: list[str]) -> list[TestResponse]:
    """The same completion sent at the same moment, once with each of `keys`, by clients of their own."""
    start = Barrier(len(keys))

    def one(key: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {caller.token}", "If-Match": "*", "Idempotency-Key": key}
        client = app.test_client()
        start.wait()
        return client.post(f"/api/v1/tasks/{task_id}/complete", json=SENT, headers=headers)

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(one, keys))


def submissions_of(task_id: int) -> int:
    with reading() as session:
        return session.query(Submission).filter_by(task_id=task_id).count()


def test_who_is_late_hears_who_was_faster_and_when(api: Api, task_id: int, later: Callable[[int], None]) -> None:
    send(api("ana"), task_id)
    later(2)
    problem = send(api("ana"), task_id, status=409).json
    assert problem["detail"] == "«Activity_Escribir» ya la completó Ana hace 2 minutos."
    assert problem["type"] == "urn:att:problem:completed"


def test_a_stale_revision_says_who_changed_it_and_when(api: Api, review_id: int, later: Callable[[int], None]) -> None:
    seen = api("rosa")("GET", f"/tasks/{review_id}").headers["ETag"]
    api("rosa")("POST", f"/tasks/{review_id}/claim")
    later(5)
    problem = send(api("rosa"), review_id, if_match=seen, status=412).json
    assert problem["detail"].startswith("Rosa cambió «Activity_Revisar» hace 5 minutos")
    assert problem["type"] == "urn:att:problem:stale"


def test_a_revision_that_never_was_is_stale_too(api: Api, task_id: int) -> None:
    assert "cambió" in send(api("ana"), task_id, if_match='"999"', status=412).json["detail"]


def test_who_claims_late_hears_who_has_it(api: Api, review_id: int) -> None:
    api("rosa")("POST", f"/tasks/{review_id}/claim")
    assert "Rosa" in api("rosa")("POST", f"/tasks/{review_id}/claim", _expected_status=409).json["detail"]


@pytest.mark.parametrize("_round", ROUNDS)
def test_one_key_at_once_is_one_act_with_one_receipt(app: Flask, api: Api, task_id: int, _round: int) -> None:
    answers = at_once(app, api("ana"), task_id, ["k-1"] * AT_ONCE)
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert len({answer.get_data() for answer in answers}) == 1
    assert submissions_of(task_id) == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_other_keys_at_once_are_one_act_and_conflicts(app: Flask, api: Api, task_id: int, _round: int) -> None:
    answers = at_once(app, api("ana"), task_id, [f"k-{number}" for number in range(AT_ONCE)])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (AT_ONCE - 1)
    assert all("Ana" in answer.json["detail"] for answer in answers if answer.status_code == 409)
    assert submissions_of(task_id) == 1
