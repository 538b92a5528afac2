"""Random secrets of which only a hash is kept."""

import hashlib
import secrets


def new() -> str:
    """A random secret of 256 bits, safe in cookies, headers and addresses."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret. A plain hash is enough for 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
