"""Webhooks are signed, go where they were checked to go, and follow nobody."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from db.errors import InvalidData
from notifications import webhook_address
from notifications.senders import Answer
from notifications.senders import Outcome
from notifications.senders import Parcel
from notifications.senders.webhook import WebhookSender

BODY = '{"subject":"Vence mañana"}'.encode()


@dataclass
class Other:
    """Another system that is told things."""

    status: int = 204
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def other() -> Iterator[Other]:
    system = Other()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            system.requests.append((self.path, dict(self.headers), body))
            self.send_response(system.status)
            if 300 <= system.status < 400:
                self.send_header("Location", f"http://127.0.0.1:{system.port}/otra")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    system.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield system
    server.shutdown()
    thread.join()
    server.server_close()


def send(url: str, now: datetime, *, private: bool = True) -> Answer:
    parcel = Parcel(1, "webhook", url, "<uno@att>", BODY, "secreto")
    with WebhookSender(lambda: now, private=private, timeout=5) as sender:
        return sender.send(parcel)


def test_the_receiver_can_check_who_sent_it(other: Other, now: datetime) -> None:
    answer = send(f"http://127.0.0.1:{other.port}/avisos?de=att", now)
    path, headers, body = other.requests[0]
    assert answer.outcome is Outcome.SENT
    assert (path, body, headers["Content-Type"]) == ("/avisos?de=att", BODY, "application/json; charset=utf-8")
    moment, _, mac = headers["ATT-Signature"].removeprefix("t=").partition(",v1=")
    assert int(moment) == int(now.timestamp())
    assert mac == hmac.new(b"secreto", moment.encode() + b"." + BODY, hashlib.sha256).hexdigest()
    assert headers["ATT-Message"] == "<uno@att>"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT),
        (301, Outcome.PERMANENT),
        (307, Outcome.PERMANENT),
        (400, Outcome.PERMANENT),
        (410, Outcome.PERMANENT),
        (408, Outcome.PASSING),
        (429, Outcome.PASSING),
        (500, Outcome.PASSING),
        (503, Outcome.PASSING),
    ],
)
def test_what_the_other_side_says(other: Other, now: datetime, status: int, outcome: Outcome) -> None:
    other.status = status
    answer = send(f"http://127.0.0.1:{other.port}/", now)
    assert (answer.outcome, answer.code) == (outcome, str(status))
    assert [path for path, _, _ in other.requests] == ["/"]  # redirects are not followed


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.1.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "0.0.0.0",
     "100.64.0.1", "[fd00::1]", "2130706433"],
)  # fmt: skip
def test_private_addresses_are_refused(now: datetime, host: str) -> None:
    answer = send(f"https://{host}/avisos", now, private=False)
    assert (answer.outcome, answer.code) == (Outcome.PERMANENT, "address")


def test_plain_http_is_refused(now: datetime) -> None:
    assert send("http://8.8.8.8/avisos", now, private=False).code == "address"


def test_nobody_there_is_asked_later(now: datetime, other: Other) -> None:
    answer = send("http://127.0.0.1:1/", now)
    assert (answer.outcome, answer.code) == (Outcome.PASSING, "connection")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The addresses behind names, as the network would answer."""
    known: dict[str, list[str]] = {"publico.example.org": ["8.8.8.8"], "mixto.example.org": ["8.8.8.8", "10.0.0.7"]}

    def answer(host: str, port: int, **_rest: Any) -> list[Any]:
        if host not in known:
            raise OSError("Name or service not known")
        return [(2, 1, 6, "", (address, port)) for address in known[host]]

    monkeypatch.setattr(webhook_address.socket, "getaddrinfo", answer)
    return known


def test_what_may_be_registered(names: dict[str, list[str]]) -> None:
    found = webhook_address.checked(" https://publico.example.org/avisos ")
    assert (found.url, found.host) == ("https://publico.example.org/avisos", "publico.example.org")
    assert webhook_address.checked("https://aun.no.existe.example/").host == "aun.no.existe.example"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://mixto.example.org/", "red privada"), ("http://publico.example.org/", "https://"),
        ("publico.example.org", "completa"), ("https://yo@publico.example.org/", "completa"),
        ("https://publico.example.org:x/", "completa"), ("https://[::1", "completa"),
    ],
)  # fmt: skip
def test_what_may_not_be_registered(names: dict[str, list[str]], url: str, said: str) -> None:
    with pytest.raises(InvalidData) as refused:
        webhook_address.checked(url)
    assert said in refused.value.errors["url"][0]


def test_an_installation_may_admit_its_own_network(names: dict[str, list[str]]) -> None:
    webhook_address.use(private=True)
    try:
        assert webhook_address.checked("http://mixto.example.org/").host == "mixto.example.org"
    finally:
        webhook_address.use(private=False)


def test_a_name_that_turns_inward_after_it_was_registered_is_refused_when_it_is_used(
    names: dict[str, list[str]], now: datetime
) -> None:
    url = webhook_address.checked("https://publico.example.org/avisos").url
    names["publico.example.org"] = ["127.0.0.1"]
    answer = send(url, now, private=False)
    assert (answer.outcome, answer.code) == (Outcome.PERMANENT, "address")
    assert "red privada" in answer.detail
