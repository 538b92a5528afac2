"""The seal on a stored state: whoever changes the bytes, the revision or the definition breaks it."""

import hashlib
import hmac

from db.errors import Unavailable


class _Key:
    value: bytes = b""


def use(secret: str) -> None:
    """Seal with `secret` from now on."""
    _Key.value = hashlib.sha256(b"att.engine.state" + secret.encode()).digest()


def seal(instance_id: int, revision: int, definition_hash: str, state: bytes) -> str:
    """The HMAC over everything that the state depends on. Raises Unavailable before `use`."""
    if not _Key.value:
        raise Unavailable("Falta la clave con que se sellan los procesos (ATT_SECRET_KEY).")
    head = f"{instance_id}|{revision}|{definition_hash}|".encode()
    return hmac.digest(_Key.value, head + state, "sha256").hex()


def holds(found: str, instance_id: int, revision: int, definition_hash: str, state: bytes) -> bool:
    """Whether `found` is the seal of that state."""
    return hmac.compare_digest(found, seal(instance_id, revision, definition_hash, state))
