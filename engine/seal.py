"""The seal on a stored state: whoever changes the bytes, the revision or the definition breaks it."""

import hashlib
import hmac
from collections.abc import Iterable

from db.errors import Unavailable


class _Key:
    value: bytes = b""
    older: tuple[bytes, ...] = ()


def use(secret: str, older: Iterable[str] = ()) -> None:
    """Seal with `secret` from now on; what was sealed with one of `older` still holds."""
    _Key.value, _Key.older = _derived(secret), tuple(_derived(one) for one in older)


def seal(instance_id: int, revision: int, definition_hash: str, state: bytes) -> str:
    """The HMAC over everything that the state depends on. Raises Unavailable before `use`."""
    if not _Key.value:
        raise Unavailable("Falta la clave con que se sellan los procesos (ATT_SECRET_KEY).")
    return _with(_Key.value, instance_id, revision, definition_hash, state)


def holds(found: str, instance_id: int, revision: int, definition_hash: str, state: bytes) -> bool:
    """Whether `found` is the seal of that state, with the key in use or an older one."""
    own = hmac.compare_digest(found, seal(instance_id, revision, definition_hash, state))
    return own or any(
        hmac.compare_digest(found, _with(key, instance_id, revision, definition_hash, state)) for key in _Key.older
    )


def _derived(secret: str) -> bytes:
    return hashlib.sha256(b"att.engine.state" + secret.encode()).digest()


def _with(key: bytes, instance_id: int, revision: int, definition_hash: str, state: bytes) -> str:
    head = f"{instance_id}|{revision}|{definition_hash}|".encode()
    return hmac.digest(key, head + state, "sha256").hex()
