"""Public files, addressed by what they contain so that browsers keep them for good."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask
from flask import Response
from flask import current_app
from flask import request
from flask import url_for

FOREVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"  # a module that another one imports: its address carries no hash


def install(app: Flask) -> None:
    """Let templates say `asset("app.css")`, and let browsers keep what they got that way."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def asset(path: str) -> str:
    """The address of a public file, with the hash of its content."""
    version = _version_of(path)
    return url_for("static", filename=path, v=version) if version else url_for("static", filename=path)


def _version_of(path: str) -> str:
    location = Path(current_app.static_folder or "") / path
    return _hash(str(location), location.stat().st_mtime_ns) if location.is_file() else ""


@lru_cache(maxsize=512)
def _hash(location: str, _changed: int) -> str:
    return hashlib.sha256(Path(location).read_bytes()).hexdigest()[:12]


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 304):
        path = (request.view_args or {}).get("filename", "")
        asked = request.args.get("v", "")
        imported = A_WHILE if path.endswith(".js") and not asked else "no-cache"
        response.headers["Cache-Control"] = FOREVER if asked and asked == _version_of(path) else imported
    return response
