"""Archivos que se adjuntan a las respuestas de un formulario."""

from typing import Any
from urllib.parse import quote

from flask import Response

from api.blueprint import Blueprint
from api.schemas.system import FileSchema
from api.schemas.system import UploadSchema
from db import clock
from db import files
from db import reading
from db import transaction
from db.files import StoredFile
from edge import identity
from edge.permission import permission

blueprint = Blueprint("files", __doc__, "/files")


@blueprint.route("", methods=["POST"])
@permission("task.read")
@blueprint.arguments(UploadSchema, location="files")
@blueprint.response(201, FileSchema)
def upload(sent: dict[str, Any]) -> StoredFile:
    """Adjuntar un archivo; su token se escribe luego en la respuesta."""
    given = sent["file"]
    with transaction() as session:
        actor, now = identity.current().actor(), clock.now()
        return files.save(session, given.filename or "", given.read(), by=actor, now=now, path="file")


@blueprint.route("/<string(maxlength=64):token>")
@permission("file.read")
@blueprint.response(
    200, {"type": "string", "format": "binary"}, content_type="application/octet-stream", description="El contenido."
)
def download(token: str) -> Response:
    """Descargar un archivo adjunto."""
    with reading() as session:
        row = files.get(session, token)
        content = files.content(row)
    disposition = f"attachment; filename*=UTF-8''{quote(row.name, safe='')}"
    return Response(content, content_type=row.media_type, headers={"Content-Disposition": disposition})
