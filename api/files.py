"""Archivos que se adjuntan a las respuestas de un formulario."""

from typing import Any
from urllib.parse import quote

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.system import FileSchema
from api.schemas.system import UploadSchema
from db import clock
from db import files
from db import reading
from db.files import StoredFile
from directory import attachments
from edge import identity
from edge import personal_reads
from edge.permission import permission

blueprint = Blueprint("files", __doc__, "/files")


@blueprint.route("", methods=["POST"])
@permission("task.read")
@blueprint.arguments(UploadSchema, location="files")
@blueprint.creates(FileSchema, at="/files/{token}")
def upload(session: Session, sent: dict[str, Any]) -> StoredFile:
    """Adjuntar un archivo; su token se escribe luego en la respuesta."""
    given = sent["file"]
    actor, now = identity.current().actor(), clock.now()
    return files.save(session, given.filename or "", given.read(), by=actor, now=now, path="file")


@blueprint.route("/<string(maxlength=64):token>")
@permission("file.read")
@blueprint.response(
    200,
    {"type": "string", "format": "binary"},
    content_type="*/*",
    description="El contenido, de la clase que se guardó.",
)
def download(token: str) -> Response:
    """Descargar un archivo adjunto, si usted lo adjuntó o puede ver dónde se usa."""
    with reading() as session:
        row = attachments.find(session, token, by=identity.current())
        content = files.content(row)
    personal_reads.file(row)
    disposition = f"attachment; filename*=UTF-8''{quote(row.name, safe='')}"
    return Response(content, content_type=row.media_type, headers={"Content-Disposition": disposition})
