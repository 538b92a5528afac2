"""Procesos: the published definitions, their versions and diagrams."""

from flask import Blueprint
from flask import Response
from flask import request

from db import reading
from db.errors import NotFound
from edge import names
from edge.permission import permission
from engine import definitions
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
    newest = {row.key: row for row in sorted(every, key=lambda row: row.version)}
    versions = {key: sum(row.key == key for row in every) for key in newest}
    return page("processes.html", "Procesos", crumbs=[HOME], newest=newest, versions=versions, people=people)


@blueprint.get("/procesos/<key>")
@permission("process.read")
def show(key: str) -> Response:
    """A process in one of its versions (the newest unless the address says otherwise), with one diagram at a time."""
    with reading() as session:
        versions = [row for row in definitions.every(session) if row.key == key]
        if not versions:
            raise NotFound("el proceso", key)
        wanted = request.args.get("version", type=int)
        definition = next(
            (row for row in versions if row.version == wanted), max(versions, key=lambda row: row.version)
        )
        titles = diagrams.titles(session, definition)
        shown = chosen("diagrama", titles, key)
        picture = diagrams.picture(session, definition, shown, {})
        people = names.of_people(session, [row.deployed_by for row in versions])
    return page(
        "process.html", definition.title, crumbs=[HOME, LIST], definition=definition, versions=versions,
        titles=titles, shown=shown, picture=picture, people=people,
    )  # fmt: skip
