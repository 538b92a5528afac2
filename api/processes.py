"""Procesos: sus versiones, diagramas y formularios."""

from typing import Any

from flask import Response

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.system import DiagramQuery
from api.schemas.system import FormQuery
from api.schemas.system import FormSchema
from api.schemas.system import ProcessDetailSchema
from api.schemas.system import ProcessPageSchema
from db import reading
from db.paging import Page
from edge.permission import permission
from engine import definitions
from engine.models import Definition
from forms.catalogues import resolve_all
from forms.declaration import to_json
from forms.json_schema import json_schema

blueprint = Blueprint("processes", __doc__)


@blueprint.route("/processes")
@permission("process.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, ProcessPageSchema)
def index(query: dict[str, Any]) -> Page[Definition]:
    """Listar todas las versiones publicadas de los procesos."""
    with reading() as session:
        return slice_of(definitions.every(session), **query)


@blueprint.route("/processes/<string(maxlength=100):key>")
@permission("process.read")
@blueprint.response(200, ProcessDetailSchema)
def show(key: str) -> dict[str, Any]:
    """Ver la última versión de un proceso."""
    with reading() as session:
        row = definitions.latest(session, key)
        shown = {name: getattr(row, name) for name in ("key", "version", "title", "hash", "deployed_at")}
        return {**shown, "processes": definitions.process_keys(session, row.id)}


@blueprint.route("/processes/<string(maxlength=100):key>/bpmn")
@permission("process.read")
@blueprint.arguments(DiagramQuery, location="query")
@blueprint.response(200, {"type": "string"}, content_type="application/xml", description="El diagrama en BPMN 2.0.")
def diagram(query: dict[str, Any], key: str) -> Response:
    """Descargar el diagrama de la última versión."""
    with reading() as session:
        row = definitions.latest(session, key)
        content = definitions.diagram(session, row.id, query["diagram"] or key)
    return Response(content, content_type="application/xml; charset=utf-8")


@blueprint.route("/forms/<string(maxlength=100):name>")
@permission("process.read")
@blueprint.arguments(FormQuery, location="query")
@blueprint.response(200, FormSchema)
def form(query: dict[str, Any], name: str) -> dict[str, Any]:
    """Ver un formulario de la última versión de un proceso, como declaración y como JSON Schema."""
    with reading() as session:
        found = definitions.form_named(session, query["process"], name)
        schema = json_schema(found, resolve_all(session, found))
        return {"name": found.name, "title": found.title, "form": to_json(found), "schema": schema}
