"""A real mail server on loopback: what it takes, what it refuses, and what it was handed, byte by byte."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from functools import cache
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import AuthResult
from aiosmtpd.smtp import Envelope
from aiosmtpd.smtp import Session

USER, PASSWORD = "att", "una clave/con:signos"


@dataclass
class Mailbox:
    """Every message that arrived. `refusals` maps the beginning of an address to the answer for it."""

    received: list[tuple[str, bytes]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    content_answer: str = "250 Recibido"
    sender_answer: str = "250 OK"
    port: int = 0
    over_tls: list[bool] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - the server calls it so
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.over_tls.append(session.ssl is not None)
        if self.sender_answer.startswith("250"):
            envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        for beginning, answer in self.refusals.items():
            if address.startswith(beginning):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.content_answer.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            self.received += [(address, envelope.original_content) for address in envelope.rcpt_tos]
        return self.content_answer


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, **self.SMTP_kwargs)


def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    """Let in who knows the password."""
    good = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False)


@contextmanager
def serving(box: Mailbox, **options: Any) -> Iterator[Mailbox]:
    """Serve `box` on a free port of this machine."""
    box.port = box.port or _free_port()
    controller = _Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@cache
def authority() -> trustme.CA:
    """Who vouches for the server, made anew in each process."""
    return trustme.CA()


def server_context() -> ssl.SSLContext:
    """The server as `localhost`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("localhost").configure_cert(context)
    return context


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
