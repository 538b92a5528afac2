"""Productos de asistencia técnica."""

from typing import Any

from api.blueprint import Blueprint
from api.lists import slice_of
from api.lookups import product
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.people import EntityPageSchema
from api.schemas.products import ProductDetailSchema
from api.schemas.products import ProductInSchema
from api.schemas.products import ProductPageSchema
from api.schemas.products import ProductQuery
from api.schemas.products import ProductSchema
from api.schemas.products import SteppedSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from directory import entities
from directory.models import Entity
from edge import identity
from edge.permission import permission
from edge.steps import settle
from engine.instances import Stepped
from tracking import life
from tracking import products
from tracking.models.products import Product

blueprint = Blueprint("products", __doc__, "/products")


@blueprint.route("")
@permission("product.read")
@blueprint.arguments(ProductQuery, location="query")
@blueprint.response(200, ProductPageSchema)
def index(query: dict[str, Any]) -> Page[Product]:
    """Listar los productos que usted puede ver."""
    page = {name: query.pop(name) for name in ("sort", "limit", "cursor")}
    with reading() as session:
        return products.listing(session, identity.current(), products.Filters(query.pop("q"), **query), **page)


@blueprint.route("", methods=["POST"])
@permission("product.create")
@blueprint.arguments(ProductInSchema)
@blueprint.response(201, ProductSchema)
def create(sent: dict[str, Any]) -> Product:
    """Crear un producto y empezar su ciclo de vida."""
    with transaction() as session:
        row = life.start_product(session, **sent, by=identity.current(), now=clock.now())
    if row.instance_id is not None:
        settle(row.instance_id)
    return row


@blueprint.route("/<string(maxlength=40):code>")
@permission("product.read")
@blueprint.response(200, ProductDetailSchema)
def show(code: str) -> Product:
    """Ver un producto."""
    with reading() as session:
        return product(session, code, by=identity.current())


@blueprint.route("/<string(maxlength=40):code>/entities")
@permission("product.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, EntityPageSchema)
def focalised(query: dict[str, Any], code: str) -> Page[Entity]:
    """Listar las entidades en que se focaliza."""
    with reading() as session:
        row = product(session, code, by=identity.current())
        found = entities.many(session, products.entities_of(session, row.id))
        return slice_of(sorted(found.values(), key=lambda entity: (entity.search_name, entity.id)), **query)


@blueprint.route("/<string(maxlength=40):code>/withdraw", methods=["POST"])
@permission("product.withdraw")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, SteppedSchema)
def withdraw(given: dict[str, Any], code: str) -> Stepped:
    """Retirar un producto: sus pasos y planes terminan en orden."""
    with transaction() as session:
        row = product(session, code, by=identity.current())
        stepped = life.withdraw_product(session, row.id, given["reason"], by=identity.current(), now=clock.now())
    settle(stepped.instance_id)
    return stepped


@blueprint.route("/<string(maxlength=40):code>/modify", methods=["POST"])
@permission("product.modify")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, SteppedSchema)
def modify(given: dict[str, Any], code: str) -> Stepped:
    """Abrir la modificación de un protocolo validado."""
    with transaction() as session:
        row = product(session, code, by=identity.current())
        stepped = life.request_modification(session, row.id, given["reason"], by=identity.current(), now=clock.now())
    settle(stepped.instance_id)
    return stepped
