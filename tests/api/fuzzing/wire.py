"""Sending exactly these bytes to the application: no client tidies them up."""

import gzip
import io
import json
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from urllib.parse import quote
from urllib.parse import unquote_to_bytes
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import create_environ
from werkzeug.test import run_wsgi_app

JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """A request as it goes out. `path` and `query` are percent-encoded."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def __str__(self) -> str:
        """The command that sends it again, whoever asks."""
        told = "".join(f" -H {name}:{value!r}" for name, value in self.headers.items() if name != "Authorization")
        body = f" --data-binary {self.body[:600]!r}" if self.body is not None else ""
        return f"curl -X {self.method} '{self.path}{'?' if self.query else ''}{self.query[:600]}'{told}{body}"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(app: Flask, request: Request) -> Answer:
    """Answer `request`, as a server would that does nothing to it."""
    environ = create_environ("/", "http://localhost", method=request.method)
    environ["PATH_INFO"] = unquote_to_bytes(request.path).decode("latin-1")
    environ["QUERY_STRING"] = request.query
    environ["REQUEST_URI"] = environ["RAW_URI"] = request.path
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    if request.body is not None:
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(request.body), str(len(request.body))
    parts, status, headers = run_wsgi_app(app, environ, buffered=True)
    body = b"".join(parts)
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    close = getattr(parts, "close", None)
    if close is not None:
        close()
    return Answer(int(status.split()[0]), {name.lower(): value for name, value in headers}, body)


def address(template: str, parameters: Mapping[str, Any]) -> str:
    """The path of an operation with these values in its places, whatever letters they have."""
    for name, value in parameters.items():
        template = template.replace(f"{{{name}}}", quote(str(value), safe="", errors="surrogatepass"))
    return template


def arguments(given: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> str:
    """The arguments of an address, whatever letters they have."""
    pairs = given.items() if isinstance(given, Mapping) else given
    flat = [
        (str(name), str(one)) for name, value in pairs for one in (value if isinstance(value, list) else [value])
    ]  # fmt: skip
    return urlencode(flat, errors="surrogatepass")


def as_json(value: Any) -> bytes:
    """`value` as JSON with everything escaped: half characters and numbers that are none go through."""
    return json.dumps(value, default=str).encode()
