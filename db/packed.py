"""Long text packed into bytes, by Zstandard: zlib, whose texts are still read, takes seven times as long."""

import threading
import zlib

from zstandard import ZstdCompressor
from zstandard import ZstdDecompressor
from zstandard import ZstdError

_FIRST = b"\x28\xb5\x2f\xfd"
"""The first bytes of whatever Zstandard packed; zlib's never begin so."""


class _Tools(threading.local):
    """A packer and an unpacker of each thread, kept: making them costs more than packing a short text."""

    def __init__(self) -> None:
        self.packer = ZstdCompressor(level=1)
        self.unpacker = ZstdDecompressor()


_tools = _Tools()


def pack(text: str) -> bytes:
    """`text` in fewer bytes."""
    return _tools.packer.compress(text.encode())


def unpack(packed: bytes) -> str:
    """The text that was packed. Raises ValueError for bytes that are none."""
    try:
        plain = _tools.unpacker.decompress(packed) if packed.startswith(_FIRST) else zlib.decompress(packed)
    except (ZstdError, zlib.error) as error:
        raise ValueError("these bytes hold no packed text") from error
    return plain.decode()
