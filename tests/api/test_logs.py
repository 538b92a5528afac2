"""The log tells what happened to which row, and nothing about anybody, whatever they send and whatever breaks."""

import io
import json
import logging
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from att import jobs
from att import logs
from att import running
from att.app import build
from att.settings import Settings
from db import SYSTEM
from db import clock
from db import transaction
from db.errors import Conflict
from directory import accounts
from directory import people
from directory.models import Entity
from edge.permission import public
from tests.api.conftest import Api
from tests.engine.conftest import Notebook

NAME, MAIL, NUMBER, SECRET, ANSWER = (
    "Zoraida Quiñones", "zoraida@ejemplo.org", "1098765432", "frase-muy-secreta-9", "La señora Zoraida vive en Sonsón",
)  # fmt: skip
PERSONAL = (NAME, "Zoraida", "zoraida", "Quiñones", MAIL, NUMBER, SECRET, ANSWER, "vive en")

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Lines]:
    """The lines of the log since it was last asked, each an object of its own, as an installation writes them."""
    root, ours, before = logging.getLogger(), logging.getLogger(logs.OURS), structlog.get_config()
    handlers, levels = root.handlers[:], (root.level, ours.level)
    logs.configure(plain=False)
    structlog.configure(cache_logger_on_first_use=False)
    (handler,), stream = root.handlers, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)

    def read() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.truncate(0)
        stream.seek(0)
        found = [json.loads(line) for line in text.splitlines()]
        assert all(isinstance(line, dict) for line in found)
        for said in PERSONAL:
            assert said not in text
        return found

    yield read
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    structlog.configure(**before)
    logging.raiseExceptions = True


@pytest.fixture
def client(app: Flask, database: None) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def own(app: Flask, tmp_path: Any) -> Flask:
    """An application of this test alone."""
    return build(Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_SECRET_KEY": "k" * 40}))


def test_a_request_is_one_line(written: Lines, api: Api, task_id: int) -> None:
    ana = api("ana")
    written()
    ana("GET", f"/tasks?nombre={NAME}", headers={"X-Request-ID": "pedido-0017"}, _expected_status=422)
    ana("GET", f"/tasks/{task_id}", headers={"X-Request-ID": "pedido-0018"})
    first, second = (line for line in written() if line["event"] == "request")
    assert (first["status"], first["request_id"], second["request_id"]) == (422, "pedido-0017", "pedido-0018")
    assert (second["method"], second["route"], second["ids"], second["status"], second["person_id"]) == (
        "GET", "/api/v1/tasks/<id:task_id>", {"task_id": task_id}, 200, ana.person_id,
    )  # fmt: skip
    assert second["ms"] > 0
    assert second["timestamp"].endswith("Z")
    assert set(second) <= logs.FIELDS


def test_every_line_of_a_request_has_its_number(written: Lines, own: Flask) -> None:
    breaking(own, RuntimeError())
    own.test_client().get("/api/v1/prueba", headers={"X-Request-ID": "pedido-0019"})
    lines = written()
    assert {line["event"] for line in lines} == {"unexpected_error", "request"}
    assert {line["request_id"] for line in lines} == {"pedido-0019"}


def test_nobody_is_taken_for_whoever_asked_before(written: Lines, api: Api, task_id: int) -> None:
    api("ana")("GET", f"/tasks/{task_id}")
    api("")("GET", f"/tasks/{task_id}", _expected_status=401)
    assert ["person_id" in line for line in written() if line["event"] == "request"][-2:] == [True, False]


def test_files_and_machines_that_ask_all_the_time_write_nothing(written: Lines, client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/static/icon.svg"):
        client.get(path).close()
    assert written() == []


def test_who_enters_or_fails_to_is_not_told(written: Lines, api: Api, client: FlaskClient) -> None:
    with transaction() as session:
        person = people.add(session, NAME, email=MAIL, by=SYSTEM, now=clock.now())
        accounts.create(session, person.id, "zoraida", SECRET, by=SYSTEM, now=clock.now())
    entering = {"username": "zoraida", "password": SECRET}
    assert client.post("/api/v1/tokens", json=entering).status_code == 201
    for _ in range(7):
        client.post("/api/v1/tokens", json={"username": MAIL, "password": SECRET + "x"})
    client.post("/ingreso", data={"username": "zoraida", "password": SECRET})
    assert len([line for line in written() if line["event"] == "request"]) == 9


def test_what_is_typed_in_an_address_is_not_told(written: Lines, api: Api) -> None:
    root = api("root")
    root("GET", f"/messages?text={MAIL}")
    root("GET", f"/incidents?q={NUMBER}")
    root("GET", f"/{NUMBER}/Zoraida", _expected_status=404)
    root("GET", "/tasks/zoraida", _expected_status=404)
    assert [line.get("route", "") for line in written() if line["event"] == "request"][-2:] == ["", ""]


def test_what_is_sent_is_not_told(written: Lines, api: Api, task_id: int, notebook: Notebook) -> None:
    ana, key = api("ana"), {"If-Match": "*"}
    ana("PUT", f"/tasks/{task_id}/draft", json={"data": {"text": ANSWER}})
    ana(
        "POST",
        f"/tasks/{task_id}/complete",
        json={"data": {"text": 5, "otro": ANSWER}},
        headers=key,
        _expected_status=422,
    )
    ana("POST", f"/tasks/{task_id}/complete", json={"data": {"text": ANSWER}}, headers=key)
    ana("POST", f"/tasks/{task_id}/complete", json={"data": {"text": ANSWER}}, headers=key, _expected_status=409)
    assert [line["status"] for line in written() if line["event"] == "request"][-3:] == [422, 200, 409]


def test_people_are_added_and_changed_without_being_told(written: Lines, api: Api) -> None:
    sent = {"name": NAME, "email": MAIL, "position": f"Cédula {NUMBER}"}
    made = api("root")("POST", "/people", json=sent, _expected_status=201).json
    api("root")("GET", f"/people/{made['id']}")
    assert written()


def breaking(app: Flask, error: Exception, *rows: object) -> None:
    """A page of the API that fails: after writing `rows`, if there are any."""

    @public
    def view() -> str:
        with transaction() as session:
            session.add_all(rows)
            session.flush()
        raise error

    app.add_url_rule("/api/v1/prueba", "prueba", view)


def test_an_error_is_its_class_and_the_way_to_it(written: Lines, own: Flask) -> None:
    try:
        int(NUMBER + "x")
    except ValueError as cause:
        error = RuntimeError(f"{NAME} <{MAIL}>")
        error.__cause__ = cause
    breaking(own, error)
    own.test_client().get(f"/api/v1/prueba?{NUMBER}")
    (line,) = (line for line in written() if line["event"] == "unexpected_error")
    assert line["error"] == "RuntimeError < ValueError"
    assert any(where.endswith("view: raise error") for where in line["trace"])


def test_a_row_that_the_database_refuses_is_not_quoted(written: Lines, own: Flask) -> None:
    """Its own words are «Key (code)=(…) already exists», and the library adds every value."""
    rows = [Entity(kind="municipality", code=NUMBER, name=NAME, search_name=MAIL, department_code=None)]
    breaking(own, RuntimeError(), *rows)
    own.test_client().get("/api/v1/prueba")
    (line,) = (line for line in written() if line["event"] == "unexpected_error")
    assert line["error"].startswith("IntegrityError <")


def test_a_service_that_fails_says_its_case(written: Lines, api: Api, review_id: int, notebook: Notebook) -> None:
    notebook.broken = True
    sent = {"data": {"text": ANSWER}}
    api("rosa")("POST", f"/tasks/{review_id}/complete", json=sent, headers={"If-Match": "*"})
    (line,) = (line for line in written() if line["event"] == "service_failed")
    assert (line["error"], line["level"], isinstance(line["instance_id"], int)) == ("RuntimeError", "warning", True)


def test_jobs_say_which_rows_failed_and_not_why_in_words(written: Lines, database: None) -> None:
    def act(row: int) -> None:
        raise Conflict(f"La tarea ya la tiene {NAME}.")

    running.each("services", [7], act)
    jobs.run("tidy", clock.now())
    failed, swept = written()
    assert (failed["event"], failed["job"], failed["row"], failed["error"]) == (
        "row failed",
        "services",
        "7",
        "Conflict",
    )
    assert (swept["event"], swept["found"], swept["failed"]) == ("sweep", 1, 1)


def test_a_library_is_told_without_the_values_that_it_puts_in(written: Lines) -> None:
    logging.getLogger("smtplib").warning("refused: %s", MAIL)
    logging.getLogger("smtplib").info("sent: %s", MAIL)
    (line,) = written()
    assert (line["event"], line["logger"]) == ("refused: %s", "smtplib")


def test_what_is_not_in_the_list_is_not_written(written: Lines) -> None:
    structlog.get_logger("att.prueba").info("algo", name=NAME, found=2)
    (line,) = written()
    assert (line["event"], line["found"], "name" in line) == ("algo", 2, False)
