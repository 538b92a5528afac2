"""Messages as signed requests to another system.

`ATT-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`: the receiver computes the same with the secret
it was given, and refuses what is older than it likes. Redirects are not followed. The address is resolved once and the
connection goes to what was checked, so that a name cannot first point outside and then inside.
"""

import hashlib
import hmac
import http.client
import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from urllib.parse import urlsplit

from notifications import webhook_address
from notifications.senders.base import Answer
from notifications.senders.base import Outcome
from notifications.senders.base import Parcel

TIMEOUT = 10.0
LATER = frozenset({408, 425, 429})


_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "No se encontró ningún servidor con ese nombre."),
    (TimeoutError, "El servidor no respondió a tiempo."),
    (ConnectionRefusedError, "El servidor no acepta conexiones en esa dirección."),
    (ssl.SSLCertVerificationError, "El certificado del servidor no se pudo comprobar."),
)
"""What its owner can mend, in words; first that fits."""


class RefusedAddressError(Exception):
    """The address is private, and private ones are not allowed here."""


class WebhookSender:
    """Posts the bytes of a message as JSON. `private` allows addresses inside this network, and plain HTTP."""

    def __init__(self, clock: Callable[[], datetime], *, private: bool = False, timeout: float = TIMEOUT) -> None:
        self._clock, self._private, self._timeout = clock, private, timeout

    def __enter__(self) -> "WebhookSender":
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def send(self, parcel: Parcel) -> Answer:
        """Post `parcel`."""
        try:
            return _of_status(self._post(parcel))
        except RefusedAddressError as error:
            return Answer(Outcome.PERMANENT, "address", str(error))
        except (OSError, http.client.HTTPException) as error:
            return Answer(Outcome.PASSING, "connection", _in_words(error))

    def _post(self, parcel: Parcel) -> int:
        parts = urlsplit(parcel.address)
        host, secure = parts.hostname or "", parts.scheme == "https"
        if not secure and not self._private:
            raise RefusedAddressError(webhook_address.PLAIN)
        port = parts.port or (443 if secure else 80)
        connection = _connection(host, port, self._checked(host, port), secure, self._timeout)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, parcel.content, _headers(parcel, self._clock()))
            return connection.getresponse().status
        finally:
            connection.close()

    def _checked(self, host: str, port: int) -> str:
        """The address of `host`, which must be a public one unless private ones are allowed."""
        found = webhook_address.looked_up(host, port)
        if not self._private and not all(map(webhook_address.is_public, found)):
            raise RefusedAddressError(webhook_address.PRIVATE)
        return found[0]


def signature(secret: str, content: bytes, at: datetime) -> str:
    """The value of `ATT-Signature` for `content` sent at `at`."""
    moment = int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + content, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"


def _headers(parcel: Parcel, now: datetime) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "ATT",
        "ATT-Message": parcel.internet_id,
        "ATT-Signature": signature(parcel.secret, parcel.content, now),
    }


def _connection(host: str, port: int, address: str, secure: bool, timeout: float) -> http.client.HTTPConnection:
    """A connection that speaks to `host` and goes to `address`."""
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(host, port, timeout=timeout)
    plain = socket.create_connection((address, port), timeout)
    with ExitStack() as refused:
        refused.enter_context(plain)
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
        refused.pop_all()
    return connection


def _in_words(error: Exception) -> str:
    known = next((said for kind, said in _WORDS if isinstance(error, kind)), "")
    return known or (str(error) or type(error).__name__)[:500]


def _of_status(status: int) -> Answer:
    code = str(status)
    if 200 <= status < 300:
        return Answer(Outcome.SENT, code)
    if 300 <= status < 400:
        return Answer(Outcome.PERMANENT, code, "La dirección redirige a otra; escriba la definitiva.")
    if status >= 500 or status in LATER:
        return Answer(Outcome.PASSING, code, "El otro sistema no pudo recibirlo.")
    return Answer(Outcome.PERMANENT, code, "El otro sistema lo rechazó.")
