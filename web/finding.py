"""Finding what an address names, for somebody who may do something with it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import NotFound
from directory import access
from directory.principal import Principal
from tracking import products
from tracking.models import Product


def product(session: Session, code: str, by: Principal, action: str = "product.read") -> Product:
    """The product with this code, if `by` may do `action` on it. Raises NotFound, NotAllowed."""
    row = session.scalars(select(Product).where(Product.code == code)).one_or_none()
    if row is None:
        raise NotFound("el producto", code)
    access.demand(by, action, products.subject(row))
    return row
