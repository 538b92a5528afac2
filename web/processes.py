"""Procesos: the published definitions, their versions and diagrams."""

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import reading
from db.errors import NotFound
from edge import identity
from edge import names
from edge.permission import permission
from engine import definitions
from engine import proposals
from engine.models import Definition
from web import diagrams
from web.frame import HOME
from web.frame import chosen
from web.frame import page

blueprint = Blueprint("web_processes", __name__)

LIST = ("Procesos", "/procesos")


@blueprint.get("/procesos")
@permission("process.read")
def listed() -> Response:
    with reading() as session:
        every = definitions.every(session)
        people = names.of_people(session, [row.deployed_by for row in every])
        waiting = proposals.waiting_for(session, identity.current())
    newest = {row.key: row for row in sorted(every, key=lambda row: row.version)}
    versions = {key: sum(row.key == key for row in every) for key in newest}
    return page(
        "processes.html", "Procesos", crumbs=[HOME], newest=newest, versions=versions, people=people, waiting=waiting
    )


@blueprint.get("/procesos/<key>")
@permission("process.read")
def show(key: str) -> Response:
    """A process in one of its versions (the newest unless the address says otherwise), with one diagram at a time."""
    with reading() as session:
        versions, definition = _chosen_version(session, key)
        titles = diagrams.titles(session, definition)
        shown = chosen("diagrama", titles, key)
        picture = diagrams.picture(session, definition, shown, {})
        proposed = proposals.of_definitions(session, [row.id for row in versions])
        people = names.of_people(
            session, [*(row.deployed_by for row in versions), *(row.proposed_by for row in proposed.values())]
        )
        earlier = definitions.before(session, definition)
    return page(
        "process.html", definition.title, crumbs=[HOME, LIST], definition=definition, versions=versions,
        titles=titles, shown=shown, picture=picture, people=people, proposed=proposed, earlier=earlier,
    )  # fmt: skip


@blueprint.get("/procesos/<key>/cambios")
@permission("process.read")
def changes(key: str) -> Response:
    """What a version changed of the one before, drawn and told."""
    with reading() as session:
        _, definition = _chosen_version(session, key)
        earlier = definitions.before(session, definition)
        if earlier is None:
            raise NotFound("la versión anterior a la", definition.version)
        before, after = (definitions.bundle(session, one) for one in (earlier, definition))
        found = definitions.changes(session, definition)
        compared = diagrams.compared(before, after, found, definition.title, request.args.get("diagrama", ""))
    above = (definition.title, f"/procesos/{key}?version={definition.version}")
    return page(
        "process_changes.html", f"Qué cambió en la versión {definition.version}", crumbs=[HOME, LIST, above],
        definition=definition, earlier=earlier, compared=compared, words=diagrams.CHANGED,
    )  # fmt: skip


@blueprint.get("/procesos/<key>/bpmn")
@permission("process.read")
def file(key: str) -> Response:
    """A diagram as a file, to be edited."""
    with reading() as session:
        _, definition = _chosen_version(session, key)
        shown = chosen("diagrama", definitions.process_keys(session, definition.id), key)
        content = definitions.diagram(session, definition.id, shown)
    headers = {"Content-Disposition": f'attachment; filename="{shown}.bpmn"'}
    return Response(content, content_type="application/xml; charset=utf-8", headers=headers)


def _chosen_version(session: Session, key: str) -> tuple[list[Definition], Definition]:
    """All versions of a process, and the one that the address asks for: the newest unless it says otherwise."""
    versions = [row for row in definitions.every(session) if row.key == key]
    if not versions:
        raise NotFound("el proceso", key)
    wanted = request.args.get("version", type=int)
    return versions, next((row for row in versions if row.version == wanted), versions[0])
