"""Secrets that must be read again, kept so that the database alone does not give them away."""

import base64
import hashlib
from collections.abc import Iterable

from cryptography.fernet import Fernet
from cryptography.fernet import InvalidToken
from cryptography.fernet import MultiFernet

from db.errors import Unavailable


class _Key:
    box: MultiFernet | None = None
    newest: Fernet | None = None


def use(secret: str, older: Iterable[str] = ()) -> None:
    """Seal with `secret` from now on; what was sealed with one of `older` is still read."""
    _Key.newest = _made(secret)
    _Key.box = MultiFernet([_Key.newest, *(_made(one) for one in older)])


def seal(text: str) -> str:
    """`text`, to be read only by whoever has the key. Raises Unavailable before `use`."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed. Raises Unavailable when it was sealed with another key, or before `use`."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unavailable("Lo guardado se cifró con otra clave (ATT_SECRET_KEY).") from error


def renewed(sealed: str) -> str | None:
    """The same sealed with the key in use; None when it is. Raises what `unseal` raises."""
    text = unseal(sealed)
    try:
        assert _Key.newest is not None
        _Key.newest.decrypt(sealed.encode())
    except InvalidToken:
        return seal(text)
    return None


def _made(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"att.directory.sealed" + secret.encode()).digest()))


def _box() -> MultiFernet:
    if _Key.box is None:
        raise Unavailable("Falta la clave con que se cifran los secretos (ATT_SECRET_KEY).")
    return _Key.box
