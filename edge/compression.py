"""Text answers over 1 KB travel compressed to whoever accepts it."""

import gzip
from functools import lru_cache

from flask import Flask
from flask import Response
from flask import request

MINIMUM = 1024
LEVEL = 6
MEDIA_TYPES = frozenset({
    "application/javascript", "application/json", "application/problem+json", "application/schema+json",
    "application/xml", "image/svg+xml",
})  # fmt: skip


def install(app: Flask) -> None:
    """Compress the answers of `app`."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _is_text(response) or (response.is_streamed and not response.direct_passthrough):
        return response
    response.vary.add("Accept-Encoding")
    if (response.status_code != 200 and response.status_code < 400) or "Content-Encoding" in response.headers:
        return response
    if not request.accept_encodings["gzip"] or request.method == "HEAD":
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < MINIMUM:
        return response
    response.set_data(_squeeze_file(content) if request.endpoint == "static" else gzip.compress(content, LEVEL))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _is_text(response: Response) -> bool:
    return (response.mimetype or "").startswith("text/") or response.mimetype in MEDIA_TYPES


@lru_cache(maxsize=64)
def _squeeze_file(content: bytes) -> bytes:
    return gzip.compress(content, LEVEL)
