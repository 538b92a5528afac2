"""Invariantes: lo que debe cumplirse siempre, y lo que no lo cumple."""

from typing import Any

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.watching import FindingPageSchema
from api.schemas.watching import FindingQuery
from api.schemas.watching import InvariantPageSchema
from db import invariants
from db import reading
from db.invariants import Check
from db.invariants import InvariantFinding
from db.invariants import InvariantState
from db.paging import Page
from edge.permission import permission

blueprint = Blueprint("invariants", __doc__, "/invariants")


@blueprint.route("")
@permission("system.watch")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, InvariantPageSchema)
def index(query: dict[str, Any]) -> Page[dict[str, Any]]:
    """Listar los invariantes, con lo que dijo la última revisión de cada uno."""
    with reading() as session:
        states = invariants.states(session)
    return slice_of([_told(check, states.get(key)) for key, check in invariants.CHECKS.items()], **query)


@blueprint.route("/findings")
@permission("system.watch")
@blueprint.arguments(FindingQuery, location="query")
@blueprint.response(200, FindingPageSchema)
def findings(query: dict[str, Any]) -> Page[InvariantFinding]:
    """Listar lo que no los cumple, lo último primero."""
    with reading() as session:
        return invariants.findings(session, **query)


def _told(check: Check, state: InvariantState | None) -> dict[str, Any]:
    names = ("looked_at", "seconds", "found", "since")
    told = {name: getattr(state, name) if state else None for name in names}
    shown = {name: getattr(check, name) for name in ("key", "title", "meaning", "remedy")}
    return {**shown, **told, "error": state.error if state else ""}
