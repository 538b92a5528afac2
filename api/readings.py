"""Lecturas de datos personales, y lo que se guarda de una persona (Ley 1581 de 2012)."""

from typing import Any

from flask import Response
from flask import jsonify

from api.blueprint import Blueprint
from api.lists import parted
from api.schemas.base import Paging
from api.schemas.readings import PersonalFileSchema
from api.schemas.readings import PurposeSchema
from api.schemas.readings import ReadingPageSchema
from api.schemas.readings import ReadingQuery
from db import reading
from db.paging import Page
from directory import readings
from directory.models import PersonalReading
from edge import identity
from edge import person_file
from edge import personal_reads
from edge.exports import answering
from edge.exports.of_people import READINGS
from edge.permission import permission
from edge.permission import signed_in

blueprint = Blueprint("readings", __doc__)


@blueprint.route("/personal-readings")
@permission("reading.read")
@blueprint.arguments(ReadingQuery, location="query")
@blueprint.response(200, ReadingPageSchema)
def index(query: dict[str, Any]) -> Page[PersonalReading] | Response:
    """Listar quién leyó datos personales de otras personas, lo último primero."""
    filters, part = parted(query, readings.Filters)
    if answering.by_program():
        return answering.workbook(
            READINGS, lambda session, at: readings.listing(session, filters, **{**part, **at}), filters,
            by=identity.current(),
        )  # fmt: skip
    with reading() as session:
        return readings.listing(session, filters, **part)


@blueprint.route("/me/personal-readings")
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, ReadingPageSchema)
def of_mine(query: dict[str, Any]) -> Page[PersonalReading]:
    """Listar quién leyó los datos personales de usted."""
    with reading() as session:
        return readings.of_person(session, identity.current().person_id, **query)


@blueprint.route("/me/personal-data")
@signed_in
@blueprint.response(200, PersonalFileSchema)
def mine() -> Response:
    """Ver todo lo que el sistema guarda de usted."""
    return _told(identity.current().person_id)


@blueprint.route("/people/<id:person_id>/personal-data", methods=["POST"])
@permission("people.manage")
@blueprint.arguments(PurposeSchema)
@blueprint.response(200, PersonalFileSchema)
def of_person(sent: dict[str, Any], person_id: int) -> Response:
    """Ver todo lo que el sistema guarda de una persona que lo pidió, con el motivo; queda anotado."""
    return _told(person_id, personal_reads.demand_purpose(sent["purpose"]))


def _told(person_id: int, purpose: str = "") -> Response:
    with reading() as session:
        response = jsonify(person_file.as_json(session, person_id, purpose=purpose))
    response.headers["Cache-Control"] = "no-store"
    return response
