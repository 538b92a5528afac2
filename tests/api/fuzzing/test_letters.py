"""Every letter of anybody's name comes back as it was sent; what cannot be kept is refused in its place."""

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies

from db.characters import is_forbidden
from tests.api.callers import Caller
from tests.api.fuzzing import values
from tests.api.fuzzing.wire import JSON
from tests.api.fuzzing.wire import as_json
from tests.api.fuzzing.world import World
from tests.api.office import Office

pytestmark = pytest.mark.xdist_group("fuzzing")  # they share a world that takes a while to build

CONTACT = {"channel": "call", "minutes": 5, "occurred_on": "2026-11-20", "confirmed": True}

anything = strategies.one_of(strategies.text(max_size=60), strategies.sampled_from(values.TEXTS))
unhurried = settings(suppress_health_check=list(HealthCheck), database=None)


def sent(caller: Caller, method: str, path: str, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {caller.token}"}
    return caller.client.open(f"/api/v1{path}", method=method, data=as_json(body), content_type=JSON, headers=headers)


@pytest.mark.hypothesis
def test_a_text_comes_back_as_it_was_sent_or_is_refused_in_its_place(office: Office, world: World) -> None:
    advisor, entity = office.callers["asesora"], office.entities[0]["id"]

    @unhurried
    @given(anything)
    def holds(text: str) -> None:
        answer = sent(advisor, "POST", "/contacts", {**CONTACT, "entity_id": entity, "topic": text})
        if is_forbidden(text) or not text.strip() or len(text) > 500:
            assert (answer.status_code, {one["path"] for one in answer.json["errors"]}) == (422, {"topic"}), text
        else:
            assert (answer.status_code, answer.json.get("topic")) == (201, text.strip())
            assert advisor("GET", f"/contacts/{answer.json['id']}").json["topic"] == text.strip()

    holds()


@pytest.mark.hypothesis
def test_an_answer_is_drafted_as_it_was_typed(office: Office, world: World) -> None:
    lead = office.callers["lider"]
    task = next(row for row in lead("GET", "/tasks").json["items"] if row["element"] == "Activity_NombrarProducto")

    @unhurried
    @given(
        anything, strategies.dictionaries(strategies.sampled_from(["name", "short_name", "x"]), anything, max_size=2)
    )
    def holds(text: str, more: dict[str, str]) -> None:
        answer = sent(lead, "PUT", f"/tasks/{task['id']}/draft", {"data": {**more, "name": text}})
        assert answer.status_code in (200, 422), answer.json
        if answer.status_code == 200:
            assert lead("GET", f"/tasks/{task['id']}").json["draft"]["data"]["name"] == text
        else:
            assert all(one["path"] for one in answer.json["errors"])

    holds()


@pytest.mark.parametrize("name", [values.ALPHABET, *values.NAMES])
def test_a_name_is_kept_and_found_without_its_accents(office: Office, world: World, name: str) -> None:
    root = office.callers["admin"]
    made = root("POST", "/people", json={"name": name}, _expected_status=201).json
    assert root("GET", f"/people/{made['id']}").json["name"] == name
    for typed in (name, name.upper(), name.replace("é", "e").replace("ñ", "n")):
        found = root("GET", "/people", query_string={"q": typed[:60], "limit": 200}).json["items"]
        assert made["id"] in [row["id"] for row in found], typed


def test_a_file_keeps_its_name(office: Office, world: World) -> None:
    for name in ("Peñúñuri Güiza.pdf", "«acta» ¿final?.pdf", "🦙.pdf", "a\u0301cta.pdf"):
        token = office.upload("asesora", name)
        answer = office.callers["asesora"]("GET", f"/files/{token}")
        given = answer.headers["Content-Disposition"]
        assert (given.isascii(), unquote(given.partition("UTF-8''")[2])) == (True, name)
