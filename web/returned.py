"""Hitos devueltos: reports of milestones that were not accepted, for whoever has to report them again."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import reading
from directory.principal import Principal
from edge import identity
from edge import names
from edge.permission import permission
from tracking import returned
from tracking.models import MilestoneRecord
from web.frame import HOME
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_returned", __name__)

FEW = 5
"""So many stand in the inbox; the rest on the page of their own."""


@blueprint.get("/hitos-devueltos")
@permission("plan.write")
def listed() -> Response:
    by = identity.current()
    with reading() as session:
        found = returned.listing(session, by, cursor=request.args.get("desde", ""))
        rows = _rows(session, found.items)
    return page("returned.html", "Hitos devueltos", crumbs=[HOME], rows=rows, **paging(found.next_cursor))


def in_inbox(session: Session, by: Principal) -> dict[str, Any]:
    """What the inbox shows of them: the first ones, and how many there are."""
    count = returned.count(session, by)
    first = returned.listing(session, by, limit=FEW).items if count else []
    return {"returned": _rows(session, first), "returned_count": count}


def _rows(session: Session, records: list[MilestoneRecord]) -> list[dict[str, Any]]:
    whole = {row.record.id: row for row in returned.whole(session, [record.id for record in records])}
    rows = [whole[record.id] for record in records if record.id in whole]
    entities = names.of_entities(session, [row.plan.entity_id for row in rows])
    products = names.of_products(session, [row.plan.product_id for row in rows])
    return [
        {"record": row.record, "milestone": row.milestone, "entity": entities[row.plan.entity_id],
         "product": products[row.plan.product_id]}
        for row in rows
    ]  # fmt: skip
