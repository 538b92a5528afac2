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
    return {"task_ids": [task["id"] for task in tasks], "data": office.answers(shown, {})}


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
