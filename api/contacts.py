"""Contactos rápidos con las entidades."""

from typing import Any

from api.blueprint import Blueprint
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
from edge.permission import permission
from tracking import contacts
from tracking.models.advisories import QuickContact

blueprint = Blueprint("contacts", __doc__, "/contacts")


@blueprint.route("")
@permission("plan.read")
@blueprint.arguments(ContactQuery, location="query")
@blueprint.response(200, ContactPageSchema)
def index(query: dict[str, Any]) -> Page[QuickContact]:
    """Listar los contactos que usted puede ver, los últimos primero."""
    page = {name: query.pop(name) for name in ("limit", "cursor")}
    with reading() as session:
        return contacts.listing(session, identity.current(), contacts.Filters(**query), **page)


@blueprint.route("", methods=["POST"])
@permission("contact.write")
@blueprint.arguments(ContactInSchema)
@blueprint.response(201, ContactSchema)
def register(sent: dict[str, Any]) -> QuickContact:
    """Registrar un contacto."""
    with transaction() as session:
        return contacts.register(session, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/<id:contact_id>/annul", methods=["POST"])
@permission("contact.write")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ContactSchema)
def annul(given: dict[str, Any], contact_id: int) -> QuickContact:
    """Anular un contacto, con la razón."""
    with transaction() as session:
        return contacts.annul(session, contact_id, reason=given["reason"], by=identity.current(), now=clock.now())
