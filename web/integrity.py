"""Integridad de la historia: looking whether every act is as it was written, and what came of it each time."""

from flask import Blueprint
from flask import Response
from flask import flash

from db import clock
from db import history
from db import reading
from db import seals
from db import transaction
from edge import identity
from edge import names
from edge.permission import permission
from engine import integrity
from engine import operations
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.operations import STATUS

blueprint = Blueprint("web_integrity", __name__)

PAGE = "/integridad"
SHOWN = 20


@blueprint.get(PAGE)
@permission("history.verify")
def show() -> Response:
    """The last times that it was looked through, the newest first."""
    with reading() as session:
        rows = operations.listed(session, by=identity.current(), kind=integrity.KIND, limit=SHOWN).items
        people = names.of_people(session, [row.started_by for row in rows])
        chains, unsealed = history.count_chains(session), seals.unsealed(session)
    rows = sorted(rows, key=lambda row: row.id, reverse=True)
    return page(
        "integrity.html", "Integridad de la historia", crumbs=[HOME], rows=rows, people=people, statuses=STATUS,
        chains=chains, unsealed=unsealed,
    )  # fmt: skip


@blueprint.post(PAGE)
@permission("history.verify")
def look() -> Response:
    with transaction() as session:
        integrity.begin(session, by=identity.current(), now=clock.now())
    flash("La revisión comenzó; su resultado aparece aquí cuando termine.", "success")
    return go(PAGE)
