"""Para revisar: everything that waits for one's review, what waits longest first; and its count for the menu."""

from flask import Blueprint
from flask import Response
from flask import request

from db import clock
from db import reading
from db.errors import Unavailable
from directory import access
from directory.principal import Principal
from edge import identity
from edge import names
from edge.permission import permission
from tracking.reviewing import listing
from web.frame import HOME
from web.frame import REVIEWS
from web.frame import Link
from web.frame import chosen
from web.frame import page
from web.frame import paging
from web.frame import same_list

blueprint = Blueprint("web_reviewing", __name__)


@blueprint.get(REVIEWS)
@permission("review.read")
def listed() -> Response:
    by, now = identity.current(), clock.now()
    kind, text = chosen("tipo", listing.KINDS), request.args.get("buscar", "").strip()[:100]
    with reading() as session:
        found = listing.listing(session, by, kind=kind, text=text, now=now, cursor=request.args.get("desde", ""))
        counts = listing.counts(session, by, now=now)
        people = names.of_people(session, [row.author_id for row in found.items])
    return page(
        "reviewing.html", "Para revisar", crumbs=[HOME], rows=found.items, people=people, kind=kind, text=text,
        labels=listing.LABELS, tabs=_tabs(kind, counts), **paging(found.next_cursor),
    )  # fmt: skip


def waiting(person: Principal | None) -> str:
    """How much waits for the review of `person`, for the menu: «12», «99+», or nothing."""
    if person is None or not access.may(person, "review.read"):
        return ""
    try:
        with reading() as session:
            total = listing.total(session, person, now=clock.now())
    except Unavailable:
        return ""
    return _shown(total) if total else ""


def _tabs(kind: str, counts: dict[str, int]) -> list[tuple[Link, str]]:
    """All of it, and each kind of which something waits or which is shown, with how much that is."""
    total = sum(counts.values())
    links = [(Link("Todo", same_list(tipo="", desde=""), not kind), _shown(total))]
    for key, label in listing.LABELS.items():
        if counts[key] or key == kind:
            links.append((Link(label, same_list(tipo=key, desde=""), key == kind), _shown(counts[key])))
    return links


def _shown(count: int) -> str:
    most = listing.MOST_COUNTED
    return f"{most}+" if count > most else str(count)
