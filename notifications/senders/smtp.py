"""Mail by SMTP, over TLS from the start (`smtps://`) or from STARTTLS on (`smtp://`).

Credentials go over TLS only, except to this same machine. A server that offers STARTTLS is spoken to over it.
"""

import smtplib
import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import unquote
from urllib.parse import urlsplit

from notifications.senders import refusals
from notifications.senders.base import Answer
from notifications.senders.base import Outcome
from notifications.senders.base import Parcel

TIMEOUT = 30.0  # seconds for each answer of the server
MAILBOX_FULL = 552
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over, as ATT_SMTP_URL says it."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = ""

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """`smtps://user:password@host:465` or `smtp://user:password@host:587`."""
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname or "localhost", parts.port or (465 if tls else 25), tls, user, password)


class NoTlsError(Exception):
    """The server offers no TLS, and credentials do not go in the clear."""


class SmtpSender:
    """Keeps one connection for a run of messages, and opens it anew when it was lost."""

    def __init__(self, server: Server, sender: str, *, timeout: float = TIMEOUT) -> None:
        self._server, self._sender, self._timeout = server, sender, timeout
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> "SmtpSender":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except (OSError, smtplib.SMTPException):
                self._connection.close()
            self._connection = None

    def send(self, parcel: Parcel) -> Answer:
        """Hand `parcel` over. The server is silent when it cannot be reached, or takes no message from us at all."""
        if not parcel.address.isascii():
            detail = "El servidor sólo recibe direcciones en letras sin tilde."
            return Answer(Outcome.PERMANENT, "address", detail, bad_address=True)
        try:
            connection = self._connected()
        except smtplib.SMTPResponseException as error:
            return self._lost(str(error.smtp_code), _said(error.smtp_error))
        except (OSError, smtplib.SMTPException, NoTlsError) as error:
            return self._lost("connection", str(error) or type(error).__name__)
        return self._handed_over(connection, parcel)

    def _handed_over(self, connection: smtplib.SMTP, parcel: Parcel) -> Answer:
        try:
            connection.sendmail(self._sender, [parcel.address], parcel.content)
        except smtplib.SMTPRecipientsRefused as error:
            return _of_recipient(*next(iter(error.recipients.values())))
        except smtplib.SMTPDataError as error:
            return _of_content(error.smtp_code, _said(error.smtp_error))
        except smtplib.SMTPSenderRefused as error:
            return self._of_sender(error.smtp_code, _said(error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            return self._lost("connection", str(error) or type(error).__name__)
        return Answer(Outcome.SENT, "250", f"Recibido por {self._server.host}.")

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        with ExitStack() as refused:
            refused.callback(connection.close)
            self._greet(connection, context)
            refused.pop_all()
        return connection

    def _greet(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server, safe = self._server, self._server.tls
        connection.ehlo_or_helo_if_needed()
        if not safe and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
            safe = True
        if server.user:
            if not safe and server.host not in THIS_MACHINE:
                raise NoTlsError("El servidor no ofrece TLS, y la contraseña no se envía sin él.")
            connection.login(server.user, server.password)

    def _of_sender(self, code: int, detail: str) -> Answer:
        if code == MAILBOX_FULL:
            return Answer(Outcome.PERMANENT, str(code), detail)
        return self._lost(str(code), detail)

    def _lost(self, code: str, detail: str) -> Answer:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return Answer(Outcome.PASSING, code, detail[:500], silent=True)


def _of_recipient(code: int, said: bytes) -> Answer:
    detail = _said(said)
    if code >= 500 and code != MAILBOX_FULL and not refusals.about_us(str(code), detail):
        nobody = refusals.nobody_there(str(code), detail)
        return Answer(Outcome.PERMANENT, str(code), detail, bad_address=nobody)
    return Answer(Outcome.PASSING, str(code), detail)


def _of_content(code: int, detail: str) -> Answer:
    return Answer(Outcome.PERMANENT if code >= 500 else Outcome.PASSING, str(code), detail)


def _said(answer: bytes | str) -> str:
    text = answer.decode("utf-8", errors="replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:500]
