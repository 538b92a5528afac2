"""Por revisar: lo que otras personas enviaron y usted acepta, devuelve, valida o verifica."""

from typing import Any

from api.blueprint import Blueprint
from api.schemas.reviews import ReviewPageSchema
from api.schemas.reviews import ReviewQuery
from db import clock
from db import reading
from db.paging import Page
from edge import identity
from edge.permission import permission
from tracking.reviewing import listing
from tracking.reviewing.rows import Waiting

blueprint = Blueprint("reviews", __doc__, "/reviews")


@blueprint.route("")
@permission("review.read")
@blueprint.arguments(ReviewQuery, location="query")
@blueprint.response(200, ReviewPageSchema)
def index(query: dict[str, Any]) -> Page[Waiting]:
    """Listar lo que espera por su revisión; lo que más ha esperado va primero."""
    with reading() as session:
        return listing.listing(
            session, identity.current(), kind=query["kind"], text=query["q"], now=clock.now(), limit=query["limit"],
            cursor=query["cursor"],
        )  # fmt: skip
