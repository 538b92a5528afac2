"""Invariantes: what must always hold, whether it does, and what breaks it."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint
from flask import Response
from flask import request

from db import clock
from db import invariants
from db import reading
from db.errors import NotFound
from db.invariants import Check
from db.invariants import InvariantFinding
from db.invariants import InvariantState
from edge.permission import permission
from web.frame import HOME
from web.frame import chosen
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_invariants", __name__)

LIST = ("Invariantes", "/invariantes")
PARTS = {"abiertos": "Lo que no se cumple", "resueltos": "Lo que ya se cumple"}
LATE = timedelta(minutes=30)
"""They are looked at every ten minutes: what is older than this nobody looks at."""

PLACES = {
    "operation": "/operaciones/{0}",
    "message": "/mensajes/{0}",
    "obligation": "/plazos/{0}",
    "work_plan": "/planes/{0}",
    "handover": "/empalmes/nuevo",
}
"""Where what breaks an invariant is read, by its kind; of a case, on the page where it is repaired."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An invariant with what came of the last look at it."""

    check: Check
    state: InvariantState | None

    @property
    def light(self) -> tuple[str, str]:
        """How it stands: a colour, and in words."""
        if self.state is None:
            return "none", "sin revisar"
        if self.state.error:
            return "late", "no se pudo revisar"
        return ("late", "no se cumple") if self.state.found else ("ok", "se cumple")


@blueprint.get(LIST[1])
@permission("system.watch")
def listed() -> Response:
    with reading() as session:
        states, last = invariants.states(session), invariants.last_look(session)
    seen = [Seen(check, states.get(key)) for key, check in invariants.CHECKS.items()]
    broken = sum(1 for one in seen if one.light[0] == "late")
    late = last is None or clock.now() - last > LATE
    return page("invariants.html", LIST[0], crumbs=[HOME], seen=seen, broken=broken, last=last, late=late)


@blueprint.get("/invariantes/<key>")
@permission("system.watch")
def show(key: str) -> Response:
    check = invariants.CHECKS.get(key)
    if check is None:
        raise NotFound("el invariante", key)
    part = chosen("parte", PARTS, "abiertos")
    with reading() as session:
        state = invariants.states(session).get(key)
        cursor = request.args.get("desde", "")
        found = invariants.findings(session, key, cleared=part == "resueltos", cursor=cursor)
    return page(
        "invariant.html", check.title, crumbs=[HOME, LIST], one=Seen(check, state), rows=found.items, part=part,
        parts=PARTS, place=_place, most=invariants.MOST, **paging(found.next_cursor),
    )  # fmt: skip


def _place(row: InvariantFinding) -> str:
    """Where to read and repair it; empty where there is no page for it."""
    if row.instance_id is not None:
        return f"/incidentes/tramites/{row.instance_id}"
    return PLACES.get(row.kind, "").format(row.subject_id)
