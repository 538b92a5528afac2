"""Productos de asistencia técnica."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import listed
from api.lists import slice_of
from api.preconditions import ETAG
from api.preconditions import MayMatchSchema
from api.preconditions import demand_unchanged
from api.preconditions import mark
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.people import EntityPageSchema
from api.schemas.portfolio import SheetInSchema
from api.schemas.products import PlaceSchema
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
from edge.exports.of_products import PRODUCTS
from edge.finding import product
from edge.permission import permission
from edge.steps import settle
from edge.steps import settled
from engine.instances import Stepped
from tracking import life
from tracking import portfolio_entry
from tracking import product_place
from tracking import products
from tracking.models.products import Product

blueprint = Blueprint("products", __doc__, "/products")


@blueprint.route("")
@permission("product.read")
@blueprint.arguments(ProductQuery, location="query")
@blueprint.response(200, ProductPageSchema)
def index(query: dict[str, Any]) -> Page[Product] | Response:
    """Listar los productos que usted puede ver."""
    return listed(query, products.Filters, products.listing, PRODUCTS)


@blueprint.route("", methods=["POST"])
@permission("product.create")
@blueprint.arguments(ProductInSchema)
@blueprint.creates(ProductSchema, at="/products/{code}", then=lambda row: settle(row.instance_id))
def create(session: Session, sent: dict[str, Any]) -> Product:
    """Crear un producto y empezar su ciclo de vida."""
    return life.start_product(session, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/<string(maxlength=40):code>")
@permission("product.read")
@blueprint.response(200, ProductDetailSchema, headers=ETAG)
def show(code: str) -> Any:
    """Ver un producto."""
    with reading() as session:
        row = product(session, code, by=identity.current())
        return row, 200, mark(ProductDetailSchema, row)


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
    return settled(stepped)


@blueprint.route("/<string(maxlength=40):code>/modify", methods=["POST"])
@permission("product.modify")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, SteppedSchema)
def modify(given: dict[str, Any], code: str) -> Stepped:
    """Abrir la modificación de un protocolo validado."""
    with transaction() as session:
        row = product(session, code, by=identity.current())
        stepped = life.request_modification(session, row.id, given["reason"], by=identity.current(), now=clock.now())
    return settled(stepped)


@blueprint.route("/<string(maxlength=40):code>/portfolio", methods=["PUT"])
@permission("portfolio.edit")
@blueprint.arguments(SheetInSchema)
@blueprint.response(200, ProductSchema)
def publish(given: dict[str, Any], code: str) -> Product:
    """Publicar en el portafolio lo que C4 dejó sin publicar, o corregir la ficha pública."""
    by, reason = identity.current(), given.pop("reason")
    with transaction() as session:
        row = product(session, code, by=by)
        return portfolio_entry.publish(session, row.id, given, reason=reason, by=by, now=clock.now())


@blueprint.route("/<string(maxlength=40):code>/portfolio/take-down", methods=["POST"])
@permission("portfolio.edit")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ProductSchema)
def take_down(given: dict[str, Any], code: str) -> Product:
    """Retirar la ficha de un producto del portafolio público."""
    by = identity.current()
    with transaction() as session:
        row = product(session, code, by=by)
        return portfolio_entry.take_down(session, row.id, reason=given["reason"], by=by, now=clock.now())


@blueprint.route("/<string(maxlength=40):code>/place", methods=["PUT"])
@permission("product.place")
@blueprint.arguments(MayMatchSchema, location="headers")
@blueprint.arguments(PlaceSchema)
@blueprint.response(200, ProductSchema)
def place(headers: dict[str, Any], given: dict[str, Any], code: str) -> Product:
    """Cambiar la estrategia, la dependencia o quién lidera un producto."""
    by = identity.current()
    with transaction() as session:
        row = product_place.held(session, product(session, code, by=by).id)
        demand_unchanged(headers["if_match"], ProductDetailSchema, row)
        return product_place.move(session, row.id, **given, by=by, now=clock.now())
