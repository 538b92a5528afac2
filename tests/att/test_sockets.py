"""What comes over a real socket: ten megabytes, chunks that are none, lines that smuggle; it goes on serving."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.att import serving
from tests.att.serving import Server

MEGABYTE = 1024 * 1024
JSON = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
POST = b"POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


@pytest.fixture
def server(newest: None, database_url: str, tmp_path: Path) -> Iterator[Server]:
    with serving.started(serving.SERVE, database_url, tmp_path) as server:
        server.says("serving")
        yield server


def answered(server: Server, *sent: bytes) -> bytes:
    """All that comes back for what is sent; nothing where the server hangs up on it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=serving.PATIENCE) as wire:
        try:
            for part in sent:
                wire.sendall(part)
            wire.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered already: it does not read what it refuses
        found = b""
        try:
            while part := wire.recv(65536):
                found += part
        except ConnectionResetError:
            pass
        return found


def status(answer: bytes) -> int:
    """The status of an answer, 0 where there is none."""
    return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0


def whole(body: bytes) -> bytes:
    return POST + JSON + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunks(*parts: bytes) -> bytes:
    return POST + JSON + CHUNKED + b"\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


SMUGGLED = b"\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"
WRONG = b'{"username": "nadie", "password": "ninguna"}'
LARGE = b'{"username": "' + b"x" * (10 * MEGABYTE) + b'", "password": "x"}'

KNOWN: dict[str, tuple[bytes, set[int]]] = {
    "whole": (whole(WRONG), {401}),
    "in chunks": (chunks(WRONG[:9], WRONG[9:], b""), {401}),
    "ten megabytes": (whole(LARGE), {422}),
    "ten megabytes in chunks": (chunks(*(LARGE[at : at + 50_000] for at in range(0, len(LARGE), 50_000)), b""), {422}),
    "more than is taken": (whole(b" " * (26 * MEGABYTE)), {413}),
    "more than is taken, in chunks": (chunks(*[b" " * MEGABYTE] * 26, b""), {413}),
    "more said than sent": (POST + JSON + b"Content-Length: 1000\r\n\r\n{}", {0, 400}),
    "less said than sent": (POST + JSON + b"Content-Length: 1\r\n\r\n" + WRONG, {400}),
    "a length below zero": (POST + JSON + b"Content-Length: -1\r\n\r\n{}", {400}),
    "a length that is none": (POST + JSON + b"Content-Length: 1_0\r\n\r\n{}", {400}),
    "two lengths": (POST + JSON + b"Content-Length: 2\r\nContent-Length: 44\r\n\r\n" + WRONG, {400}),
    "a length and chunks": (POST + JSON + b"Content-Length: 4\r\n" + CHUNKED + SMUGGLED, {400, 422}),
    "chunks of no size": (POST + JSON + CHUNKED + b"\r\nzz\r\n{}\r\n0\r\n\r\n", {400}),
    "chunks that end too soon": (POST + JSON + CHUNKED + b"\r\n2c\r\n{", {0, 400}),
    "chunks without their end": (chunks(WRONG), {0, 400}),
    "another coding": (POST + JSON + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "a header without a name": (b"GET /healthz HTTP/1.1\r\n: x\r\n\r\n", {400}),
    "a header with a NUL": (b"GET /healthz HTTP/1.1\r\nHost: a\x00b\r\n\r\n", {200, 400}),
    "a header cut by a return": (b"GET /healthz HTTP/1.1\r\nHost: a\rX-Injected: si\r\n\r\n", {200, 400}),
    "a header over lines": (b"GET /healthz HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", {200, 400}),
    "a header of a megabyte": (b"GET /healthz HTTP/1.1\r\nX-A: " + b"a" * MEGABYTE + b"\r\n\r\n", {400, 431}),
    "no words": (b"\x00\xff\xfe\r\n\r\n", {0, 400}),
    "a handshake of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {0, 400}),
    "an unknown version": (b"GET /healthz HTTP/9.9\r\n\r\n", {200, 400, 505}),
    "no version": (b"GET /healthz\r\n\r\n", {200, 400}),
    "an address of elsewhere": (b"GET http://example.org/healthz HTTP/1.1\r\nHost: x\r\n\r\n", {200, 400, 404}),
    "an address with its line": (b"GET /healthz%0d%0aX-Injected:%20si HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
    "no place": (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", {200, 400, 404, 405}),
}  # fmt: skip


def test_whatever_comes_over_a_socket_it_goes_on_serving(server: Server) -> None:
    found = {name: answered(server, sent) for name, (sent, _) in KNOWN.items()}
    assert {name: status(found[name]) for name, (_, good) in KNOWN.items() if status(found[name]) not in good} == {}
    assert [name for name, answer in found.items() if b"\r\nX-Injected" in answer or b"Traceback" in answer] == []
    assert found["a length and chunks"].count(b"HTTP/1.1 ") == 1, "the second request was smuggled in"
    assert server.status("/healthz") == 200
    assert server.status("/api/v1/tokens", "POST", WRONG.decode()) == 401
    server.process.terminate()
    said = server.falls_silent()
    assert [event for event in said if event in ("unexpected_error", "Traceback")] == []
