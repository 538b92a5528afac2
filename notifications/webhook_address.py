"""To which addresses other systems may be told: public ones over HTTPS, unless this installation admits private ones.

A name may point elsewhere tomorrow, so it is looked up when it is registered and again whenever something is sent.
"""

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from db.errors import InvalidData

LONGEST = 500
INCOMPLETE = "Escriba una dirección completa, como https://sistema.gov.co/avisos."
PLAIN = "La dirección debe comenzar por https://."
PRIVATE = (
    "Esa dirección está dentro de una red privada y esta instalación no las admite. Escriba una a la que se llegue "
    "desde Internet, o pida a quien administra el sistema que las permita."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """An address that may be registered, as `checked` found it."""

    url: str
    host: str


class _InUse:
    private = False


def use(*, private: bool) -> None:
    """Admit private addresses, and plain HTTP, from now on; or refuse them."""
    _InUse.private = private


def checked(url: str) -> Checked:
    """The address to be registered. It looks the name up, so call it outside a transaction.

    A name that nobody knows now is taken: it is looked up again when something is sent. Raises InvalidData (`url`).
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidData({"url": [INCOMPLETE]}) from None
    if parts.scheme not in ("http", "https") or not host or parts.username or len(text) > LONGEST:
        raise InvalidData({"url": [INCOMPLETE]})
    if not _InUse.private:
        if parts.scheme != "https":
            raise InvalidData({"url": [PLAIN]})
        if not all(map(is_public, _found(host, port or 443))):
            raise InvalidData({"url": [PRIVATE]})
    return Checked(text, host)


def looked_up(host: str, port: int) -> list[str]:
    """The addresses behind a name. Raises OSError when nobody knows it."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the Internet."""
    parsed = ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or parsed
    return bool(inner.is_global and not inner.is_multicast)


def _found(host: str, port: int) -> list[str]:
    try:
        return looked_up(host, port)
    except (OSError, UnicodeError):
        return []
