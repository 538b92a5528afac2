"""Entidades territoriales y quién las atiende."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.lists import start_of
from api.schemas.base import Paging
from api.schemas.people import CoverageEndQuery
from api.schemas.people import CoveragePageSchema
from api.schemas.people import CoverageSchema
from api.schemas.people import CoverSchema
from api.schemas.people import EntityDetailSchema
from api.schemas.people import EntityPageSchema
from api.schemas.people import EntityQuery
from api.schemas.people import EntitySchema
from api.schemas.people import EventPageSchema
from api.schemas.people import HandOverSchema
from db import Actor
from db import clock
from db import reading
from db import transaction
from db.clock import local_date
from db.paging import Page
from directory import access
from directory import coverage
from directory import entities
from directory.access import Subject
from directory.models import Coverage
from directory.models import Entity
from edge import identity
from edge.permission import permission
from edge.permission import signed_in
from tracking import entity_view
from tracking.entity_view import Event

blueprint = Blueprint("entities", __doc__, "/entities")


@blueprint.route("")
@signed_in
@blueprint.arguments(EntityQuery, location="query")
@blueprint.response(200, EntityPageSchema)
def index(query: dict[str, Any]) -> Page[Entity]:
    """Buscar entidades; las que mejor corresponden van primero."""
    kinds = [query["kind"]] if query["kind"] else []
    most = start_of(query["cursor"]) + query["limit"] + 1
    with reading() as session:
        found = entities.search(session, query["q"], kinds=kinds, department=query["department"], limit=most)
        return slice_of(found, limit=query["limit"], cursor=query["cursor"])


@blueprint.route("/<id:entity_id>")
@signed_in
@blueprint.response(200, EntityDetailSchema)
def show(entity_id: int) -> dict[str, Any]:
    """Ver una entidad, su región y, si usted puede saberlo, quién la atiende hoy."""
    with reading() as session:
        row = entities.get(session, entity_id)
        region_id = entities.region_of(session, entity_id)
        told = entity_view.tells_who(session, identity.current(), entity_id)
        advisor_id = coverage.advisor_of(session, entity_id, local_date(clock.now())) if told else None
    shown = {name: getattr(row, name) for name in EntitySchema().fields}
    return {**shown, "region_id": region_id, "advisor_id": advisor_id}


@blueprint.route("/<id:entity_id>/timeline")
@permission("plan.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, EventPageSchema)
def timeline(query: dict[str, Any], entity_id: int) -> Page[Event]:
    """Ver lo que ha pasado con una entidad, lo último primero."""
    by = identity.current()
    with reading() as session:
        entity_view.demand_line(session, by, entity_id)
        return entity_view.timeline(session, by, entity_id, **query)


@blueprint.route("/<id:entity_id>/coverage")
@permission("people.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, CoveragePageSchema)
def covered(query: dict[str, Any], entity_id: int) -> Page[Coverage]:
    """Listar quién la ha atendido, la atiende y la atenderá; también lo que quedó sin efecto."""
    with reading() as session:
        rows = coverage.of_entity(session, entities.get(session, entity_id).id, revoked=True)
        return slice_of(rows, **query)


@blueprint.route("/<id:entity_id>/coverage", methods=["POST"])
@permission("coverage.manage")
@blueprint.arguments(CoverSchema)
@blueprint.creates(CoverageSchema)
def cover(session: Session, sent: dict[str, Any], entity_id: int) -> Coverage:
    """Asignar un asesor a la entidad."""
    now = clock.now()
    by = _manager(session, entity_id)
    coverage.demand_receiver(session, identity.current(), sent["person_id"], now=now)
    return coverage.cover(session, sent["person_id"], entity_id, sent["since"], sent["until"], by=by, now=now)


@blueprint.route("/<id:entity_id>/coverage/hand-over", methods=["POST"])
@permission("coverage.manage")
@blueprint.arguments(HandOverSchema)
@blueprint.creates(CoverageSchema)
def hand_over(session: Session, sent: dict[str, Any], entity_id: int) -> Coverage:
    """Pasar la entidad a otro asesor; quien la tenía termina el día anterior. Un día que ya pasó se confirma."""
    now = clock.now()
    by = _manager(session, entity_id)
    coverage.demand_receiver(session, identity.current(), sent["person_id"], now=now)
    return coverage.hand_over(
        session, entity_id, sent["person_id"], sent["since"], confirmed=sent["confirmed"], by=by, now=now
    )


@blueprint.route("/<id:entity_id>/coverage/<id:person_id>", methods=["DELETE"])
@permission("coverage.manage")
@blueprint.arguments(CoverageEndQuery, location="query")
@blueprint.response(200, CoverageSchema)
def end(query: dict[str, Any], entity_id: int, person_id: int) -> Coverage:
    """Terminar la atención de un asesor al acabar un día; lo anterior queda."""
    now = clock.now()
    with transaction() as session:
        by = _manager(session, entity_id)
        return coverage.end(session, person_id, entity_id, query["until"] or local_date(now), by=by, now=now)


def _manager(session: Session, entity_id: int) -> Actor:
    """Who asks, as one who may say who covers this entity. Raises NotFound, NotAllowed."""
    row = entities.get(session, entity_id)
    place = Subject(entity_id=row.id, region_id=entities.region_of(session, row.id))
    return access.demand(identity.current(), "coverage.manage", place)
