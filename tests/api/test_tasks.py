"""Tasks over the API: read, claimed, completed once."""

import pytest

from db import reading
from edge import metrics
from engine import incidents
from engine.models import Submission
from tests.api.conftest import Api
from tests.engine.conftest import Notebook

SENT = {"data": {"text": "Hola"}}


def complete(api: Api, task_id: int, key: str = "", **options):
    headers = {"If-Match": "*", **({"Idempotency-Key": key} if key else {})}
    return api("ana")("POST", f"/tasks/{task_id}/complete", json=SENT, headers=headers, **options)


def test_the_inbox_lists_what_waits_for_me(api: Api, task_id: int) -> None:
    assert [row["element"] for row in api("ana")("GET", "/tasks").json["items"]] == ["Activity_Escribir"]


def test_the_inbox_of_others_is_empty(api: Api, task_id: int) -> None:
    assert api("rosa")("GET", "/tasks").json == {"items": [], "next_cursor": ""}


def test_a_task_comes_with_its_form(api: Api, task_id: int) -> None:
    shown = api("ana")("GET", f"/tasks/{task_id}").json
    assert shown["form"]["name"] == "nota"
    assert shown["schema"]["required"] == ["text"]
    assert shown["instance_title"] == "Trámite uno"


def test_a_task_carries_its_revision_as_etag(api: Api, task_id: int) -> None:
    response = api("ana")("GET", f"/tasks/{task_id}")
    assert response.headers["ETag"] == f'"{response.json["revision"]}"'


def test_a_stranger_may_not_read_it(api: Api, task_id: int) -> None:
    api("mesa")("GET", f"/tasks/{task_id}", _expected_status=404)


def test_completing_gives_a_receipt(api: Api, task_id: int) -> None:
    receipt = complete(api, task_id).json
    assert receipt["task_id"] == task_id
    assert receipt["receipt"]


def test_completing_opens_the_next_task(api: Api, task_id: int) -> None:
    complete(api, task_id)
    assert [row["element"] for row in api("rosa")("GET", "/tasks").json["items"]] == ["Activity_Revisar"]


def test_the_same_key_gets_the_first_receipt(api: Api, task_id: int) -> None:
    assert complete(api, task_id, "k-1").json == complete(api, task_id, "k-1").json
    with reading() as session:
        assert session.query(Submission).count() == 1


def test_the_same_key_for_other_answers_is_refused(api: Api, task_id: int) -> None:
    complete(api, task_id, "k-1")
    headers = {"If-Match": "*", "Idempotency-Key": "k-1"}
    other = {"data": {"text": "Adiós"}}
    api("ana")("POST", f"/tasks/{task_id}/complete", json=other, headers=headers, _expected_status=422)


def test_a_key_is_not_kept_when_the_act_fails(api: Api, task_id: int) -> None:
    headers = {"If-Match": "*", "Idempotency-Key": "k-1"}
    path = f"/tasks/{task_id}/complete"
    api("ana")("POST", path, json={"data": {}}, headers=headers, _expected_status=422)
    complete(api, task_id, "k-1")


def test_completing_twice_without_a_key_is_a_conflict_in_words(api: Api, task_id: int) -> None:
    complete(api, task_id)
    problem = complete(api, task_id, _expected_status=409).json
    assert "Ana" in problem["detail"]


def test_completing_needs_the_revision(api: Api, task_id: int) -> None:
    api("ana")("POST", f"/tasks/{task_id}/complete", json=SENT, _expected_status=428)


def test_a_stale_revision_fails(api: Api, task_id: int) -> None:
    path = f"/tasks/{task_id}/complete"
    api("ana")("POST", path, json=SENT, headers={"If-Match": '"999"'}, _expected_status=412)


def test_the_etag_is_what_if_match_expects(api: Api, task_id: int) -> None:
    etag = api("ana")("GET", f"/tasks/{task_id}").headers["ETag"]
    api("ana")("POST", f"/tasks/{task_id}/complete", json=SENT, headers={"If-Match": etag})


def test_wrong_answers_say_where(api: Api, task_id: int) -> None:
    path, headers = f"/tasks/{task_id}/complete", {"If-Match": "*"}
    problem = api("ana")("POST", path, json={"data": {}}, headers=headers, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["text"]


@pytest.mark.parametrize("value", [{"q": 1}, [1, {"z": None}]])
def test_a_draft_that_no_page_could_show_is_refused(api: Api, task_id: int, value: object) -> None:
    sent = {"data": {"text": value, "nothing": "x"}}
    problem = api("ana")("PUT", f"/tasks/{task_id}/draft", json=sent, _expected_status=422).json
    assert {error["path"] for error in problem["errors"]} == {"text", "nothing"}


def test_a_draft_is_kept_and_thrown_away(api: Api, task_id: int) -> None:
    api("ana")("PUT", f"/tasks/{task_id}/draft", json={"data": {"text": "A medias"}})
    assert api("ana")("GET", f"/tasks/{task_id}").json["draft"]["data"] == {"text": "A medias"}
    api("ana")("DELETE", f"/tasks/{task_id}/draft", _expected_status=204)
    assert api("ana")("GET", f"/tasks/{task_id}").json["draft"] is None


def test_a_batch_says_what_came_of_each(api: Api, task_id: int) -> None:
    sent = {"task_ids": [task_id, 999], **SENT}
    outcomes = api("ana")("POST", "/tasks/complete-batch", json=sent).json["items"]
    assert [row["done"] for row in outcomes] == [True, False]
    assert "999" in outcomes[1]["message"]


def finish(api: Api, review_id: int):
    return api("rosa")("POST", f"/tasks/{review_id}/complete", json=SENT, headers={"If-Match": "*"})


def test_the_service_runs_after_the_step(api: Api, review_id: int, notebook: Notebook) -> None:
    finish(api, review_id)
    assert len(notebook.lines) == 1


def test_a_service_that_fails_leaves_the_step_safe(
    api: Api, review_id: int, instance_id: int, notebook: Notebook
) -> None:
    notebook.broken = True
    assert finish(api, review_id).json["receipt"]
    with reading() as session:
        assert [row.instance_id for row in incidents.listed(session).items] == [instance_id]


def test_an_incident_is_retried(api: Api, review_id: int, instance_id: int, notebook: Notebook) -> None:
    notebook.broken = True
    finish(api, review_id)
    notebook.broken = False
    incident = api("root")("GET", "/incidents").json["items"][0]
    assert api("root")("POST", f"/incidents/{incident['id']}/retry").json["status"] == "resolved"
    assert api("ana")("GET", f"/instances/{instance_id}").json["status"] == "completed"


def test_a_remark_is_made_sent_and_answered(api: Api, review_id: int) -> None:
    made = api("rosa")(
        "POST", f"/tasks/{review_id}/observations", json={"path": "text", "text": "Corto"}, _expected_status=201
    ).json
    finish(api, review_id)
    answered = api("ana")("POST", f"/observations/{made['id']}/answer", json={"text": "Ya"}).json
    assert answered["status"] == "answered"


def test_many_incidents_are_retried_at_once(api: Api, review_id: int, instance_id: int, notebook: Notebook) -> None:
    notebook.broken = True
    finish(api, review_id)
    (row,) = api("root")("GET", "/incidents?q=uno").json["items"]
    assert api("root")("GET", "/incidents?q=otro").json["items"] == []
    sent = {"ids": [row["id"], 9999], "reason": "Se corrigió"}
    tried = api("root")("POST", "/incidents/retry", json=sent).json["items"]
    assert [(one["id"], one["status"], bool(one["message"])) for one in tried] == [
        (row["id"], "open", False), (9999, "", True),
    ]  # fmt: skip
    notebook.broken = False
    assert api("root")("POST", "/incidents/retry", json=sent).json["items"][0]["status"] == "resolved"
    assert "ya se resolvió" in api("root")("POST", "/incidents/retry", json=sent).json["items"][0]["message"]
    api("ana")("POST", "/incidents/retry", json=sent, _expected_status=403)
    api("root")("POST", "/incidents/retry", json={"ids": []}, _expected_status=422)


def test_a_step_is_restarted_with_a_reason(api: Api, review_id: int, instance_id: int, notebook: Notebook) -> None:
    notebook.broken = True
    finish(api, review_id)
    (one,) = api("root")("GET", f"/instances/{instance_id}/waiting").json["items"]
    assert (one["kind"], one["element"], one["sound"]) == ("service", "Activity_Anotar", True)
    assert one["incident_id"]
    path, notebook.broken = f"/instances/{instance_id}/restart", False
    api("root")("POST", path, json={"work_id": one["work_id"], "reason": "."}, _expected_status=422)
    api("luz")("POST", path, json={"work_id": one["work_id"], "reason": "Se corrigió"}, _expected_status=403)
    api("root")("POST", path, json={"work_id": one["work_id"], "reason": "Se corrigió"}, _expected_status=204)
    assert api("ana")("GET", f"/instances/{instance_id}").json["status"] == "completed"
    acts = api("luz")("GET", f"/instances/{instance_id}/history").json["items"]
    assert [(act["actor_id"], act["reason"]) for act in acts if act["action"] == "step.restarted"] == [
        (api("root").person_id, "Se corrigió")
    ]
    api("root")("POST", path, json={"work_id": one["work_id"], "reason": "Se corrigió"}, _expected_status=409)


def test_what_a_case_waits_for_is_for_whoever_sees_what_fails_there(api: Api, instance_id: int) -> None:
    api("luz")("GET", f"/instances/{instance_id}/waiting")
    api("ana")("GET", f"/instances/{instance_id}/waiting", _expected_status=403)


def steps_timed(process: str, outcome: str) -> float:
    labels = {"process": process, "outcome": outcome}
    return metrics.REGISTRY.get_sample_value("att_step_seconds_count", labels) or 0.0


def test_a_step_is_timed_by_its_process_and_how_it_came_out(api: Api, review_id: int) -> None:
    done, refused = steps_timed("tramite", "done"), steps_timed("", "refused")
    key = {"If-Match": "*", "Idempotency-Key": "una-sola-vez"}
    for _ in range(2):  # the second is the first again, and nothing is done
        api("rosa")("POST", f"/tasks/{review_id}/complete", json=SENT, headers=key)
    assert (steps_timed("tramite", "done"), steps_timed("", "refused")) == (done + 1, refused)
    api("rosa")("POST", f"/tasks/{review_id}/complete", json=SENT, headers={"If-Match": "*"}, _expected_status=409)
    assert steps_timed("", "refused") == refused + 1
