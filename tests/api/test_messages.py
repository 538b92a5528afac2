"""The outbox and preferences over HTTP."""

from pathlib import Path

import pytest

from att import jobs
from att import post
from att.settings import Settings
from db import clock
from db import transaction
from directory.models import Person
from tests.api.conftest import Api

AGAIN = {"reason": "Dice que no le llegó"}


@pytest.fixture
def message_id(api: Api, tmp_path: Path, database_url: str) -> int:
    """A test message that Ana sent herself."""
    ana = api("ana")
    post.use(Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": database_url}))
    with transaction() as session:
        session.get_one(Person, ana.person_id).email = "ana@example.org"
    sent = ana("POST", "/preferences/test", _expected_status=202).json
    jobs.run("mail", clock.now())
    return int(sent["id"])


def test_one_chooses_how_one_is_told(api: Api) -> None:
    ana = api("ana")
    assert ana("GET", "/preferences").json == {
        "digest_hour": 8, "channel": "email", "bounced_at": None, "webhook_url": None}  # fmt: skip
    ana("PUT", "/preferences", json={"digest_hour": 8, "channel": "webhook"}, _expected_status=422)
    hook = ana("PUT", "/preferences/webhook", json={"url": "https://sistema.example.org/avisos"}).json
    assert len(hook["secret"]) > 30
    changed = ana("PUT", "/preferences", json={"digest_hour": 17, "channel": "webhook"}).json
    assert (changed["digest_hour"], changed["webhook_url"]) == (17, "https://sistema.example.org/avisos")
    problem = ana("PUT", "/preferences/webhook", json={"url": "https://192.168.1.9/avisos"}, _expected_status=422).json
    assert "red privada" in str(problem["errors"])
    ana("DELETE", "/preferences/webhook", _expected_status=204)
    ana("DELETE", "/preferences/webhook", _expected_status=404)
    assert ana("GET", "/preferences").json["channel"] == "email"


def test_the_outbox_is_read_by_whoever_runs_or_watches_the_system(api: Api, message_id: int) -> None:
    api("ana")("GET", "/messages", _expected_status=403)
    api("luz")("POST", f"/messages/{message_id}/resend", _expected_status=403)
    (row,) = api("luz")("GET", "/messages", query_string={"status": "sent", "text": "ANA@"}).json["items"]
    assert (row["id"], row["address"]) == (message_id, "ana@example.org")
    shown = api("root")("GET", f"/messages/{message_id}").json
    assert [attempt["outcome"] for attempt in shown["attempts"]] == ["sent"]
    assert "los avisos le llegan" in shown["text"]


def test_the_administrator_sends_again_cancels_and_notes_what_bounced(api: Api, message_id: int) -> None:
    root = api("root")
    assert root("POST", f"/messages/{message_id}/resend", json=AGAIN).json["status"] == "queued"
    root("POST", f"/messages/{message_id}/resend", json={"reason": ""}, _expected_status=422)
    root("POST", f"/messages/{message_id}/bounce", json={"detail": "No existe"}, _expected_status=409)
    root("POST", f"/messages/{message_id}/cancel", json={"reason": ""}, _expected_status=422)
    assert root("POST", f"/messages/{message_id}/cancel", json={"reason": "Prueba"}).json["status"] == "cancelled"
    root("POST", f"/messages/{message_id}/resend", json=AGAIN)
    jobs.run("mail", clock.now())
    root("POST", f"/messages/{message_id}/bounce", json={"detail": "No existe"})
    assert api("ana")("GET", "/preferences").json["bounced_at"] is not None
    refused = root("POST", f"/messages/{message_id}/resend", json=AGAIN, _expected_status=409).json
    assert (refused["title"], refused["type"]) == ("No se puede por ahora", "urn:att:problem:bounced")
    person_id = api("ana").person_id
    root("POST", f"/messages/trusted-addresses/{person_id}", json={"reason": ""}, _expected_status=422)
    root("POST", f"/messages/trusted-addresses/{person_id}", json={"reason": "Fue un error"}, _expected_status=204)
    root("POST", f"/messages/trusted-addresses/{person_id}", json={"reason": "Fue un error"}, _expected_status=409)
    root("POST", f"/messages/{message_id}/resend", json=AGAIN)
