"""The description of the API and a page to read and try it, all from this site's own files."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint
from flask import Response
from flask import jsonify
from flask import send_from_directory

from db.errors import NotFound
from edge.permission import public

blueprint = Blueprint("api_docs", __name__)

FOLDER = Path(flask_swagger_ui.__file__).parent / "dist"
FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js"})

PAGE = """<!doctype html>
<html lang="es-CO">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API de ATT</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<noscript>Esta página necesita JavaScript. La descripción completa está en
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</noscript>
<div id="api"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""
START = 'SwaggerUIBundle({url: "/api/v1/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null});\n'


@blueprint.get("/api/docs")
@public
def page() -> Response:
    return Response(PAGE, content_type="text/html; charset=utf-8")


@blueprint.get("/api/docs/start.js")
@public
def start() -> Response:
    return Response(START, content_type="text/javascript; charset=utf-8")


@blueprint.get("/api/docs/<string(maxlength=100):name>")
@public
def file(name: str) -> Response:
    if name not in FILES:
        raise NotFound("el archivo", name)
    return send_from_directory(FOLDER, name, max_age=86_400)


def serve(describe: Callable[[], dict[str, Any]]) -> Blueprint:
    """The pages above with `/api/v1/openapi.json`, written once on the first request."""
    description = cache(describe)
    served = Blueprint("api_description", __name__)

    @served.get("/api/v1/openapi.json")
    @public
    def openapi() -> Response:
        return jsonify(description())

    return served
