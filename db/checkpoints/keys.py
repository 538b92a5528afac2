"""The key of an installation that signs checkpoints (Ed25519): made once, kept in a file that only its owner reads."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.hazmat.primitives.serialization import PublicFormat
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from db.errors import Unavailable


class Key:
    """A private key and what it can do."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @property
    def public(self) -> str:
        """The public key: 32 bytes in hexadecimal, as every checkpoint carries it."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, content: bytes) -> str:
        """The signature of `content`, in hexadecimal."""
        return self._private.sign(content).hex()


def load(path: Path) -> Key | None:
    """The key kept at `path`; None when none was made. Raises Unavailable for what is no such key."""
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise Unavailable(f"La llave de los puntos de control no se puede leer: {path}.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise Unavailable(f"La llave de los puntos de control debe ser Ed25519: {path}.")
    return Key(private)


def load_or_make(path: Path) -> Key:
    """The key kept at `path`, made when there is none. Raises Unavailable when it can be neither read nor written."""
    found = load(path)
    if found is not None:
        return found
    private = Ed25519PrivateKey.generate()
    try:
        _write_new(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except OSError as error:
        raise Unavailable(f"La llave de los puntos de control no se puede escribir: {path}.") from error
    return Key(private)


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there, whole or not at all: one cut off halfway would be no key and end all signing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent) as beside:  # only its owner reads it
        beside.write(content)
        beside.flush()
        os.fsync(beside.fileno())
        os.link(beside.name, path)


def verifies(public: str, content: bytes, signature: str) -> bool:
    """Whether `signature` is one of `content` by the key `public`, both in hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def pem(public: str) -> str:
    """The public key as the file that auditors are given."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
