"""Secrets that must be read again, kept so that the database alone does not give them away."""

import base64
import hashlib

from cryptography.fernet import Fernet
from cryptography.fernet import InvalidToken

from db.errors import Unavailable


class _Key:
    box: Fernet | None = None


def use(secret: str) -> None:
    """Seal with `secret` from now on."""
    _Key.box = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"att.directory.sealed" + secret.encode()).digest()))


def seal(text: str) -> str:
    """`text`, to be read only by whoever has the key. Raises Unavailable before `use`."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed. Raises Unavailable when it was sealed with another key, or before `use`."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unavailable("Lo guardado se cifró con otra clave (ATT_SECRET_KEY).") from error


def _box() -> Fernet:
    if _Key.box is None:
        raise Unavailable("Falta la clave con que se cifran los secretos (ATT_SECRET_KEY).")
    return _Key.box
