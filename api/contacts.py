"""Contactos rápidos con las entidades."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import listed
from api.schemas.instances import ReasonSchema
from api.schemas.plans import ContactInSchema
from api.schemas.plans import ContactPageSchema
from api.schemas.plans import ContactQuery
from api.schemas.plans import ContactSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge.exports.of_assistance import CONTACTS
from edge.permission import permission
from tracking import contacts
from tracking.models.advisories import QuickContact

blueprint = Blueprint("contacts", __doc__, "/contacts")


@blueprint.route("")
@permission("plan.read")
@blueprint.arguments(ContactQuery, location="query")
@blueprint.response(200, ContactPageSchema)
def index(query: dict[str, Any]) -> Page[QuickContact] | Response:
    """Listar los contactos que usted puede ver, los últimos primero."""
    return listed(query, contacts.Filters, contacts.listing, CONTACTS)


@blueprint.route("", methods=["POST"])
@permission("contact.write")
@blueprint.arguments(ContactInSchema)
@blueprint.creates(ContactSchema, at="/contacts/{id}")
def register(session: Session, sent: dict[str, Any]) -> QuickContact:
    """Registrar un contacto."""
    return contacts.register(session, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/<id:contact_id>")
@permission("plan.read")
@blueprint.response(200, ContactSchema)
def show(contact_id: int) -> QuickContact:
    """Ver un contacto."""
    with reading() as session:
        return contacts.get(session, contact_id, by=identity.current())


@blueprint.route("/<id:contact_id>/annul", methods=["POST"])
@permission("contact.correct")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ContactSchema)
def annul(given: dict[str, Any], contact_id: int) -> QuickContact:
    """Anular un contacto, con la razón."""
    with transaction() as session:
        return contacts.annul(session, contact_id, reason=given["reason"], by=identity.current(), now=clock.now())
