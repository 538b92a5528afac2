"""The same step for several entities at once: each keeps its own history, and one that fails stops no other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import registry
from engine.context import Context
from tests.api.office import Office

STEP = "Activity_IdentificarNecesidad"


@pytest.fixture
def sent(office: Office, plans: list[dict[str, Any]]) -> dict[str, Any]:
    """The first step of both."""
    tasks = [office.task(plan["instance_id"], STEP) for plan in plans]
    shown = office.callers["asesora"]("GET", f"/tasks/{tasks[0]['id']}").json
    return {"task_ids": [task["id"] for task in tasks], "data": office.answers(office.callers["asesora"], shown, {})}


def batch(office: Office, sent: dict[str, Any]) -> list[dict[str, Any]]:
    return list(office.callers["asesora"]("POST", "/tasks/complete-batch", json=sent).json["items"])


def completions(office: Office, plan: dict[str, Any]) -> list[dict[str, Any]]:
    rows = office.reader("GET", f"/instances/{plan['instance_id']}/history").json["items"]
    return [row for row in rows if row["action"] == "task.completed"]


def test_each_entity_keeps_its_own_history(office: Office, plans: list[dict[str, Any]], sent: dict[str, Any]) -> None:
    outcomes = batch(office, sent)
    written = [completions(office, plan) for plan in plans]
    assert [[row["details"]["receipt"] for row in rows] for rows in written] == [
        [outcome["receipt"]["receipt"]] for outcome in outcomes
    ]
    assert len({rows[0]["hash"] for rows in written}) == 2


def test_each_goes_on_by_itself(office: Office, plans: list[dict[str, Any]], sent: dict[str, Any]) -> None:
    batch(office, sent)
    assert [office.waiting(plan["instance_id"]) for plan in plans] == [["Activity_ProgramarAsistencia"]] * 2


def test_one_that_fails_stops_no_other(office: Office, plans: list[dict[str, Any]], sent: dict[str, Any]) -> None:
    broken = {"task_id": sent["task_ids"][0], "data": {"needs": []}}
    outcomes = batch(office, {**sent, "overrides": [broken]})
    assert [row["done"] for row in outcomes] == [False, True]
    assert "needs" in outcomes[0]["errors"]
    assert [len(completions(office, plan)) for plan in plans] == [0, 1]


def test_what_nobody_foresaw_in_one_stops_no_other(
    office: Office, plans: list[dict[str, Any]], sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
        if context.ref("plan_id") == plans[0]["id"]:
            raise RuntimeError("secret detail")

    monkeypatch.setitem(registry._checks, "identificacion_necesidad", breaks)
    outcomes = batch(office, sent)
    assert [row["done"] for row in outcomes] == [False, True]
    assert "inesperado" in outcomes[0]["message"]
    assert [len(completions(office, plan)) for plan in plans] == [0, 1]


def keyed(office: Office, sent: dict[str, Any], key: str, status: int = 200) -> Any:
    headers = {"Idempotency-Key": key}
    return office.callers["asesora"](
        "POST", "/tasks/complete-batch", json=sent, headers=headers, _expected_status=status
    ).json


def test_a_repeated_batch_gets_the_first_receipts(
    office: Office, plans: list[dict[str, Any]], sent: dict[str, Any]
) -> None:
    first, again = (keyed(office, sent, "lote-1")["items"] for _ in range(2))
    assert all(row["done"] for row in first)
    assert first == again
    assert [len(completions(office, plan)) for plan in plans] == [1, 1]


def test_what_failed_is_tried_again_with_the_same_key(
    office: Office, plans: list[dict[str, Any]], sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
        if context.ref("plan_id") == plans[0]["id"]:
            raise RuntimeError("secret detail")

    with monkeypatch.context() as patched:
        patched.setitem(registry._checks, "identificacion_necesidad", breaks)
        first = keyed(office, sent, "lote-1")["items"]
    again = keyed(office, sent, "lote-1")["items"]
    assert ([row["done"] for row in first], [row["done"] for row in again]) == ([False, True], [True, True])
    assert first[1] == again[1]


def test_a_key_is_for_one_batch(office: Office, sent: dict[str, Any]) -> None:
    keyed(office, sent, "lote-1")
    keyed(office, {**sent, "task_ids": sent["task_ids"][:1]}, "lote-1", 422)


def test_why_an_entity_is_left_out_stands_in_its_history(
    office: Office, plans: list[dict[str, Any]], sent: dict[str, Any]
) -> None:
    first, second = sent["task_ids"]
    body = {**sent, "task_ids": [first], "left_out": [{"task_id": second, "reason": "Paro de transporte."}]}
    for _ in range(2):
        keyed(office, body, "lote-1")
    rows = office.reader("GET", f"/instances/{plans[1]['instance_id']}/history").json["items"]
    assert [row["reason"] for row in rows if row["action"] == "task.left_out"] == ["Paro de transporte."]
    assert office.waiting(plans[1]["instance_id"]) == [STEP]


def test_nobody_leaves_out_what_they_could_not_complete(office: Office, sent: dict[str, Any]) -> None:
    left_out = [{"task_id": sent["task_ids"][1], "reason": "Porque sí."}]
    body = {**sent, "task_ids": [sent["task_ids"][0]], "left_out": left_out}
    office.callers["lider"]("POST", "/tasks/complete-batch", json=body, _expected_status=403)


def test_a_step_whose_rows_the_case_gives_is_done_for_several(office: Office, plans: list[dict[str, Any]]) -> None:
    advisor = office.callers["asesora"]
    for plan in plans:
        office.do(plan["instance_id"], STEP)
    tasks = [office.task(plan["instance_id"], "Activity_ProgramarAsistencia") for plan in plans]
    shown = advisor("GET", f"/tasks/{tasks[0]['id']}").json
    outcomes = batch(office, {"task_ids": [task["id"] for task in tasks], "data": office.answers(advisor, shown, {})})
    assert [(row["done"], row["message"]) for row in outcomes] == [(True, "")] * 2


def drafted(office: Office, task_id: int, data: dict[str, Any]) -> int:
    """Leave a draft of its own at a task; returns its revision."""
    answer = office.callers["asesora"]("PUT", f"/tasks/{task_id}/draft", json={"data": data})
    return int(answer.json["revision"])


def answers(office: Office, outcome: dict[str, Any]) -> dict[str, Any]:
    path = f"/instances/{outcome['receipt']['instance_id']}/submissions"
    newest = office.reader("GET", path).json["items"][-1]
    return dict(office.reader("GET", f"{path}/{newest['id']}").json["data"])


QUESTION, OWN = "installed_capacity", "Lo que se vio en esta entidad."


def test_a_draft_of_its_own_stays_with_the_entity_that_has_it(office: Office, sent: dict[str, Any]) -> None:
    drafted(office, sent["task_ids"][1], {QUESTION: OWN})
    first, second = (answers(office, outcome) for outcome in batch(office, sent))
    assert (first[QUESTION], second[QUESTION]) == (sent["data"][QUESTION], OWN)


@pytest.mark.parametrize(("later", "done"), [(0, True), (1, False)])
def test_it_gives_way_when_it_is_named_as_it_was_read(
    office: Office, sent: dict[str, Any], later: int, done: bool
) -> None:
    key = sent["task_ids"][1]
    seen = drafted(office, key, {QUESTION: OWN}) + later
    outcome = batch(office, {**sent, "replaced_drafts": [{"task_id": key, "revision": seen}]})[1]
    assert outcome["done"] is done
    if done:
        assert answers(office, outcome)[QUESTION] == sent["data"][QUESTION]
